"""The ballots of each day are logged in the reverse of their instants."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    season.change("ballots", lambda rows: rows[::-1])
    season.walk()
