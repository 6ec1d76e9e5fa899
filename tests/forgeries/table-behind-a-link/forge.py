"""A table of ballots is a link to a file outside the season, which may change at any time."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    path = season.tables.files("ballots")[1]
    away = season.folder.with_suffix(".parquet")
    path.rename(away)
    path.symlink_to(away.resolve())
