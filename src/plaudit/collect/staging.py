"""Rows on their way from a file to a table: typed where they can be, set aside where not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from plaudit.base.errors import SourceChanged
from plaudit.base.ids import exact_id
from plaudit.collect.read import RawRow, file_format, read_rows, source_files
from plaudit.collect.values import RoundedId, Unusable, as_flag, as_id, as_instant, as_text, as_written_id, at_grain
from plaudit.rulebook.sources import COLUMNS, file_columns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from plaudit.rulebook.sources import Source

__all__ = ["IDS", "Rows", "SetAside", "SourceRow", "source_rows"]

_BATCH_ROWS: Final = 65_536
IDS: Final = frozenset({"account", "ballot", "channel", "linked", "network", "nominee", "post", "voter"})
"""Our columns that say who or which: compared as they stand, so never read from a rounded number."""
_MAY_BE_EMPTY: Final = frozenset(
    {"account_created_at", "artists", "ballot", "linked", "media", "network", "post", "state", "title"}
)
"""Columns whose empty cell says that there is none, where the kind of source does not need them."""


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

    def is_given(self, column: str) -> bool:
        """Say whether the source maps the column and the row has it; only some may be empty."""
        if not self.has(column):
            return False
        may_be_empty = column in _MAY_BE_EMPTY and column in COLUMNS[self.source.kind][1]
        return not (may_be_empty and self.value(column) in (None, ""))

    def text(self, column: str, default: str = "") -> str:
        """Give a column's text, translated as the source says; the default where it is not given."""
        if not self.is_given(column):
            return default
        return self._translated(column, as_text(self.value(column), self._name(column)))

    def id(self, column: str, default: str = "") -> str:
        """Give a column's id: translated as the source says, in NFC, and no word put in its place.

        Raises
        ------
        SourceChanged : it went through a rounded number.
        """
        if not self.is_given(column):
            return default
        try:
            return as_id(self._translated(column, self._written_id(column)), self._name(column))
        except RoundedId as rounded:
            raise rounded.refusal(self.source.id, self.file, self.row) from None

    def _written_id(self, column: str) -> str:
        if column in self.source.constants:
            return self.source.constants[column]
        named = self.source.columns[column]
        is_sheet = self.file.endswith(".xlsx")
        names = (named,) if isinstance(named, str) else named
        return " ".join(as_written_id(self.values[name], name, is_sheet=is_sheet) for name in names)

    def texts(self, column: str) -> list[str]:
        """Give the several texts of a column, each translated; none where it is not given."""
        if not self.is_given(column):
            return []
        held, separator = self.value(column), self.source.separators.get(column)
        if not isinstance(held, list):
            text = as_text(held, self._name(column))
            held = text.split(separator) if separator else [text]
        items = [as_text(item, self._name(column)) for item in held if item is not None and item != ""]
        return [self._translated(column, item) for item in items]

    def _translated(self, column: str, found: str) -> str:
        if column in self.source.replace:
            found = self.source.replace[column].get(found, found)
        if column in self._lookups:
            if found not in self._lookups[column]:
                raise Unusable(f"unknown {column}", f"{found!r} is not in {self.source.lookup[column].file}")
            found = self._lookups[column][found]
        return found

    def value(self, column: str) -> Any:
        """Give a mapped column as the file has it; several are joined by a space."""
        if column in self.source.constants:
            return self.source.constants[column]
        named = self.source.columns[column]
        if isinstance(named, str):
            return self.values[named]
        return " ".join(as_text(self.values[name], name) for name in named)

    def flag(self, column: str) -> bool:
        """Give a yes-or-no column; no where the source has none."""
        return as_flag(self.value(column), self._name(column)) if self.has(column) else False

    def instant(self, column: str) -> int:
        """Give a time column as an instant."""
        source = self.source
        instant = as_instant(
            self.value(column), self._name(column), source.zone, source.date_at, source.formats.get(column, "")
        )
        if column not in source.grain:
            return instant
        return at_grain(instant, source.grain[column], source.zone, source.date_at)

    def _name(self, column: str) -> str:
        named = self.source.columns.get(column, column)
        return named if isinstance(named, str) else " ".join(named)


def source_rows(
    folder: Path, source: Source, set_aside: SetAside, seen: Callable[[str, int], None]
) -> Iterator[SourceRow]:
    """Give the rows of a source that are ours and readable; the unreadable are set aside.

    `seen` is called with the file's name and the rows read so far, now and then.
    """
    lookups = _lookups(folder, source)
    source = _with_exact_ids(source)
    columns = file_columns(source)
    for path in source_files(folder, source):
        name = path.relative_to(folder).as_posix()
        _refuse_rounded(path, source)
        count = 0
        for count, raw in enumerate(read_rows(path, file_format(path, source), columns, source.id), start=1):
            if count % _BATCH_ROWS == 0:
                seen(name, count)
            if raw.reason:
                set_aside.add(source.id, name, raw.row, raw.reason, raw.detail)
            elif _is_ours(raw.values, source.where):
                yield SourceRow(source, name, raw, lookups)
        seen(name, count)


def _refuse_rounded(path: Path, source: Source) -> None:
    """Refuse a file of Parquet that holds ids as floating-point numbers: they are rounded, and some are one."""
    if file_format(path, source) != "parquet":
        return
    try:
        schema = pq.read_schema(path)
    except (pa.ArrowException, OSError):  # reading it says what is wrong
        return
    for column, named in sorted(source.columns.items()):
        for name in (named,) if isinstance(named, str) else named:
            kind = schema.field(name).type if column in IDS and schema.names.count(name) == 1 else None
            if kind is not None and pa.types.is_floating(getattr(kind, "value_type", kind)):
                raise SourceChanged(
                    f"source {source.id}: {path.name}: column {name!r} ({column}) is of type {kind}, "
                    "and ids that are floating-point numbers have been rounded",
                    'export it again with ids as text, as in pandas: read_csv(…, dtype={"' + name + '": "string"})',
                    source=source.id,
                    column=name,
                )


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
        named: dict[str, str] = {}
        for raw in read_rows(path, "csv", (lookup.key, lookup.value), source.id):
            key, value = raw.values.get(lookup.key, ""), raw.values.get(lookup.value, "")
            if column in IDS:
                key, value = exact_id(key), exact_id(value)
            if raw.reason or named.setdefault(key, value) != value:
                what = f"{raw.reason}: {raw.detail}" if raw.reason else f"{key!r} is given twice with different values"
                raise SourceChanged(
                    f"source {source.id}: {lookup.file}, line {raw.row}: {what}", "mend the lookup file there"
                )
        found[column] = named
    return found


def _with_exact_ids(source: Source) -> Source:
    """Give the source with the ids that it translates as ids are compared."""
    replace = {
        column: {exact_id(text): ours for text, ours in texts.items()} if column in IDS else texts
        for column, texts in source.replace.items()
    }
    return msgspec.structs.replace(source, replace=replace)
