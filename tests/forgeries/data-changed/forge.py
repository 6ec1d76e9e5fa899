"""A source file says something else than when it was certified."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    season.text("data/site.csv", "web,aurora-lane,voter-1,", "web,north-seven,voter-1,")
