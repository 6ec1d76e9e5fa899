"""A rule that came late was declared before the vote."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged


def change(stated: dict[str, Any]) -> None:
    for purge in stated["audit"]["purges"]:
        purge["late"] = False


def forge(season: Forged) -> None:
    season.restate(change)
