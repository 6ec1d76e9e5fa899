"""The tiles of the log lie behind a link that leads out of the season."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    path = season.at("evidence/log/tile")
    away = season.folder.with_suffix(".tile")
    path.rename(away)
    path.symlink_to(away.resolve())
