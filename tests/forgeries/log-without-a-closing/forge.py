"""The log of a certified vote ends with a ballot."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    season.relog(season.leaves()[:-1])
    season.restate(season.cited_log())
