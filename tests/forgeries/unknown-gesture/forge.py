"""Likes count as votes: the table says like, the leaf says vote."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    season.add_ballots(20, nominee="aurora-lane", gesture="like")
    season.walk()
