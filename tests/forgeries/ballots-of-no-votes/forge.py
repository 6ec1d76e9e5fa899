"""Three ballots carry no votes."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    season.add_ballots(3, votes=0)
    season.walk()
