"""The season's charts as they were released: the tables of the line, from the latest release of each week."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from plaudit.base.errors import OutOfTurn
from plaudit.release.shelf import RELEASES, Shelf

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plaudit.rulebook.season import Season
    from plaudit.store.evidence import Evidence

__all__ = ["write_released"]


def write_released(season: Season, tables: Evidence, names: Iterable[str]) -> None:
    """Write tables of the line from the releases.

    Raises
    ------
    OutOfTurn : no week of a chart was released.
    """
    shelf = Shelf(season.files.found(RELEASES))
    found = {}
    for use in season.charts:
        weeks = shelf.weeks(use.rule)
        if not weeks:
            raise OutOfTurn(f"no week of {use.rule} is released yet", "release first: plaudit release SEASON")
        found[use.rule] = [shelf.latest(use.rule, week) for week in weeks]
    for name in names:
        parts = [one.table(name) for releases in found.values() for one in releases]
        tables.write(name, pa.concat_tables(parts))
