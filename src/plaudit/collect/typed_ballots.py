"""Ballots from Parquet whose columns have the types of the table: taken as they are, by the engine."""

from __future__ import annotations

import os
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from plaudit.base.errors import SourceChanged
from plaudit.base.file_names import name_below
from plaudit.base.ids import ODD, exact_id
from plaudit.collect.raw import Form, positions
from plaudit.collect.read import file_format
from plaudit.collect.times import GRAINS, at_grain
from plaudit.collect.translate import REPLACE
from plaudit.collect.values import RoundedId, Unusable, as_id
from plaudit.rulebook.sources import file_columns
from plaudit.store.joins import left_join_unique
from plaudit.store.numbers import quotient
from plaudit.store.parquet import write_batches
from plaudit.store.tables import table

if TYPE_CHECKING:
    from pathlib import Path

    from plaudit.collect.staging import SetAside
    from plaudit.rulebook.sources import Source
    from plaudit.store.evidence import Evidence

__all__ = ["WIDE_COUNTS", "is_typed", "scanned"]

WIDE_COUNTS: Final = {"votes": 2**31 - 1, "tags": 2**15 - 1}
"""The most a ballot may say; such columns are wider until they were looked at."""
PLACE: Final = ["source", "file", "row"]
_WORDS: Final = frozenset({"channel", "nominee", "gesture", "post"})
_COLUMNS: Final = [name for name in table("ballots").columns if name not in {"ballot", "source"}]
_FEW: Final = ("channel", "nominee")
"""Ids of which a vote has few, so that each is looked at; of others those that are odd."""
_COPIES: Final = ".copies"
_BATCH_ROWS: Final = 65_536
_QUARTER: Final = 900_000_000
"""A quarter of an hour: since 1990 every zone's days start at one."""


def is_typed(path: Path, source: Source) -> bool:
    """Say whether a file can be taken as it is.

    Raises
    ------
    SourceChanged : it is not Parquet, or lacks a declared column.
    """
    if file_format(path, source) != "parquet" or source.where or source.lookup or source.formats:
        return False
    schema = _schema(path, source)
    named = _columns(path, schema, source)
    if not set(source.constants) <= _WORDS or not set(source.replace) <= {*_WORDS, "ballot"}:
        return False
    return all(
        isinstance(name, str) and _has_type(column, schema.field(named[name]).type)
        for column, name in source.columns.items()
    )


def _schema(path: Path, source: Source) -> pa.Schema:
    try:
        return pq.read_schema(path)
    except (pa.ArrowException, OSError) as error:
        raise SourceChanged(f"source {source.id}: {path.name} is not Parquet: {error}", "fetch it again") from None


def _columns(path: Path, schema: pa.Schema, source: Source) -> dict[str, str]:
    """Give each declared column's name as the file has it; the engine must be able to tell it from others."""
    names = schema.names
    found = positions(file_columns(source), names, path, Form.of(source), "")
    alike = [name.lower() for name in (*names, "filename", "file_row_number")]
    for place in found.values():
        if alike.count(alike[place]) > 1:
            raise SourceChanged(
                f"source {source.id}: {path.name}: the engine cannot tell column {names[place]!r} from another one",
                "rename the column",
                source=source.id,
                column=names[place],
            )
    return {wanted: names[place] for wanted, place in found.items()}


def _has_type(column: str, found: pa.DataType) -> bool:
    declared = pa.string() if column == "ballot" else table("ballots").schema.field(column).type
    if pa.types.is_string(declared):
        words = found.value_type if pa.types.is_dictionary(found) else found
        return bool(pa.types.is_string(words) or pa.types.is_large_string(words))
    if pa.types.is_integer(declared):
        return bool(pa.types.is_integer(found) and not pa.types.is_uint64(found))
    return bool(found == declared)


def scanned(folder: Path, files: list[Path], source: Source, evidence: Evidence, set_aside: SetAside) -> ibis.Table:
    """Give typed files as an expression, ids exact and instants at the source's grain.

    Raises
    ------
    SourceChanged : an id went through a rounded number.
    """
    alike: dict[tuple[Any, ...], list[Path]] = {}
    for path in files:
        schema = _schema(path, source)
        alike.setdefault((*schema.names, *map(str, schema.types)), []).append(path)
    parts = [
        _read(folder, some, f"source_{number}_{source.id}", source, evidence, set_aside)
        for number, some in enumerate(alike.values())
    ]
    found = ibis.union(*parts) if len(parts) > 1 else parts[0]
    for name in (*_FEW, "post", "ballot_id"):
        if ("ballot" if name == "ballot_id" else name) in {*source.columns, *source.constants}:
            found = _with_exact(found, name, source, evidence, set_aside)
    return _coarse(found, source, evidence) if "cast_at" in source.grain else found


