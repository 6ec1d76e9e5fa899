"""What came late: rows of a released week that the release does not have; they are listed, and change nothing."""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plaudit.base.progress import quiet
from plaudit.release.compute import compute
from plaudit.release.cut import cut
from plaudit.release.gather import gather
from plaudit.release.moves import moves
from plaudit.release.release import earlier, refuse_not_releasing, shelf_of, terms_of
from plaudit.release.shelf import Released, as_instant
from plaudit.store.evidence import Evidence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from plaudit.release.cut import Cut
    from plaudit.release.terms import Terms
    from plaudit.rulebook.season import Season

__all__ = ["Late", "late"]

_TOLD: tuple[str, ...] = ("platform", "account", "post", "metric", "observed_at", "value")


@dataclass(frozen=True)
class Late:
    """What came late of one released week.

    came, gone : readings that the release lacks, and that it has and the sources no longer do
    others : posts and credits that are other ones
    moved : the entries that a correction would change, with the position as released and then
    """

    chart: str
    week: str
    release: int
    came: list[dict[str, Any]]
    gone: list[dict[str, Any]]
    others: int
    moved: list[dict[str, Any]]


def late(season: Season, chart: str, *, week: str = "", on_progress: Callable[[str, int], None] = quiet) -> list[Late]:
    """Give the released weeks of a chart of which something came late, and whom it would move.

    Parameters
    ----------
    week : only this one

    Raises
    ------
    RuleFrozen : the rule is not the one that is released under.
    """
    refuse_not_releasing(season)
    terms, shelf = terms_of(season, chart), shelf_of(season)
    collected = gather(season, shelf, None, on_progress=on_progress).tables
    weeks, found = {one.id: one for one in terms.weeks}, []
    for name in shelf.weeks(chart):
        if name not in weeks or (week and name != week):
            continue
        held, before = shelf.latest(chart, name), earlier(shelf, chart, name)
        now = cut(collected, weeks[name], as_instant(held.stated["as_of"]), terms, before)
        if any(not now.tables[table].equals(held.table(table)) for table in held.cut):
            found.append(_of(held, now, terms, before))
    return found


def _of(held: Released, now: Cut, terms: Terms, before: list[Released]) -> Late:
    was, are = (Counter(_keys(rows)) for rows in (held.table("readings").to_pylist(), now.rows("readings")))
    others = sum(not now.tables[name].equals(held.table(name)) for name in ("posts", "credits"))
    week = next(one for one in terms.weeks if one.id == held.week)
    with tempfile.TemporaryDirectory(prefix="plaudit-late-") as scratch:
        tables = Evidence(Path(scratch))
        for name, rows in now.tables.items():
            tables.write(name, rows)
        stands_on = before[0] if before else None
        charts = stands_on.stated["charts"] if stands_on else 0
        compute(tables, week, terms, stands_on.standings if stands_on else terms.seeds, charts)
        entries = tables.to_arrow(tables.read("entries")).to_pylist()
    moved = moves(held.table("entries").to_pylist(), entries)
    return Late(held.chart, held.week, held.number, _rows(are - was), _rows(was - are), others, moved)


def _keys(rows: Iterable[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in _TOLD) for row in rows]


def _rows(found: Counter[tuple[Any, ...]]) -> list[dict[str, Any]]:
    return [dict(zip(_TOLD, key, strict=True)) for key in sorted(found)]
