"""A post of one artist is credited as one of two; data/ is kept back."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    season.change("credits", lambda rows: [{**row, "artists": 2} for row in rows])
    season.walk()
    season.without("data")
