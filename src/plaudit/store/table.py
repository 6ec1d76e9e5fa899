"""What a declared table is, and everything there is to say of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import ibis
import pyarrow as pa

__all__ = ["UNITS", "Column", "Table"]

UNITS: Final = {
    "us": "µs since 1970-01-01T00:00Z",
    "number": "a number that names something, and is not counted with",
    "position": "position, 1 is first",
    "metric": "the unit of `metric`",
    "measure": "the unit of `measure`",
    "unit": "as `unit` says",
    "result": "as `unit` of the table `result` says",
    "points": "points, in parts per million of a whole chart",
    "ppm": "parts per million",
    "flag": "1 where it is true, else 0",
    "sources": "posts or accounts of which it is true",
    "charts": "charts",
    "days": "days",
    "hours": "hours",
    "readings": "readings",
    "rows": "rows of the file",
    "asks": "asks: requests to the platform",
    "cycles": "cycles of the source",
    "records": "records of the archive",
    "artists": "artists",
    "nominees": "nominees that one post names",
    "ballots": "ballots",
    "votes": "votes",
    "voters": "voters",
    "scenarios": "other weightings",
}
"""The units of numbers, by the word that a column is declared with."""

_INSTANT_MOST: Final = 4_102_444_800_000_000
"""2100-01-01T00:00Z, which ends what has no end."""
_COUNTER_MOST: Final = 2**53
_INT_MOST: Final = {"int16": 2**15 - 1, "int32": 2**31 - 1, "int64": 2**63 - 1}
_UNIT_MOST: Final = {"us": _INSTANT_MOST, "metric": _COUNTER_MOST, "votes": _COUNTER_MOST}
"""Numbers of other units may be as large as their type; none is below the least of its column."""

_ARROW: Final = {
    "string": pa.string(),
    "word": pa.string(),  # a text of few distinct values
    "int64": pa.int64(),
    "int32": pa.int32(),
    "int16": pa.int16(),
    "bool": pa.bool_(),
}


@dataclass(frozen=True)
class Column:
    """One column: its type, and its unit if it holds numbers.

    kind : string, word (a text of few distinct values), int64, int32, int16 or bool
    unit : one of `UNITS`; empty for what is not a number
    is_optional : a row may lack it
    words : the only texts that it may hold; empty where any may stand
    least : the least number that it may hold
    """

    kind: str
    unit: str = ""
    is_optional: bool = False
    words: tuple[str, ...] = ()
    least: int = 0

    @property
    def most(self) -> int:
        """The largest number that it may hold."""
        return min(_INT_MOST[self.kind], _UNIT_MOST.get(self.unit, 2**63 - 1))

    @property
    def type(self) -> str:
        """The type as readers of the files see it."""
        return "string" if self.kind == "word" else self.kind


@dataclass(frozen=True)
class Table:
    """One table.

    step : the step that makes it.
    row : what one row is.
    key : the columns no two rows share.
    order : the columns rows are sorted by when written; always ends with the key.
    partition : the column whose values name sub-folders, or nothing.
    rising : the int64 columns whose values mostly grow from row to row.
    is_certified : a certificate cites its files; every other table is recomputed from those.
    tells_count : it holds votes or is made of them, so it is hidden while the result is sealed.
    """

    name: str
    step: str
    row: str
    columns: dict[str, Column]
    key: tuple[str, ...]
    order: tuple[str, ...]
    partition: str = ""
    rising: tuple[str, ...] = ()
    is_certified: bool = False
    tells_count: bool = False

    @property
    def schema(self) -> pa.Schema:
        """The Arrow schema, columns in declared order."""
        return pa.schema([pa.field(name, _ARROW[column.kind]) for name, column in self.columns.items()])

    @property
    def ibis_schema(self) -> ibis.Schema:
        """The same, as Ibis writes it."""
        return ibis.schema({name: column.type for name, column in self.columns.items()})
