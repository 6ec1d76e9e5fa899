"""A small file names one row group five thousand times."""

from __future__ import annotations

from tests.forgeries.forged import Forged
from tests.forgeries.parquet import repeat_row_groups


def forge(season: Forged) -> None:
    path = season.at("evidence/posts.parquet")
    repeat_row_groups(path, 5000)
    season.recite()
