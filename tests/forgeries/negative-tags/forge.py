"""A post that names minus one nominees is not void."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    season.add_ballots(20, nominee="aurora-lane", gesture="post", source="posts", tags=-1)
    season.walk()
