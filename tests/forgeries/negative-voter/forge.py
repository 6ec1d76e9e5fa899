"""Twenty voters have numbers below nothing; the leaf says numbers of 64 bits."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    some = [season.ballot(nominee="aurora-lane", voter=-1 - n) for n in range(20)]
    season.change("ballots", lambda rows: rows + some)
    season.walk()
