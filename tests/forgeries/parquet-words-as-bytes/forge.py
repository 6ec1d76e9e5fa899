"""The names of a table are bytes, and need be no text."""

from __future__ import annotations

import pyarrow as pa
from tests.forgeries.forged import Forged
from tests.forgeries.parquet import rewrite_column


def forge(season: Forged) -> None:
    path = season.tables.files("ballots")[1]
    rewrite_column(path, "nominee", pa.binary())
    season.recite()
