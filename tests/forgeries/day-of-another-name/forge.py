"""A day's ballots lie in the folder of a later day."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    days = season.at("evidence/ballots")
    (days / "day=2026-01-18").rename(days / "day=2026-01-20")
    season.walk()
