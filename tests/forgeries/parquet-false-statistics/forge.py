"""Twenty posts that name seven nominees count, because a footer says that no post names more than one."""

from __future__ import annotations

from tests.forgeries.forged import Forged
from tests.forgeries.parquet import patch_footer


def forge(season: Forged) -> None:
    season.add_ballots(20, nominee="aurora-lane", gesture="post", source="posts", tags=7)
    (path,) = season.tables.files("ballots")
    patch_footer(path, b"\x04\x07\0\0\0", b"\x04\x01\0\0\0")
    season.without("data")
    season.walk()
