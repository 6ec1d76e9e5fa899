"""A post is published in a hundred thousand years."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    season.change("posts", lambda rows: [{**row, "published_at": 2**62} for row in rows])
    season.walk()
