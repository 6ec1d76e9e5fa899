"""A purge rule was declared before the vote: no witness saw it, and the limit that says so is left out."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged


def change(stated: dict[str, Any]) -> None:
    stated["limits"] = [limit for limit in stated["limits"] if limit["code"] != "limits.not-provably-declared"]
    assert stated["limits"]


def forge(season: Forged) -> None:
    season.restate(change)
