"""The footer of a table says that it has more rows than its pages hold."""

from __future__ import annotations

from tests.forgeries.forged import Forged
from tests.forgeries.parquet import patch_footer, rows_of


def forge(season: Forged) -> None:
    path = season.tables.files("ballots")[1]
    rows = len(rows_of(path))
    patch_footer(path, bytes([0x16, 2 * rows]), bytes([0x16, 2 * rows + 2]))
    season.recite()
