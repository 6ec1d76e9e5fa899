"""Rows of a CSV file: records that may run over several lines, and the marks that part their fields."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Final

from plaudit.collect.raw import RawRow, as_header, empty_file, positions, shown, unreadable
from plaudit.collect.text_lines import is_spoiled, not_decoded, spoiled_reason, text_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from plaudit.collect.raw import Form

__all__ = ["DELIMITERS", "CsvHead", "csv_head", "csv_rows"]

DELIMITERS: Final = (",", ";", "\t", "|")
"""What fields are parted by in practice; the first where nothing is said."""
_RECORD_LINES_MOST: Final = 100
"""A quoted field may run over this many lines; a quote still open then was never closed."""
_SEP: Final = re.compile(r'^"?sep=(.)"?[,;\t|]*$', re.IGNORECASE)


@dataclass(frozen=True)
class CsvHead:
    """The header of a CSV file: its text and names, the line it starts on, and what parts its fields."""

    text: str
    names: list[str]
    line: int
    delimiter: str


def csv_rows(path: Path, wanted: Sequence[str], form: Form) -> Iterator[RawRow]:
    """Give the rows of a CSV file.

    Raises
    ------
    SourceChanged : it is empty, its header cannot be read, lacks a column, or is parted by another mark.
    """
    head, rest = _opened(path, form)
    _refuse_other_delimiter(head, wanted, path, form)
    places = positions(wanted, head.names, path, form, f"line {head.line}")
    width = len(head.names)
    for number, text in rest:
        if not text:
            continue
        if is_spoiled(text):
            yield RawRow(number, reason=spoiled_reason(form), detail=not_decoded(text, form))
            continue
        try:
            fields = _fields(text, width, head.delimiter)
        except csv.Error as error:
            yield RawRow(number, reason="malformed row", detail=f"{error}: {shown(text)}")
            continue
        yield RawRow(number, {name: fields[place] for name, place in places.items()})


def csv_head(path: Path, form: Form) -> CsvHead:
    """Give the header of a CSV file; see `csv_rows`."""
    return _opened(path, form)[0]


def _opened(path: Path, form: Form) -> tuple[CsvHead, Iterator[tuple[int, str]]]:
    """Give the header, and the records after it with the line that each starts on."""
    lines = text_lines(path, form)
    first = next(lines, "")
    line, delimiter = 1, form.delimiter or _usual(path)
    if said := _SEP.match(first.rstrip("\r")):
        if form.delimiter and said[1] != form.delimiter:
            what = f", line 1: the file says sep={shown(said[1])}, and delimiter says {form.delimiter!r}"
            raise unreadable(path, form, what, "remove delimiter")
        first, line, delimiter = next(lines, ""), 2, said[1]
    if not first.strip():
        raise empty_file(path, form)
    width = 0  # until the header was read
    records = _records(chain([first], lines), lambda text: not width or _is_row(text, width, delimiter))
    text = next(records)[1].rstrip("\r")
    if is_spoiled(text):
        what = f", line {line}: {not_decoded(text, form)}"
        raise unreadable(path, form, what, "add its encoding to the source, or save it as UTF-8")
    try:
        names = next(csv.reader([text], delimiter=delimiter, skipinitialspace=True))
    except (csv.Error, StopIteration) as error:
        raise unreadable(path, form, f", line {line}: no header: {error}: {shown(text)}") from None
    width = len(names)
    return CsvHead(text, names, line, delimiter), ((at + line - 1, record.rstrip("\r")) for at, record in records)


def _usual(path: Path) -> str:
    """Give what parts the fields of a file where nothing is said: its name may tell that it is a tab."""
    return "\t" if any(suffix.lower() == ".tsv" for suffix in path.suffixes) else DELIMITERS[0]


def _refuse_other_delimiter(head: CsvHead, wanted: Sequence[str], path: Path, form: Form) -> None:
    """Say so if the header has the wanted columns once it is parted by another mark."""
    asked = {as_header(name) for name in wanted}
    if asked <= {as_header(name) for name in head.names}:
        return
    for other in DELIMITERS:
        if other != head.delimiter and asked <= _names(head.text, other):
            what = f", line {head.line}: its fields are parted by {other!r}, not by {head.delimiter!r}"
            raise unreadable(path, form, what, f"add to the source: delimiter = {_toml(other)}")


def _names(text: str, delimiter: str) -> set[str]:
    try:
        return {as_header(name) for name in next(csv.reader([text], delimiter=delimiter, skipinitialspace=True))}
    except (csv.Error, StopIteration):
        return set()


def _toml(delimiter: str) -> str:
    return '"\\t"' if delimiter == "\t" else f'"{delimiter}"'


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


def _fields(text: str, width: int, delimiter: str) -> list[str]:
    fields = next(csv.reader([text], delimiter=delimiter, skipinitialspace=True, strict=True))
    if len(fields) > width:
        raise csv.Error(f"{len(fields)} fields, the header has {width}; the surplus is {shown(repr(fields[width:]))}")
    if len(fields) < width:
        raise csv.Error(f"{len(fields)} fields, the header has {width}")
    return fields


def _is_row(text: str, width: int, delimiter: str) -> bool:
    try:
        return bool(_fields(text, width, delimiter))
    except csv.Error:
        return False
