"""Three ballots were cast before anybody kept time."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    season.add_ballots(3, cast_at=-(2**63), day="0001-01-01")
    season.walk()
