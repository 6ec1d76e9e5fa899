"""A post was published at no instant."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    season.change("posts", lambda rows: [{**row, "published_at": None} for row in rows])
    season.walk()
