"""A file of some kilobytes holds a gigabyte of one letter."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
from tests.forgeries.forged import Forged
from tests.forgeries.parquet import rows_of


def forge(season: Forged) -> None:
    path = season.at("evidence/set_aside.parquet")
    row = rows_of(path)[0]
    columns = {name: pa.array([value] * 128) for name, value in row.items()}
    columns["row"] = pa.array(range(128), pa.int64())
    columns["detail"] = pa.DictionaryArray.from_arrays(pa.array([0] * 128, pa.int32()), pa.array(["a" * (1 << 23)]))
    pq.write_table(pa.table(columns), path, compression="zstd", store_schema=False)
