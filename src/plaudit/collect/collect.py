"""The step collect: sources in, tables out; what cannot be used is listed."""

from __future__ import annotations

from collections import Counter, deque
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from plaudit.base.errors import SourceRefused, SourceUnavailable
from plaudit.collect.ballots import collect_ballots
from plaudit.collect.grains import caps_of
from plaudit.collect.identity import Identity
from plaudit.collect.live import archive_size, live_rows
from plaudit.collect.posts import PostStaging
from plaudit.collect.seen import Seen, write_seen
from plaudit.collect.staging import Rows, SetAside, SourceRow, source_rows
from plaudit.collect.values import Unusable, as_counter
from plaudit.collect.voters import collect_voters
from plaudit.store.tables import made_by, table

if TYPE_CHECKING:
    from collections.abc import Callable

    from plaudit.rulebook.season import Season
    from plaudit.store.evidence import Evidence

__all__ = ["Collected", "collect", "collect_into"]

_POST_KINDS: Final = frozenset({"counters", "posts", "readings", "live"})


@dataclass(frozen=True)
class Collected:
    """How many rows each table has, how many source rows were set aside, by reason, and what each file gave.

    files : a row of the table source_files for each
    not_given : by source and metric, in how many usable rows the metric has no value.
    """

    rows: dict[str, int]
    set_aside: dict[str, int]
    files: list[dict[str, Any]] = field(default_factory=list)
    not_given: dict[str, int] = field(default_factory=dict)


def collect(
    season: Season,
    tables: Evidence,
    voter_key: bytes,
    *,
    strict: bool = False,
    on_progress: Callable[[str, int], None],
    records_most: int | None = None,
) -> Collected:
    """Read every source of a season into posts, readings, ballots, source_totals and voter_facts.

    Rows that cannot be used go to the table set_aside with source, file, row and
    reason. The tables of an earlier run stay until all sources were read. A season
    that takes ballots itself takes none here: they go through its door, `plaudit vote import`. Of their files,
    as they are now, only what the mapping meets is counted.

    Parameters
    ----------
    records_most : so many records of the archive are read; all that its checkpoint covers, if left out

    Raises
    ------
    SourceUnavailable : a source has no file, or no answer.
    SourceChanged : a file is empty or lacks a declared column, or answers contradict a declared coverage.
    SourceRefused : `strict`, and a row was set aside.
    """
    set_aside = SetAside()
    made = [name for name in made_by("collect") if name != "ballots" or not season.live]
    with tables.replacing(made) as fresh:
        written, not_given = collect_into(
            season, fresh, voter_key, set_aside, on_progress, ballots=not season.live, records_most=records_most
        )
        fresh.write_rows("set_aside", set_aside.as_rows())
        fresh.write_rows("source_files", set_aside.as_files())
        if season.live:
            _count_mapped(season, set_aside, on_progress)
        if any(source.changes_rows for source in season.sources):
            fresh.write_rows("mappings", set_aside.as_mappings())
        if strict and set_aside.wrong():
            raise _refused(set_aside)
    reasons = Counter(reason for _, _, _, reason in set_aside.rows)
    return Collected(written, dict(sorted(reasons.items())), set_aside.as_files(), not_given)


def _count_mapped(season: Season, set_aside: SetAside, on_progress: Callable[[str, int], None]) -> None:
    """Count what the mapping of imported ballots meets; what becomes of those rows, the import has told."""
    apart = SetAside()
    for source in season.sources:
        if source.kind == "ballots" and source.changes_rows:
            with suppress(SourceUnavailable):  # nothing was imported yet
                deque(source_rows(season.folder, source, apart, on_progress), maxlen=0)
    set_aside.mapped.update(apart.mapped)


