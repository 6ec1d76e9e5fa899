"""The published totals are of another nominee than the certified ones."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    season.text("published/totals.csv", "aurora-lane,", "north-eight,")
