"""Ballots from files, at scale: numbered in the order they were cast, a folder a day."""

from __future__ import annotations

import hashlib
import hmac
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from plaudit.base.errors import SourceChanged
from plaudit.base.file_names import name_below
from plaudit.collect.read import file_format, source_files
from plaudit.collect.staging import Rows, SetAside, source_rows
from plaudit.collect.values import EARLIEST, LATEST, Unusable, as_counter
from plaudit.rulebook.sources import file_columns
from plaudit.store.numbers import quotient
from plaudit.store.tables import table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from plaudit.rulebook.sources import Source
    from plaudit.store.evidence import Evidence

__all__ = ["collect_ballots", "pseudonym"]

GESTURES: Final = ("vote", "post", "repost", "quote")
DAY_MICROSECONDS: Final = 86_400_000_000
_WORDS: Final = frozenset({"channel", "nominee", "gesture", "post"})
_PLACE: Final = ("source", "file", "row")
_COLUMNS: Final = [name for name in table("ballots").columns if name not in {"ballot", "source"}]
_COUNTS: Final = {"votes": 2**31 - 1, "tags": 2**15 - 1}
"""The most a ballot may say; wider until it was looked at."""
_STAGED: Final = pa.schema(
    [(name, pa.int64()) if name in _COUNTS else table("ballots").schema.field(name) for name in _COLUMNS]
    + [("source", pa.string()), ("file", pa.string()), ("row", pa.int64())]
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
    seen: Callable[[str, int], None],
) -> int:
    """Write the table ballots and give the number of its rows.

    Parquet whose columns have the types of the table is taken as it is, without
    passing through Python; everything else is read row by row.
    """
    staged = [_staged(folder, source, evidence, set_aside, voter_key, seen) for source in sources]
    if not staged:
        return 0
    everything = ibis.union(*staged) if len(staged) > 1 else staged[0]
    usable = _usable(everything)
    for row in evidence.to_rows(usable.filter(usable.reason != "").select(*_PLACE, "reason", "detail")):
        set_aside.add(row["source"], row["file"], row["row"], row["reason"], row["detail"])
    kept = _once(usable.filter(usable.reason == ""), evidence, set_aside)
    days = evidence.to_rows(kept.select(day=_day_number(kept)).distinct().order_by("day"))
    written = 0
    for found in days:
        of_day = kept.filter(_day_number(kept) == found["day"]).order_by("cast_at", *_PLACE)
        day = date(1970, 1, 1) + timedelta(days=found["day"])
        written += evidence.write_stream("ballots", day.isoformat(), _numbered(evidence.to_batches(of_day), written))
        seen(f"ballots of {day}", written)
    return written


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
    bounds = [(column, 1, most) for column, most in _COUNTS.items()] + [("cast_at", EARLIEST, LATEST - 1)]
    for column, least, most in bounds:
        outside = ~ballots[column].fill_null(0).between(least, most)
        wrong.append((outside, "out of range", f"{column} is " + ballots[column].cast("string").fill_null("missing")))
    gesture = ballots.gesture.fill_null("missing")
    wrong.append((~gesture.isin(GESTURES), "unknown gesture", gesture))
    return ballots.mutate(
        reason=ibis.cases(*((condition, reason) for condition, reason, _ in wrong), else_=""),
        detail=ibis.cases(*((condition, detail) for condition, _, detail in wrong), else_=""),
    )


def _once(ballots: ibis.Table, evidence: Evidence, set_aside: SetAside) -> ibis.Table:
    """Keep one of the rows that give the same act on a post; differing ones are set aside."""
    key = ["channel", "nominee", "voter", "gesture", "post"]
    rest = [name for name in _COLUMNS if name not in key]
    on_posts = ballots.filter(ballots.post != "")
    repeated = on_posts.group_by(key).agg(rows=ibis._.count()).filter(ibis._.rows > 1).drop("rows")
    if not evidence.to_rows(repeated.count().as_table())[0].popitem()[1]:
        return ballots
    again = on_posts.semi_join(repeated, key)
    kinds = again.group_by(key).agg(kinds=ibis.struct({name: again[name] for name in rest}).nunique())
    differing = kinds.filter(kinds.kinds > 1).drop("kinds")
    for row in evidence.to_rows(again.semi_join(differing, key).order_by(*_PLACE)):
        set_aside.add(
            row["source"],
            row["file"],
            row["row"],
            "duplicate key with different values",
            f"{row['gesture']} {row['post']}",
        )
    same = again.anti_join(differing, key)
    order = ibis.window(group_by=key, order_by=list(_PLACE))
    first = same.mutate(copy=ibis.row_number().over(order)).filter(ibis._.copy == 0).drop("copy")
    return ibis.union(ballots.anti_join(repeated, key), first)


