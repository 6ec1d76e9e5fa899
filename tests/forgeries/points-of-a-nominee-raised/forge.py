"""A nominee has a million chart points more."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged


def change(stated: dict[str, Any]) -> None:
    stated["nominees"][0]["points"] += 1_000_000


def forge(season: Forged) -> None:
    season.restate(change)
