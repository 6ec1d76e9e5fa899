"""A ballot of -500 votes makes room for one of 590 under a cap of three a day."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    below, above = season.ballot(votes=-500), season.ballot(votes=590)
    above["cast_at"] += 1
    season.change("ballots", lambda rows: [*rows, below, above])
    season.walk()
