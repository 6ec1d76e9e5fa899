"""The footer of a table names its row group twice; the pages are there once."""

from __future__ import annotations

from tests.forgeries.forged import Forged
from tests.forgeries.parquet import repeat_row_groups


def forge(season: Forged) -> None:
    path = season.tables.files("ballots")[1]
    repeat_row_groups(path, 2)
    season.recite()
