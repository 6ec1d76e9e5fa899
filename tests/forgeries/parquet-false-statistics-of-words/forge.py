"""A day's ballots for north-seven are not seen, because a footer says that nobody's name comes after aurora-lane."""

from __future__ import annotations

from tests.forgeries.forged import Forged
from tests.forgeries.parquet import patch_footer


def forge(season: Forged) -> None:
    path = season.tables.files("ballots")[2]
    patch_footer(path, b"north-seven", b"aurora-lane")
    season.without("data")
    season.walk()
