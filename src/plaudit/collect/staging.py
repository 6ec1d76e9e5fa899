"""Rows on their way from a file to a table: typed where they can be, set aside where not."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from plaudit.base.errors import SourceChanged
from plaudit.collect.read import RawRow, file_format, read_rows, source_files
from plaudit.collect.values import Unusable, as_flag, as_instant, as_text
from plaudit.rulebook.sources import file_columns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from plaudit.rulebook.sources import Source

__all__ = ["Rows", "SetAside", "SourceRow", "source_rows"]

_BATCH_ROWS: Final = 65_536


class Rows:
    """Rows that grow column by column and become an Arrow table."""

    def __init__(self, schema: pa.Schema) -> None:
        self.schema = schema
        self._batches: list[pa.RecordBatch] = []
        self._columns: list[list[Any]] = [[] for _ in schema.names]

    def append(self, *values: Any) -> None:
        """Add a row, its values in the schema's order."""
        for column, value in zip(self._columns, values, strict=True):
            column.append(value)
        if len(self._columns[0]) >= _BATCH_ROWS:
            self._flush()

    def table(self) -> pa.Table:
        """Give all rows so far."""
        self._flush()
        return pa.Table.from_batches(self._batches, self.schema)

    def _flush(self) -> None:
        if self._columns[0]:
            arrays = [pa.array(values, kind.type) for values, kind in zip(self._columns, self.schema, strict=True)]
            self._batches.append(pa.RecordBatch.from_arrays(arrays, schema=self.schema))
            self._columns = [[] for _ in self.schema.names]


class SetAside:
    """The rows that could not be used, each with source, file, row and reason."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str, int, str], list[str]] = {}

    def add(self, source: str, file: str, row: int, reason: str, detail: str) -> None:
        """Add one; a second finding of the same reason on a row joins the first."""
        details = self.rows.setdefault((source, file, row, reason), [])
        if detail not in details:
            details.append(detail)

    def as_rows(self) -> list[dict[str, Any]]:
        """Give the rows of the table set_aside."""
        return [
            {"source": source, "file": file, "row": row, "reason": reason, "detail": "; ".join(details)}
            for (source, file, row, reason), details in sorted(self.rows.items())
        ]


class SourceRow:
    """One usable row of a source, read by our column names."""

    def __init__(self, source: Source, file: str, raw: RawRow, lookups: dict[str, dict[str, str]]) -> None:
        self.source = source
        self.file = file
        self.row = raw.row
        self.values = raw.values
        self._lookups = lookups

    def has(self, column: str) -> bool:
        """Say whether the source maps the column, from the file or as a constant."""
        return column in self.source.columns or column in self.source.constants

    def text(self, column: str, default: str = "") -> str:
        """Give a column's text, translated as the source says."""
        if column in self.source.constants:
            found = self.source.constants[column]
        elif column not in self.source.columns:
            return default
        else:
            named = self.source.columns[column]
            names = (named,) if isinstance(named, str) else named
            found = " ".join(as_text(self.values[name], name) for name in names)
        if column in self.source.replace:
            found = self.source.replace[column].get(found, found)
        if column in self._lookups:
            if found not in self._lookups[column]:
                raise Unusable(f"unknown {column}", f"{found!r} is not in {self.source.lookup[column].file}")
            found = self._lookups[column][found]
        return found

    def flag(self, column: str) -> bool:
        """Give a yes-or-no column; no where the source has none."""
        name = self.source.columns.get(column)
        return as_flag(self.values[name], name) if isinstance(name, str) else False

    def instant(self, column: str) -> int:
        """Give a time column as an instant."""
        name = self.source.columns[column]
        assert isinstance(name, str)
        return as_instant(
            self.values[name], name, self.source.zone, self.source.date_at, self.source.formats.get(column, "")
        )


def source_rows(
    folder: Path, source: Source, set_aside: SetAside, seen: Callable[[str, int], None]
) -> Iterator[SourceRow]:
    """Give the rows of a source that are ours and readable; the unreadable are set aside.

    `seen` is called with the file's name and the rows read so far, now and then.
    """
    lookups = _lookups(folder, source)
    columns = file_columns(source)
    for path in source_files(folder, source):
        name = path.relative_to(folder).as_posix()
        count = 0
        for count, raw in enumerate(read_rows(path, file_format(path, source), columns, source.id), start=1):
            if count % _BATCH_ROWS == 0:
                seen(name, count)
            if raw.reason:
                set_aside.add(source.id, name, raw.row, raw.reason, raw.detail)
            elif _is_ours(raw.values, source.where):
                yield SourceRow(source, name, raw, lookups)
        seen(name, count)


def _is_ours(values: dict[str, Any], where: dict[str, str]) -> bool:
    return all(_as_said(values[column]) == wanted for column, wanted in where.items())


def _as_said(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _lookups(folder: Path, source: Source) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for column, lookup in source.lookup.items():
        path = folder / lookup.file
        if not path.is_file():
            raise SourceChanged(f"source {source.id}: no lookup file {lookup.file}", "add it, or mend [source.lookup]")
        with path.open(encoding="utf-8", newline="") as file:
            rows: Sequence[dict[str, str]] = list(csv.DictReader(file))
        for name in (lookup.key, lookup.value):
            if rows and name not in rows[0]:
                raise SourceChanged(
                    f"source {source.id}: {lookup.file} has no column {name!r}", f"it has {', '.join(rows[0])}"
                )
        found[column] = {row[lookup.key]: row[lookup.value] for row in rows}
    return found
