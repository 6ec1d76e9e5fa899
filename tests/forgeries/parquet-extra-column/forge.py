"""A table of ballots has a column more than the specification knows."""

from __future__ import annotations

import pyarrow as pa
from tests.forgeries.forged import Forged
from tests.forgeries.parquet import rewrite


def forge(season: Forged) -> None:
    path = season.tables.files("ballots")[1]
    rewrite(path, lambda rows: rows.append_column("device", pa.array(["web"] * rows.num_rows)))
    season.recite()
