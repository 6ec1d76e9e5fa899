"""A made table is not there."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    season.without("evidence/totals.parquet")
