"""Read source files row by row: CSV, JSON Lines and Parquet, plain, gz or zst.

Nothing is dropped here: a row that cannot be read comes out with the reason.
"""

from __future__ import annotations

import csv
import difflib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from plaudit.base.errors import SourceChanged, SourceUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from plaudit.rulebook.sources import Source

__all__ = ["RawRow", "file_format", "read_rows", "source_files"]

_RECORD_LINES_MOST: Final = 100
"""A quoted field may run over this many lines; a quote still open then was never closed."""


@dataclass(frozen=True)
class RawRow:
    """One row as the file has it: its values, or why there are none.

    row : the line a text record starts on, or the position in a Parquet file; both from 1.
    """

    row: int
    values: dict[str, Any] = field(default_factory=dict)
    reason: str = ""
    detail: str = ""


def source_files(folder: Path, source: Source) -> list[Path]:
    """Give the files a source names, by path.

    Raises
    ------
    SourceUnavailable : there is none.
    """
    files = sorted(path for path in folder.glob(source.files) if path.is_file() and not path.name.startswith("."))
    if not files:
        made = " or make them with: plaudit simulate SEASON" if source.coverage.synthetic else ""
        raise SourceUnavailable(
            f"source {source.id}: no file {source.files}", f"put the files there,{made or ' or mend files ='}"
        )
    return files


def file_format(path: Path, source: Source) -> str:
    """Give csv, jsonl or parquet: as declared, or by the file's name.

    Raises
    ------
    SourceChanged : the name tells none of them.
    """
    if source.format:
        return source.format
    for suffix in reversed(path.suffixes):
        if suffix in {".csv", ".jsonl", ".parquet"}:
            return suffix[1:]
        if suffix == ".ndjson":
            return "jsonl"
    raise SourceChanged(f"source {source.id}: {path.name} has no known ending", 'add format = "csv" to the source')


def read_rows(path: Path, kind: str, columns: Iterable[str], source_id: str) -> Iterator[RawRow]:
    """Give a file's rows; `columns` are those of the file that the source needs.

    Raises
    ------
    SourceChanged : the file is empty, lacks one of the columns, or cannot be read to its end.
    """
    wanted = sorted(set(columns))
    readers = {"parquet": _parquet_rows, "jsonl": _jsonl_rows, "csv": _csv_rows}
    try:
        yield from readers[kind](path, wanted, source_id)
    except (pa.ArrowException, OSError) as error:
        raise SourceChanged(
            f"source {source_id}: {path.name} cannot be read to its end: {error}", "fetch it again", source=source_id
        ) from None


def _lines(path: Path) -> Iterator[str]:
    """Give the lines of a text file, a byte order mark left out; what is not UTF-8 comes as surrogates."""
    whole = _raw_lines(path)
    first = next(whole, None)
    if first is not None:
        yield first.removeprefix("\ufeff")
        yield from whole


def _raw_lines(path: Path) -> Iterator[str]:
    with pa.input_stream(path.as_posix(), compression="detect") as stream:
        pending = b""
        while chunk := stream.read(1 << 20):
            *whole, pending = (pending + chunk).split(b"\n")
            yield from (line.decode("utf-8", "surrogateescape") for line in whole)
        if pending:
            yield pending.decode("utf-8", "surrogateescape")


def _records(lines: Iterator[str], is_row: Callable[[str], bool]) -> Iterator[tuple[int, str]]:
    """Give each CSV record with the line it starts on.

    Lines are joined while a quote is open, if `is_row` accepts what comes of it;
    so a quote that is never closed spoils one line only.
    """
    waiting: list[str] = []
    number = 0
    while True:
        if not waiting:
            line = next(lines, None)
            if line is None:
                return
            waiting = [line]
        number += 1
        taken = 1
        quotes = waiting[0].count('"')
        while quotes % 2 and taken < _RECORD_LINES_MOST:
            if taken == len(waiting):
                line = next(lines, None)
                if line is None:
                    break
                waiting.append(line)
            quotes += waiting[taken].count('"')
            taken += 1
        if taken > 1 and (quotes % 2 or not is_row("\n".join(waiting[:taken]))):
            taken = 1
        yield number, "\n".join(waiting[:taken])
        number += taken - 1
        waiting = waiting[taken:]