def collect_into(
    season: Season,
    tables: Evidence,
    voter_key: bytes,
    set_aside: SetAside,
    on_progress: Callable[[str, int], None],
    *,
    ballots: bool,
    records_most: int | None = None,
) -> tuple[dict[str, int], dict[str, int]]:
    """Read the sources, with or without those of ballots; give the rows of each table, and how often none was given."""
    written, not_given = _posts_and_totals(season, tables, set_aside, on_progress, records_most)
    of_ballots = [source for source in season.sources if source.kind == "ballots" and ballots]
    if of_ballots:
        caps = caps_of(season.declared_counting_rule() if season.vote else None)
        size = _size(season, records_most)
        written["ballots"] = collect_ballots(
            season.folder, of_ballots, tables, set_aside, voter_key, on_progress, caps, size
        )
    if voters := [source for source in season.sources if source.kind == "voters"]:
        written["voter_facts"] = collect_voters(season.folder, voters, tables, set_aside, voter_key, on_progress)
    return written, not_given


def _posts_and_totals(
    season: Season,
    tables: Evidence,
    set_aside: SetAside,
    on_progress: Callable[[str, int], None],
    records_most: int | None,
) -> tuple[dict[str, int], dict[str, int]]:
    posts = PostStaging(Identity(season.artists, set_aside.met), set_aside)
    totals = Rows(pa.schema([*table("source_totals").schema, pa.field("file", pa.string())]))
    kinds = {source.kind for source in season.sources}
    seen: list[Seen] = []
    size = _size(season, records_most)
    for source in season.sources:
        if source.kind in {"ballots", "voters"}:
            continue
        if source.is_live:
            seen.append(Seen(source, season.artists))
            for row in live_rows(season.folder, source, set_aside, seen[-1], on_progress, size):
                posts.take(row)
            seen[-1].refuse_contradicted()
            continue
        for row in source_rows(season.folder, source, set_aside, on_progress):
            if source.kind == "totals":
                _take_total(row, totals, set_aside)
            else:
                posts.take(row)
    written: dict[str, int] = {}
    if kinds & _POST_KINDS:
        written |= posts.write(tables)
    written |= write_seen(season.folder, tables, seen, size)
    if "totals" in kinds:
        written["source_totals"] = tables.write("source_totals", _once(totals.table(), set_aside)).num_rows
    return written, {f"{source} {metric}": rows for (source, metric), rows in sorted(posts.not_given.items())}


def _size(season: Season, records_most: int | None) -> int:
    """Give how many records of the archive are read."""
    is_live = any(source.is_live for source in season.sources)
    return archive_size(season.folder) if records_most is None and is_live else records_most or 0


def _take_total(row: SourceRow, totals: Rows, set_aside: SetAside) -> None:
    try:
        totals.append(
            row.id("channel"),
            row.id("nominee"),
            row.instant("observed_at") if row.has("observed_at") else 0,
            as_counter(row.text("votes"), "votes"),
            row.source.id,
            row.row,
            row.file,
        )
    except Unusable as unusable:
        set_aside.add(row.source.id, row.file, row.row, unusable.reason, unusable.detail)


def _once(totals: pa.Table, set_aside: SetAside) -> pa.Table:
    by_key: dict[tuple[str, str, int], list[dict[str, object]]] = {}
    for row in totals.to_pylist():
        by_key.setdefault((row["channel"], row["nominee"], row["observed_at"]), []).append(row)
    kept = []
    for rows in by_key.values():
        if len({row["votes"] for row in rows}) == 1:
            kept.append({name: value for name, value in rows[0].items() if name != "file"})
            continue
        for row in rows:
            set_aside.add(
                str(row["source"]),
                str(row["file"]),
                int(str(row["row"])),
                "duplicate key with different values",
                f"votes of {row['nominee']} in {row['channel']} are {row['votes']}",
            )
    return pa.Table.from_pylist(kept, schema=table("source_totals").schema)


def _refused(set_aside: SetAside) -> SourceRefused:
    wrong = set_aside.wrong()
    (source, file, row, reason), details = wrong[0]
    return SourceRefused(
        f"{len(wrong)} rows cannot be used; the first is {source}, {file}, row {row}: {reason}: {details[0]}",
        "correct the source, or run without --strict to set them aside and list them",
        rows=len(wrong),
    )
