"""A row as its file has it, and the columns that a source asks of a file."""

from __future__ import annotations

import difflib
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from plaudit.base.errors import SourceChanged

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from plaudit.rulebook.sources import Source

__all__ = ["Form", "RawRow", "Unread", "as_header", "empty_file", "positions", "shown", "unreadable"]


@dataclass(frozen=True)
class RawRow:
    """One row as the file has it: its values, or why there are none.

    row : the line a text record starts on, the row of the sheet, or the position in a
        JSON array or a Parquet file; all from 1.
    """

    row: int
    values: dict[str, Any] = field(default_factory=dict)
    reason: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Unread:
    """A value that the file holds and no row can have: why, and what it is."""

    reason: str
    detail: str


@dataclass(frozen=True)
class Form:
    """How a file is written, where its name does not tell: of which source, and its keys of that name.

    may_lack : columns that no row need have, where a file says its columns row by row
    met : the columns that such files had so far, in any row
    """

    source_id: str
    delimiter: str = ""
    encoding: str = ""
    sheet: str = ""
    may_lack: frozenset[str] = frozenset()
    met: set[str] = field(default_factory=set, compare=False)

    @classmethod
    def of(cls, source: Source) -> Form:
        """Give the form that a source declares."""
        metrics = frozenset(source.metrics.values()) - {
            name for named in source.columns.values() for name in ((named,) if isinstance(named, str) else named)
        }
        return cls(source.id, source.delimiter, source.encoding, source.sheet, metrics)


def as_header(name: object) -> str:
    """Give a column's name as it is compared: without outer blanks, in Unicode form NFC."""
    text = str(name).strip().strip("\ufeff")
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def positions(wanted: Sequence[str], found: Sequence[object], path: Path, form: Form, place: str) -> dict[str, int]:
    """Give where each wanted column stands among those of the file.

    Raises
    ------
    SourceChanged : one is not there, or there twice.
    """
    names = [as_header(name) for name in found]
    for name in wanted:
        if names.count(as_header(name)) != 1:
            what = f"two columns {name!r}" if as_header(name) in names else f"no column {name!r}"
            others = [other for other in names if other not in wanted or other == name]
            raise _lacks(name, others, f"{what}; it has {shown(', '.join(names))}", path, form, place)
    return {name: names.index(as_header(name)) for name in wanted}


def _lacks(column: str, found: list[str], what: str, path: Path, form: Form, place: str) -> SourceChanged:
    where = f"{path.name}, {place}" if place else path.name
    close = [] if column in found else difflib.get_close_matches(column, found, n=3, cutoff=0.5)
    near = f"did you mean {' or '.join(repr(name) for name in close)}? " if close else ""
    return SourceChanged(
        f"source {form.source_id}: {where}: {what}",
        f"{near}correct [source.columns], [source.metrics] or where in season.toml",
        source=form.source_id,
        column=column,
    )


def empty_file(path: Path, form: Form) -> SourceChanged:
    """Give the error of a file that holds nothing."""
    return SourceChanged(
        f"source {form.source_id}: {path.name} is empty",
        "fetch it again, or take it out of files",
        source=form.source_id,
    )


def unreadable(path: Path, form: Form, what: str, remedy: str = "fetch it again") -> SourceChanged:
    """Give the error of a file, or of what is left of it, that cannot be read."""
    return SourceChanged(f"source {form.source_id}: {path.name}{what}", remedy, source=form.source_id)


def shown(text: str) -> str:
    """Give a text of a file as a message may show it: short, and undecodable bytes as escapes."""
    short = text if len(text) <= 200 else text[:200] + "…"
    return short.encode("utf-8", "surrogateescape" if _is_escaped(short) else "backslashreplace").decode(
        "utf-8", "backslashreplace"
    )


def _is_escaped(text: str) -> bool:
    return all("\udc80" <= letter <= "\udcff" for letter in text if "\ud800" <= letter <= "\udfff")
