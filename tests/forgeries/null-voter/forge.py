"""Nobody casts forty ballots under a cap of three a day."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    nobody = season.ballot(nominee="aurora-lane", voter=None)
    season.change("ballots", lambda rows: rows + [dict(nobody) for _ in range(40)])
    season.walk()
