"""A ballot stands behind one that was cast a day later."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    opening, *ballots, closing = season.leaves()
    ballots.insert(len(ballots), ballots.pop(3))
    season.relog([opening, *ballots, closing])
    season.collected_from_log()
    season.walk(without=("vote",))
