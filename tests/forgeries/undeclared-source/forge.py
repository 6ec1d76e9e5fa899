"""Twenty ballots come from a source that the season does not declare."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    season.add_ballots(20, nominee="aurora-lane", source="elsewhere")
    season.walk()
