"""A source file is a link to a file outside the season, which may change at any time."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    path = season.at("data/site.csv")
    away = season.folder.with_suffix(".csv")
    path.rename(away)
    path.symlink_to(away.resolve())
