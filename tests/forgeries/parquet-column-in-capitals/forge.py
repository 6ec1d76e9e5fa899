"""Beside the column tags there is one of the same name in capitals."""

from __future__ import annotations

import pyarrow as pa
from tests.forgeries.forged import Forged
from tests.forgeries.parquet import rewrite


def forge(season: Forged) -> None:
    path = season.tables.files("ballots")[1]
    rewrite(path, lambda rows: rows.append_column("TAGS", pa.array([7] * rows.num_rows, pa.int16())))
    season.recite()
