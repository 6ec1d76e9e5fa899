"""The votes of a table have 64 bits, and one ballot needs them."""

from __future__ import annotations

import pyarrow as pa
from tests.forgeries.forged import Forged
from tests.forgeries.parquet import rewrite


def much(rows: pa.Table) -> pa.Table:
    votes = pa.array([2**32 + 1, *rows["votes"].to_pylist()[1:]], pa.int64())
    return rows.set_column(rows.column_names.index("votes"), "votes", votes)


def forge(season: Forged) -> None:
    path = season.tables.files("ballots")[1]
    rewrite(path, much)
    season.recite()
