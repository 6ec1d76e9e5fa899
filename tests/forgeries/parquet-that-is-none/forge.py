"""A table of ballots begins and ends like Parquet and holds nothing between."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    path = season.tables.files("ballots")[1]
    path.write_bytes(b"PAR1" + bytes(64) + b"PAR1")
    season.recite()
