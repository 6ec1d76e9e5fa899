"""One of two source files is not there."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    season.without("data/posts.csv")