def _csv_rows(path: Path, wanted: list[str], source_id: str) -> Iterator[RawRow]:
    header: list[str] = []
    records = _records(_lines(path), lambda text: not header or _is_row(text, header))
    first = next(records, None)
    if first is None or not first[1].strip():
        raise SourceChanged(f"source {source_id}: {path.name} is empty", "fetch it again, or take it out of files")
    header = next(csv.reader([first[1].rstrip("\r")]))
    _need(wanted, header, path, source_id, line=1)
    positions = [(name, header.index(name)) for name in wanted]
    for number, record in records:
        text = record.rstrip("\r")
        if not text:
            continue
        if not text.isprintable() and any("\udc80" <= letter <= "\udcff" for letter in text):
            yield RawRow(number, reason="not UTF-8", detail=_safe(text))
            continue
        try:
            fields = _fields(text, header)
        except csv.Error as error:
            yield RawRow(number, reason="malformed row", detail=f"{error}: {_safe(text)}")
            continue
        yield RawRow(number, {name: fields[position] for name, position in positions})


def _fields(text: str, header: list[str]) -> list[str]:
    fields = next(csv.reader([text], strict=True))
    if len(fields) != len(header):
        raise csv.Error(f"{len(fields)} fields, the header has {len(header)}")
    return fields


def _is_row(text: str, header: list[str]) -> bool:
    try:
        return bool(_fields(text, header))
    except csv.Error:
        return False


def _jsonl_rows(path: Path, wanted: list[str], source_id: str) -> Iterator[RawRow]:
    number, found_any = 0, False
    for number, line in enumerate(_lines(path), start=1):
        text = line.strip()
        if not text:
            continue
        if any("\udc80" <= letter <= "\udcff" for letter in text):
            yield RawRow(number, reason="not UTF-8", detail=_safe(text))
            continue
        try:
            values = json.loads(text, parse_float=str)
        except ValueError as error:
            yield RawRow(number, reason="malformed row", detail=f"{error}: {_safe(text)}")
            continue
        if not isinstance(values, dict):
            yield RawRow(number, reason="malformed row", detail=f"not an object: {_safe(text)}")
            continue
        if not found_any:
            _need(wanted, _keys(path, wanted, list(values)), path, source_id, line=0)
            found_any = True
        yield RawRow(number, {name: values.get(name) for name in wanted})
    if not number:
        raise SourceChanged(f"source {source_id}: {path.name} is empty", "fetch it again, or take it out of files")


def _keys(path: Path, wanted: list[str], first: list[str]) -> list[str]:
    """Give the keys of a file's first object, and of as many after it as have a wanted key that is still missing.

    A platform leaves a key out where it has nothing to say; only a key that no object has is no column.
    """
    known = dict.fromkeys(first)
    missing = set(wanted) - set(first)
    lines = _lines(path)
    while missing and (line := next(lines, None)) is not None:
        try:
            values = json.loads(line)
        except (ValueError, RecursionError):
            continue  # said when the rows are read
        if isinstance(values, dict):
            known |= dict.fromkeys(values)
            missing -= set(values)
    return list(known)


def _parquet_rows(path: Path, wanted: list[str], source_id: str) -> Iterator[RawRow]:
    try:
        file = pq.ParquetFile(path)
    except (pa.ArrowException, OSError) as error:
        raise SourceChanged(f"source {source_id}: {path.name} is not Parquet: {error}", "fetch it again") from None
    _need(wanted, file.schema_arrow.names, path, source_id, line=0)
    number = 0
    for batch in file.iter_batches(batch_size=65_536, columns=wanted):
        columns = [_plain(batch.column(position)) for position in range(batch.num_columns)]
        names = batch.schema.names
        for values in zip(*columns, strict=True):
            number += 1
            yield RawRow(number, dict(zip(names, values, strict=True)))


def _plain(column: pa.Array) -> list[Any]:
    if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
        column = column.cast(pa.timestamp("us", column.type.tz), safe=False)
    values: list[Any] = column.to_pylist()
    return values


def _need(wanted: list[str], found: list[str], path: Path, source_id: str, *, line: int) -> None:
    wrong = next((name for name in wanted if found.count(name) != 1), None)
    if wrong is not None:
        where = f"{path.name}, line {line}" if line else path.name
        what = f"two columns {wrong!r}" if wrong in found else f"no column {wrong!r}"
        close = [] if wrong in found else difflib.get_close_matches(wrong, found, n=3)
        near = f"did you mean {' or '.join(repr(name) for name in close)}? " if close else ""
        raise SourceChanged(
            f"source {source_id}: {where}: {what}; it has {_safe(', '.join(found))}",
            f"{near}mend [source.columns], [source.metrics] or where in season.toml",
            source=source_id,
            column=wrong,
        )


def _safe(text: str) -> str:
    short = text if len(text) <= 200 else text[:200] + "…"
    return short.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
