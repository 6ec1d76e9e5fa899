"""Rows on their way from a file to a table: typed where they can be, set aside where not."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from plaudit.base.errors import SourceChanged
from plaudit.base.file_names import name_below
from plaudit.collect.grains import grain_of
from plaudit.collect.raw import Form, as_header, positions
from plaudit.collect.read import FORMATS, RawRow, file_format, read_rows, source_files
from plaudit.collect.times import as_instant, at_grain
from plaudit.collect.translate import WHERE, Translation
from plaudit.collect.values import RoundedId, Unusable, as_flag, as_id, as_text, as_written_id
from plaudit.rulebook.sources import COLUMNS, file_columns
from plaudit.rulebook.time_forms import NUMBERED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from plaudit.rulebook.sources import Source

__all__ = ["HONEST", "IDS", "FileRead", "Rows", "SetAside", "SourceRow", "source_rows"]

_BATCH_ROWS: Final = 65_536
HONEST: Final = frozenset({"ballot given again", "no votes"})
"""Reasons that tell of no mistake: a ballot told again is one, and a ballot of 0 votes is none; both are listed."""
IDS: Final = frozenset({"account", "ballot", "channel", "linked", "network", "nominee", "post", "voter"})
"""Our columns that say who or which: compared as they stand, so never read from a rounded number."""
_UNDECLARED: Final = frozenset({"ballot", "linked", "voter"})
"""Ids that nothing declares, so that no near miss can be found: one that looks like another would be somebody else."""
_UNSEEN: Final = re.compile(
    "[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]|(?<![^!-~])[\u200c\u200d]"
)
"""Characters that show nothing; joiners, too, unless letters or pictures that they join stand before them."""
_SHEETS: Final = tuple(ending for ending, kind in FORMATS.items() if kind == "xlsx")
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


@dataclass
class FileRead:
    """What became of the rows of one file before any was judged.

    rows : rows read; is_cut : whether there are more, that were not
    passed_over : rows that `where` says are not ours
    """

    rows: int = 0
    passed_over: int = 0
    is_cut: bool = False


class SetAside:
    """The rows that could not be used, each with source, file, row and reason; and how many each file has.

    With `rows_most`, no more rows of a file are read.

    used : how often each declared key of a source met a row: source, key and what of it
    met : what of artists.toml did, see `Identity`
    mapped : in how many rows a declared key changed what the file says: source, key, column, said, ours, nominee
    """

    def __init__(self, rows_most: int = 0) -> None:
        self.rows_most = rows_most
        self.rows: dict[tuple[str, str, int, str], list[str]] = {}
        self.files: dict[tuple[str, str], FileRead] = {}
        self.used: Counter[tuple[str, ...]] = Counter()
        self.met: set[tuple[str, ...]] = set()
        self.mapped: Counter[tuple[str, ...]] = Counter()

    def add(self, source: str, file: str, row: int, reason: str, detail: str) -> None:
        """Add one; a second finding of the same reason on a row joins the first."""
        file = file if file.isascii() else unicodedata.normalize("NFC", file)
        details = self.rows.setdefault((source, file, row, reason), [])
        if detail not in details:
            details.append(detail)

    def note(self, source: str, did: tuple[str, str, str, str], nominee: str, rows: int = 1) -> None:
        """Note in how many rows of a nominee a key did something: key, column, what the file says, what we take."""
        self.mapped[(source, *did, nominee)] += rows

    def as_mappings(self) -> list[dict[str, Any]]:
        """Give the rows of the table mappings."""
        columns = ("source", "key", "column", "said", "ours", "nominee")
        return [dict(zip(columns, place, strict=True), rows=rows) for place, rows in sorted(self.mapped.items())]

    def read_whole(self, folder: Path, source: Source, files: Iterable[Path]) -> None:
        """Note Parquet files that are taken as they are."""
        for path in files:
            rows = pq.read_metadata(path).num_rows
            read = min(rows, self.rows_most or rows)
            self.files[source.id, name_below(path, folder)] = FileRead(read, is_cut=read < rows)

    def wrong(self) -> list[tuple[tuple[str, str, int, str], list[str]]]:
        """Give, in order, the rows that a strict run refuses: those whose reason tells of a mistake."""
        return sorted((place, details) for place, details in self.rows.items() if place[3] not in HONEST)

    def as_rows(self) -> list[dict[str, Any]]:
        """Give the rows of the table set_aside."""
        return [
            {"source": source, "file": file, "row": row, "reason": reason, "detail": "; ".join(details)}
            for (source, file, row, reason), details in sorted(self.rows.items())
        ]

    def as_files(self) -> list[dict[str, Any]]:
        """Give the rows of the table source_files."""
        aside = Counter({(source, file, row): 1 for source, file, row, _ in self.rows})
        by_file = Counter((source, file) for source, file, _ in aside)
        return [
            {
                "source": source,
                "file": file,
                "rows": read.rows,
                "passed_over": read.passed_over,
                "set_aside": by_file[source, file],
            }
            for (source, file), read in sorted(self.files.items())
        ]


class SourceRow:
    """One usable row of a source, read by our column names.

    values : the file's columns as they were read; numbers in plain digits, and metrics
        as the source replaces them
    """

    def __init__(self, file: str, raw: RawRow, said: Translation) -> None:
        self.source = said.source
        self.file = file
        self.row = raw.row
        self.values = said.numbers(raw.values)
        self._said = said

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
        return as_text(self.value(column), self._name(column)) if self.is_given(column) else default

    def id(self, column: str, default: str = "") -> str:
        """Give a column's id: translated as the source says, in NFC, and no word put in its place.

        Raises
        ------
        SourceChanged : it went through a rounded number.
        """
        if not self.is_given(column):
            return default
        try:
            found = as_id(self._said.translated(column, self._written_id(column)), self._name(column))
        except RoundedId as rounded:
            raise rounded.refusal(self.source.id, self.file, self.row) from None
        if column in _UNDECLARED and not found.isascii() and _UNSEEN.search(found):
            raise Unusable("invisible character in id", f"{self._name(column)} is {found[:80]!a}")
        return found

    def _written_id(self, column: str) -> str:
        if column in self.source.constants:
            return self.source.constants[column]
        named = self.source.columns[column]
        is_sheet = self.source.format == "xlsx" or self.file.lower().endswith(_SHEETS)
        names = (named,) if isinstance(named, str) else named
        return " ".join(as_written_id(self.values[name], name, is_sheet=is_sheet) for name in names)

    def texts(self, column: str) -> list[str]:
        """Give the several texts of a column, each translated; none where it is not given."""
        if not self.has(column):
            return []
        named = self.source.columns.get(column)
        held = self.values[named] if isinstance(named, str) else self.source.constants[column]
        separator = self.source.separators.get(column)
        if not isinstance(held, list):
            text = "" if held is None else as_text(held, self._name(column)) if str(held).strip() else ""
            if separator and separator in text:
                self._said.note("separator", column)
            held = text.split(separator) if separator else [text]
        items = [as_text(item, self._name(column)) for item in held if item is not None and str(item).strip()]
        return [as_text(self._said.translated(column, item), self._name(column)) for item in items]

    def value(self, column: str) -> Any:
        """Give a mapped column as the file has it, or as the source translates it; several are joined by a space."""
        if column in self.source.constants:
            return self._said.translated(column, self.source.constants[column])
        named = self.source.columns[column]
        if isinstance(named, str):
            return self._said.translated(column, self.values[named])
        return self._said.translated(column, " ".join(as_text(self.values[name], name) for name in named))

    def flag(self, column: str) -> bool:
        """Give a yes-or-no column; no where the source has none."""
        return as_flag(self.value(column), self._name(column)) if self.has(column) else False

    def instant(self, column: str) -> int:
        """Give a time column as an instant."""
        source = self.source
        form = source.formats.get(column, "")
        value = self._time(column)
        if form and not isinstance(value, date):
            self._said.note("form", column)
        instant = as_instant(value, self._name(column), source.zone, source.date_at, form)
        if column not in source.grain:
            return instant
        return at_grain(instant, source.grain[column], source.zone, source.date_at)

    def grain(self, column: str) -> str:
        """Give what a time column's instant is known to: `day`, `minute`, `second`, or nothing coarser."""
        return grain_of(self._time(column), column, self.source)

    def _time(self, column: str) -> Any:
        value = self.value(column)
        return self._said.marks.plain(value) if self.source.formats.get(column, "") in NUMBERED else value

    def _name(self, column: str) -> str:
        named = self.source.columns.get(column, column)
        return named if isinstance(named, str) else " ".join(named)


