"""Steps that remember what they made of which bytes: they are pure, so the same bytes give the same tables."""

from __future__ import annotations

import functools
import hashlib
from typing import TYPE_CHECKING

from plaudit.store.evidence import Evidence
from plaudit.store.tables import TABLES, made_by

if TYPE_CHECKING:
    from collections.abc import Callable

    from plaudit.rulebook.season import Season

__all__ = ["remembered"]

_MADE: dict[tuple[str, str], dict[str, bytes]] = {}
_CONFIGURED = ("*.toml", "*.csv", "rules/*", "appeals/*", "lists/*", "evidence/log/checkpoint")


def remembered(step: Callable[[Season, Evidence], None], name: str) -> Callable[[Season, Evidence], None]:
    """Give a step that writes again what it made of the same bytes; it remembers only what lies in files."""

    @functools.wraps(step)
    def again(season: Season, tables: Evidence) -> None:
        if type(tables) is not Evidence:
            step(season, tables)
            return
        key = (name, _digest(season, tables, name))
        if key not in _MADE:
            step(season, tables)
            files = {made: tables.folder / f"{made}.parquet" for made in made_by(name)}
            _MADE[key] = {made: path.read_bytes() for made, path in files.items() if path.is_file()}
            return
        for made in made_by(name):
            if made in _MADE[key]:
                tables.folder.mkdir(parents=True, exist_ok=True)
                (tables.folder / f"{made}.parquet").write_bytes(_MADE[key][made])
            else:
                tables.discard(made)

    return again


def _digest(season: Season, tables: Evidence, step: str) -> str:
    """Give one digest of every file that a step could read."""
    digest = hashlib.sha256()
    paths = [path for pattern in _CONFIGURED for path in sorted(season.folder.glob(pattern))]
    own = set(made_by(step))
    paths += [path for name in TABLES if name not in own for path in tables.files(name)]
    for path in paths:
        data = path.read_bytes() if path.is_file() else b""
        name = path.name if path.parent.name[:4] != "day=" else f"{path.parent.name}/{path.name}"
        digest.update(f"{name} {len(data)}\n".encode() + data)
    return digest.hexdigest()
