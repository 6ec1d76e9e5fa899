"""Nobody can compare the result with the commitment: it is not there."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    season.without("published/commitment.note")