def source_rows(
    folder: Path, source: Source, set_aside: SetAside, on_progress: Callable[[str, int], None]
) -> Iterator[SourceRow]:
    """Give the rows of a source that are ours and readable; the unreadable are set aside.

    `on_progress` is called with the file's name and the rows read so far, now and then.
    """
    said = Translation(folder, source, set_aside.used)
    columns, form = file_columns(source), Form.of(source)
    kinds, is_changed = set(), source.changes_rows
    for path in source_files(folder, source):
        kinds.add(file_format(path, source))
        name = name_below(path, folder)
        _refuse_rounded(path, source)
        read = set_aside.files[source.id, name] = FileRead()
        for raw in read_rows(path, file_format(path, source), columns, source.id, form):
            if read.rows - read.passed_over == set_aside.rows_most > 0:
                read.is_cut = True
                break
            read.rows += 1
            if read.rows % _BATCH_ROWS == 0:
                on_progress(name, read.rows)
            if raw.reason:
                set_aside.add(source.id, name, raw.row, raw.reason, raw.detail)
            elif column := said.not_ours(raw.values):
                read.passed_over += 1
                set_aside.note(source.id, (WHERE, column, "", source.where[column]), said.nominee(raw.values))
            else:
                for did in set(said.did(raw.values)) if is_changed else ():
                    set_aside.note(source.id, did, said.nominee(raw.values))
                yield SourceRow(name, raw, said)
        on_progress(name, read.rows)
    if kinds <= {"json", "jsonl"} and form.met and not set_aside.rows_most:  # lacking in every row, it is misspelt
        positions(sorted(form.may_lack), sorted(form.met), path, form, "in no row of any file")


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
            kinds = [field.type for field in schema if as_header(field.name) == as_header(name)]
            for kind in kinds if column in IDS else ():
                if not pa.types.is_floating(getattr(kind, "value_type", kind)):
                    continue
                raise SourceChanged(
                    f"source {source.id}: {path.name}: column {name!r} ({column}) is of type {kind}, "
                    "and ids that are floating-point numbers have been rounded",
                    'export it again with ids as text, as in pandas: read_csv(…, dtype={"' + name + '": "string"})',
                    source=source.id,
                    column=name,
                )