def _staged(
    folder: Path,
    source: Source,
    evidence: Evidence,
    set_aside: SetAside,
    voter_key: bytes,
    seen: Callable[[str, int], None],
) -> ibis.Table:
    files = source_files(folder, source)
    if not set_aside.rows_most and all(_is_typed(path, source) for path in files):
        set_aside.read_whole(folder, source, files)
        return _scanned(folder, files, source, evidence)
    rows = Rows(_STAGED)
    for row in source_rows(folder, source, set_aside, seen):
        try:
            voter = pseudonym(row.text("voter"), voter_key)
            created_at = row.instant("account_created_at") if row.is_given("account_created_at") else None
            rows.append(
                row.text("channel"),
                row.text("nominee"),
                as_counter(row.text("votes", "1"), "votes"),
                row.instant("cast_at"),
                voter,
                row.text("gesture", "vote"),
                as_counter(row.text("tags", "1"), "tags"),
                row.flag("is_deleted"),
                row.flag("is_private"),
                created_at,
                row.text("post"),
                source.id,
                row.file,
                row.row,
            )
        except Unusable as unusable:
            set_aside.add(source.id, row.file, row.row, unusable.reason, unusable.detail)
    return evidence.staged(rows.table())


def _is_typed(path: Path, source: Source) -> bool:
    if file_format(path, source) != "parquet" or source.where or source.lookup or source.formats:
        return False
    try:
        schema = pq.read_schema(path)
    except (pa.ArrowException, OSError) as error:
        raise SourceChanged(f"source {source.id}: {path.name} is not Parquet: {error}", "fetch it again") from None
    missing = [name for name in file_columns(source) if name not in schema.names]
    if missing:
        raise SourceChanged(
            f"source {source.id}: {path.name}: no column {missing[0]!r}; it has {', '.join(schema.names)}",
            "mend [source.columns] in season.toml",
        )
    if not set(source.constants) <= _WORDS:
        return False
    return all(
        isinstance(named, str) and _has_type(name, schema.field(named).type) for name, named in source.columns.items()
    )


def _has_type(column: str, found: pa.DataType) -> bool:
    declared = table("ballots").schema.field(column).type
    if pa.types.is_string(declared):
        words = found.value_type if pa.types.is_dictionary(found) else found
        return bool(pa.types.is_string(words) or pa.types.is_large_string(words))
    if pa.types.is_integer(declared):
        return bool(pa.types.is_integer(found) and not pa.types.is_uint64(found))
    return bool(found == declared)


def _scanned(folder: Path, files: list[Path], source: Source, evidence: Evidence) -> ibis.Table:
    root = folder.resolve()  # so that what the engine calls a file begins with it
    raw = evidence.scan([(root / path.relative_to(folder)).as_posix() for path in files], f"source_{source.id}")
    absent: dict[str, Any] = {"is_deleted": False, "is_private": False, "post": ""}
    defaults: dict[str, Any] = {**absent, "votes": 1, "gesture": "vote", "tags": 1}
    columns: dict[str, Any] = {}
    for name in _COLUMNS:
        kind = table("ballots").ibis_schema[name]
        mapped = source.columns.get(name)
        if isinstance(mapped, str):
            value = raw[mapped]
            if name in source.replace:
                value = value.cases(*source.replace[name].items(), else_=value)
        else:
            value = ibis.literal(source.constants.get(name, defaults.get(name)), type=kind)
        if name in absent:
            value = value.fill_null(absent[name])
        columns[name] = value.cast("int64" if name in _COUNTS else kind)
    names = [(path.relative_to(folder).as_posix(), name_below(path, folder)) for path in files]
    named = [pair for pair in names if pair[0] != pair[1]]
    file = raw.filename.substr(len(root.as_posix()) + 1)
    place = {
        "source": ibis.literal(source.id),
        "file": file.cases(*named, else_=file) if named else file,
        "row": raw.file_row_number + 1,
    }
    return raw.select(**columns, **place)
