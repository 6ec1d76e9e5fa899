"""A day's folder is named as if all its ballots were for aurora-lane."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    days = season.at("evidence/ballots")
    (days / "day=2026-01-18").rename(days / "nominee=aurora-lane")
    season.walk()
