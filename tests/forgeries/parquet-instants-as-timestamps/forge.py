"""The instants of a table are timestamps in another zone."""

from __future__ import annotations

import pyarrow as pa
from tests.forgeries.forged import Forged
from tests.forgeries.parquet import rewrite_column


def forge(season: Forged) -> None:
    path = season.tables.files("ballots")[1]
    rewrite_column(path, "cast_at", pa.timestamp("us", "Asia/Seoul"))
    season.recite()
