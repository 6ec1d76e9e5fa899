"""Ballots from files, at scale: numbered in the order they were cast, a folder a day."""

from __future__ import annotations

import hashlib
import hmac
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

import ibis
import pyarrow as pa
from ibis import _

from plaudit.collect.grains import Moment, refuse_unordered, span_of
from plaudit.collect.read import source_files
from plaudit.collect.same_ballots import each_once
from plaudit.collect.staging import Rows, SetAside
from plaudit.collect.tagged import ballot_rows
from plaudit.collect.typed_ballots import WIDE_COUNTS, is_typed, scanned
from plaudit.collect.values import EARLIEST, LATEST, Unusable, as_counter
from plaudit.store.numbers import quotient
from plaudit.store.tables import table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from plaudit.rulebook.counting_rule import Cap
    from plaudit.rulebook.sources import Source
    from plaudit.store.evidence import Evidence

__all__ = ["collect_ballots", "pseudonym"]

GESTURES: Final = ("vote", "post", "repost", "quote")
DAY_MICROSECONDS: Final = 86_400_000_000
_PLACE: Final = ("source", "file", "row")
_COLUMNS: Final = [name for name in table("ballots").columns if name not in {"ballot", "source"}]
_STAGED: Final = pa.schema(
    [(name, pa.int64()) if name in WIDE_COUNTS else table("ballots").schema.field(name) for name in _COLUMNS]
    + [
        ("ballot_id", pa.string()),
        ("grain", pa.string()),
        ("source", pa.string()),
        ("file", pa.string()),
        ("row", pa.int64()),
    ]
)


def pseudonym(voter: str, key: bytes) -> int:
    """Give the first 63 bits of HMAC-SHA-256 of a voter's name under the edition's key."""
    return int.from_bytes(hmac.digest(key, voter.encode(), hashlib.sha256)[:8], "big") >> 1


def collect_ballots(
    folder: Path,
    sources: Iterable[Source],
    evidence: Evidence,
    set_aside: SetAside,
    voter_key: bytes,
    on_progress: Callable[[str, int], None],
    caps: Mapping[str, Cap],
    size: int | None = None,
) -> int:
    """Write the table ballots and give the number of its rows.

    Parquet whose columns have the types of the table is taken as it is, without
    passing through Python; everything else is read row by row.

    Parameters
    ----------
    caps : the counting rule's, by channel
    size : so many records of the archive are read, where a stream is followed; all, if left out

    Raises
    ------
    SourceChanged : as `each_once`.
    TieUnresolved : as `refuse_unordered`.
    """
    sources = list(sources)
    staged = [_staged(folder, source, evidence, set_aside, voter_key, on_progress, size) for source in sources]
    if not staged:
        return 0
    everything = ibis.union(*staged) if len(staged) > 1 else staged[0]
    usable = _usable(everything)
    for row in evidence.to_rows(usable.filter(usable.reason != "").select(*_PLACE, "reason", "detail")):
        set_aside.add(row["source"], row["file"], row["row"], row["reason"], row["detail"])
    kept = each_once(usable.filter(usable.reason == ""), sources, evidence, set_aside)
    if caps:
        refuse_unordered(_of_several_grains(kept, sources, evidence), caps)
    days = evidence.to_rows(kept.select(day=_day_number(kept)).distinct().order_by("day"))
    written = 0
    for found in days:
        of_day = kept.filter(_day_number(kept) == found["day"]).order_by("cast_at", *_PLACE)
        day = date(1970, 1, 1) + timedelta(days=found["day"])
        written += evidence.write_stream("ballots", day.isoformat(), _numbered(evidence.to_batches(of_day), written))
        on_progress(f"ballots of {day}", written)
    return written