def _read(
    folder: Path, files: list[Path], view: str, source: Source, evidence: Evidence, set_aside: SetAside
) -> ibis.Table:
    """Give files that have the same columns as an expression, with our columns and each row's place.

    The engine reads copies: it would believe what a file says of its rows, whoever wrote it.
    """
    named = _columns(files[0], _schema(files[0], source), source)
    root = evidence.folder.resolve() / _COPIES  # so that what the engine calls a file begins with it
    copies = [root / path.relative_to(folder) for path in files]
    for path, copy in zip(files, copies, strict=True):
        _copy(path, copy, set(named.values()), source, set_aside.rows_most)
    raw = evidence.scan([copy.as_posix() for copy in copies], view)
    if set_aside.rows_most:
        raw = raw.filter(raw.file_row_number < set_aside.rows_most)
    _note_replaced(raw, named, source, evidence, set_aside)
    absent: dict[str, Any] = {"is_deleted": False, "is_private": False, "post": "", "ballot_id": ""}
    defaults: dict[str, Any] = {**absent, "votes": 1, "gesture": "vote", "tags": 1}
    columns: dict[str, Any] = {}
    for name in [*_COLUMNS, "ballot_id"]:
        kind = "string" if name == "ballot_id" else table("ballots").ibis_schema[name]
        ours = "ballot" if name == "ballot_id" else name
        if ours in source.columns or ours in source.constants:
            value = _said(raw, named, ours, source)
            if ours in source.replace:
                value = value.cases(*_replaced(ours, source).items(), else_=value)
        else:
            value = ibis.literal(defaults.get(name), type=kind)
        if name in absent:
            value = value.fill_null(absent[name])
        columns[name] = value.cast("int64" if name in WIDE_COUNTS else kind)
    places = [(path.relative_to(folder).as_posix(), name_below(path, folder)) for path in files]
    renamed = [pair for pair in places if pair[0] != pair[1]]
    whole = raw.filename if os.sep == "/" else raw.filename.replace(os.sep, "/")
    file = whole.substr(len(root.as_posix()) + 1)
    place = {
        "grain": ibis.literal(source.grain.get("cast_at", "")),
        "source": ibis.literal(source.id),
        "file": file.cases(*renamed, else_=file) if renamed else file,
        "row": raw.file_row_number + 1,
    }
    return raw.select(**columns, **place)


def _said(raw: ibis.Table, named: dict[str, str], column: str, source: Source) -> Any:
    """Give what the files say in a column of ours, or what the source says for all of them."""
    mapped = source.columns.get(column)
    return raw[named[mapped]] if isinstance(mapped, str) else ibis.literal(source.constants[column])


def _replaced(column: str, source: Source) -> dict[str, str]:
    """Give what `replace` puts in the place of a text, by that text as it is declared and as ids are compared."""
    texts = source.replace[column]
    ours = {text: said if column == "gesture" else exact_id(said) for text, said in texts.items()}
    return {exact_id(text): said for text, said in ours.items()} | ours


