"""The season's charts as they were released: the tables of the line, from the latest release of each week.

Two more tables tell of the releases themselves, and of the entries that corrections replaced.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from plaudit.base.errors import OutOfTurn
from plaudit.release.shelf import RELEASES, Shelf, as_instant
from plaudit.store.tables import table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plaudit.release.shelf import Released
    from plaudit.rulebook.season import Season
    from plaudit.store.evidence import Evidence

__all__ = ["release_row", "write_released", "write_releases"]


def write_released(season: Season, tables: Evidence, names: Iterable[str]) -> None:
    """Write tables of the line from the latest releases.

    Raises
    ------
    OutOfTurn : no week of a chart was released.
    """
    shelf, found = _shelf(season), []
    for use in season.charts:
        weeks = shelf.weeks(use.rule)
        if not weeks:
            raise OutOfTurn(f"no week of {use.rule} is released yet", "release first: plaudit release SEASON")
        found += [shelf.latest(use.rule, week) for week in weeks]
    for name in names:
        tables.write(name, pa.concat_tables([one.table(name) for one in found]))


def write_releases(season: Season, tables: Evidence) -> None:
    """Write the tables releases and superseded."""
    shelf = _shelf(season)
    charted = {use.rule for use in season.charts}
    every = [one for one in shelf.all() if one.chart in charted]
    latest = {(chart, week): shelf.numbers(chart, week)[-1] for chart in charted for week in shelf.weeks(chart)}
    tables.write_rows("releases", [release_row(one) for one in every])
    columns = [name for name in table("superseded").columns if name != "release"]
    tables.write_rows(
        "superseded",
        [
            {**row, "release": one.number}
            for one in every
            if one.number < latest[one.chart, one.week]
            for row in one.table("entries", columns).to_pylist()
        ],
    )


def release_row(one: Released) -> dict[str, Any]:
    """Give a release's row of the table releases."""
    told = one.stated.get("correction", {"because": "", "week": "", "moved": []})
    return {
        "chart": one.chart,
        "week": one.week,
        "release": one.number,
        "index": one.stated["index"],
        "released_at": as_instant(one.stated["released_at"]),
        "corrected_week": told["week"],
        "because": told["because"],
        "moved": len(told["moved"]),
        "sha256": one.sha256,
    }


def _shelf(season: Season) -> Shelf:
    return Shelf(season.files.found(RELEASES))
