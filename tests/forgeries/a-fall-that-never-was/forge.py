"""Every reading is said to fall below the one before; data/ is kept back."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    season.change("readings", lambda rows: [{**row, "falls": True} for row in rows])
    season.walk()
    season.without("data")
