"""The readings of a post are another artist's than the post; data/ is kept back."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    season.change("readings", lambda rows: [{**row, "artist": "aurora-lane"} for row in rows])
    season.walk()
    season.without("data")
