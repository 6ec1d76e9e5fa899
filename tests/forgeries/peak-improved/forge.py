"""An artist was at no. 1 before; the entries say so and nothing else does."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    season.change("entries", lambda rows: [{**row, "peak": 1, "weeks_at_no_1": 9} for row in rows])
    season.tell()
