"""A folder of pages is a link to pages elsewhere, the same for now."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    folder = next(path for path in sorted(season.at("published/site").iterdir()) if path.is_dir())
    away = season.folder.with_suffix(".pages")
    folder.rename(away)
    folder.symlink_to(away.resolve())
