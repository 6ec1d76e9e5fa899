"""One source is not made up, by the list of sources."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged


def change(stated: dict[str, Any]) -> None:
    stated["evidence"]["sources"][0]["synthetic"] = False


def forge(season: Forged) -> None:
    season.restate(change)
