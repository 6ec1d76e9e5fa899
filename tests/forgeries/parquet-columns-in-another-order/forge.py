"""The columns of a table stand in another order."""

from __future__ import annotations

from tests.forgeries.forged import Forged
from tests.forgeries.parquet import rewrite


def forge(season: Forged) -> None:
    path = season.tables.files("ballots")[1]
    rewrite(path, lambda rows: rows.select(rows.column_names[::-1]))
    season.recite()