def _copy(path: Path, copy: Path, columns: set[str], source: Source, rows_most: int) -> None:
    """Decode the rows of a file and write them again, with what is true of them."""
    try:
        with pq.ParquetFile(path) as file:
            schema = pa.schema([field for field in file.schema_arrow if field.name in columns])
            batches = file.iter_batches(_BATCH_ROWS, columns=schema.names)
            write_batches(schema, islice(batches, -(-rows_most // _BATCH_ROWS) if rows_most else None), copy)
    except pa.ArrowException as error:
        raise SourceChanged(
            f"source {source.id}: {path.name} cannot be read to its end: {error}", "fetch it again", source=source.id
        ) from None


def _note_replaced(
    raw: ibis.Table, named: dict[str, str], source: Source, evidence: Evidence, set_aside: SetAside
) -> None:
    """Note in how many rows of which nominee `replace` met a text."""
    to_nominee = _replaced("nominee", source) if "nominee" in source.replace else {}
    for column in sorted({*source.replace} & {*source.columns, *source.constants}):
        texts = {exact_id(text): (text, ours) for text, ours in source.replace[column].items()}
        said = _said(raw, named, column, source).cast("string")
        asked = raw.select(said=said, nominee=_said(raw, named, "nominee", source).cast("string"))
        asked = asked.filter(asked.said.isin(sorted({*source.replace[column], *texts})) | asked.said.re_search(ODD))
        for row in evidence.to_rows(asked.group_by("said", "nominee").agg(rows=asked.count())):
            if (text := exact_id(row["said"])) in texts:
                set_aside.used[source.id, REPLACE, column, texts[text][0]] += row["rows"]
                nominee = exact_id(row["nominee"] or "")
                set_aside.note(
                    source.id, (REPLACE, column, *texts[text]), to_nominee.get(nominee, nominee), row["rows"]
                )


def _with_exact(ballots: ibis.Table, name: str, source: Source, evidence: Evidence, set_aside: SetAside) -> ibis.Table:
    """Give ballots with one kind of id exact; those whose id is a word for nothing are set aside."""
    some = ballots.filter(ballots[name].notnull())
    if name not in _FEW:
        some = some.filter(some[name].re_search(ODD))
    batches = evidence.to_batches(some.select(name).distinct())
    exact, wrong = _looked_at([text for batch in batches for text in batch.column(0).to_pylist()], name, source)
    if wrong:
        bad = evidence.staged(pa.table({name: pa.array(sorted(wrong), pa.string())}))
        for row in evidence.to_rows(ballots.semi_join(bad, name).select(*PLACE, name).order_by(PLACE)):
            unusable = wrong[row[name]]
            if isinstance(unusable, RoundedId):
                raise unusable.refusal(row["source"], row["file"], row["row"])
            set_aside.add(row["source"], row["file"], row["row"], unusable.reason, unusable.detail)
        ballots = ballots.anti_join(bad, name)
    if not exact:
        return ballots
    pairs = pa.table({name: pa.array(exact, pa.string()), "exact": pa.array(exact.values(), pa.string())})
    joined = left_join_unique(ballots, evidence.staged(pairs), [name])
    return joined.mutate(**{name: joined.exact.fill_null(joined[name])}).drop("exact")


def _looked_at(texts: list[str], name: str, source: Source) -> tuple[dict[str, str], dict[str, Unusable]]:
    """Give the exact id of each text that is not one yet, and why others are none."""
    column = "ballot" if name == "ballot_id" else name
    replace = _replaced(column, source) if column in source.replace else {}
    exact: dict[str, str] = {}
    wrong: dict[str, Unusable] = {}
    for text in texts:
        try:
            found = exact_id(text)
            # what is exact already was replaced by the engine, and is not replaced again
            found = as_id(found if found == text else replace.get(found, found), column)
        except Unusable as unusable:
            wrong[text] = unusable
        else:
            if found != text:
                exact[text] = found
    return exact, wrong


def _coarse(ballots: ibis.Table, source: Source, evidence: Evidence) -> ibis.Table:
    """Give ballots with their instants at the grain that the source declares."""
    grain = source.grain["cast_at"]
    if grain != "day":
        return ballots.mutate(cast_at=quotient(ballots.cast_at, GRAINS[grain]) * GRAINS[grain])
    quarters = quotient(ballots.cast_at, _QUARTER).name("quarter")
    found = sorted(row["quarter"] for row in evidence.to_rows(ballots.select(quarters).distinct()) if row["quarter"])
    days = {quarter: _day(quarter * _QUARTER, source) for quarter in found}
    staged = evidence.staged(
        pa.table({"quarter": pa.array(days, pa.int64()), "of_day": pa.array(days.values(), pa.int64())})
    )
    joined = left_join_unique(ballots.mutate(quarter=quarters), staged, ["quarter"])
    return joined.mutate(cast_at=joined.of_day.fill_null(joined.cast_at)).drop("quarter", "of_day")


def _day(instant: int, source: Source) -> int | None:
    """Give the instant that stands for a local day; none where the instant is none, which is told later."""
    try:
        return at_grain(instant, "day", source.zone, source.date_at)
    except Unusable:
        return None
