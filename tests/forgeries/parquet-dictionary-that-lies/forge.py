"""The dictionary of a day's names holds aurora-lane twice, once where north-seven stood."""

from __future__ import annotations

from tests.forgeries.forged import Forged
from tests.forgeries.parquet import patch_dictionary


def forge(season: Forged) -> None:
    path = season.tables.files("ballots")[2]
    patch_dictionary(path, b"north-seven", b"aurora-lane")
    lies = path.read_bytes()
    season.write("ballots", season.rows("ballots"))
    season.without("data")
    season.walk()
    path.write_bytes(lies)
    season.recite()