def _of_several_grains(ballots: ibis.Table, sources: Iterable[Source], evidence: Evidence) -> Iterator[Moment]:
    """Give the ballots of voters some of whose instants are known less well than others."""
    kinds = ballots.select("source", "grain").distinct()
    if len(found := evidence.to_rows(kinds)) < 2 or not any(kind["grain"] for kind in found):
        return
    of_voter = ballots.select("voter", "source", "grain").distinct().group_by("voter").agg(kinds=_.count())
    theirs = ballots.semi_join(evidence.materialize(of_voter.filter(_.kinds > 1)), "voter")
    zones = {source.id: source.zone for source in sources}
    columns = [name for name in Moment._fields if name not in {"first", "last"}]
    for batch in evidence.to_batches(theirs.select(columns).order_by(*_PLACE)):
        for row in batch.to_pylist():
            first, last = span_of(row["cast_at"], row["grain"], zones[row["source"]])
            yield Moment(**row, first=first, last=last)


def _day_number(ballots: ibis.Table) -> Any:
    return quotient(ballots.cast_at, DAY_MICROSECONDS)


def _numbered(batches: Iterable[pa.RecordBatch], first: int) -> Iterator[pa.RecordBatch]:
    schema = table("ballots").schema
    for batch in batches:
        numbers = pa.array(range(first, first + batch.num_rows), pa.int64())
        first += batch.num_rows
        columns = [
            numbers
            if name == "ballot"
            else batch.column(batch.schema.get_field_index(name)).cast(schema.field(name).type)
            for name in schema.names
        ]
        yield pa.RecordBatch.from_arrays(columns, schema=schema)


def _usable(ballots: ibis.Table) -> ibis.Table:
    """Add the reason a ballot cannot be used, empty where it can."""
    missing = ibis.literal(False)  # noqa: FBT003
    for column in ("channel", "nominee", "voter", "cast_at"):
        missing |= ballots[column].isnull()
    wrong = [(missing, "missing value", ibis.literal("channel, nominee, voter or cast_at"))]
    wrong.append((ballots.votes == 0, "no votes", ibis.literal("votes is 0")))
    bounds = [(column, 1, most) for column, most in WIDE_COUNTS.items()] + [("cast_at", EARLIEST, LATEST - 1)]
    for column, least, most in bounds:
        outside = ~ballots[column].fill_null(0).between(least, most)
        wrong.append((outside, "out of range", f"{column} is " + ballots[column].cast("string").fill_null("missing")))
    gesture = ballots.gesture.fill_null("missing")
    wrong.append((~gesture.isin(GESTURES), "unknown gesture", gesture))
    return ballots.mutate(
        reason=ibis.cases(*((condition, reason) for condition, reason, _ in wrong), else_=""),
        detail=ibis.cases(*((condition, detail) for condition, _, detail in wrong), else_=""),
    )


def _staged(
    folder: Path,
    source: Source,
    evidence: Evidence,
    set_aside: SetAside,
    voter_key: bytes,
    on_progress: Callable[[str, int], None],
    size: int | None,
) -> ibis.Table:
    files = [] if source.is_followed else source_files(folder, source)
    if files and all(is_typed(path, source) for path in files):
        set_aside.read_whole(folder, source, files)
        return scanned(folder, files, source, evidence, set_aside)
    rows = Rows(_STAGED)
    for row in ballot_rows(folder, source, set_aside, on_progress, size):
        try:
            voter = pseudonym(row.id("voter"), voter_key)
            created_at = row.instant("account_created_at") if row.is_given("account_created_at") else None
            rows.append(
                row.id("channel"),
                row.id("nominee"),
                as_counter(row.text("votes", "1"), "votes"),
                row.instant("cast_at"),
                voter,
                row.text("gesture", "vote"),
                as_counter(row.text("tags", "1"), "tags"),
                row.flag("is_deleted"),
                row.flag("is_private"),
                created_at,
                row.id("post"),
                row.id("ballot"),
                row.grain("cast_at"),
                source.id,
                row.file,
                row.row,
            )
        except Unusable as unusable:
            set_aside.add(source.id, row.file, row.row, unusable.reason, unusable.detail)
    return evidence.staged(rows.table())
