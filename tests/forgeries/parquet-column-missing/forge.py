"""A table of ballots does not say which posts name several nominees."""

from __future__ import annotations

from tests.forgeries.forged import Forged
from tests.forgeries.parquet import rewrite


def forge(season: Forged) -> None:
    path = season.tables.files("ballots")[1]
    rewrite(path, lambda rows: rows.drop_columns(["tags"]))
    season.recite()
