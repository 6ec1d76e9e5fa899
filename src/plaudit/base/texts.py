"""Text files that people write for a season: UTF-8, with or without a byte order mark; tables as CSV."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from plaudit.base.errors import RuleInvalid

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

__all__ = ["csv_table", "utf8_text"]


def utf8_text(path: Path, name: str) -> str:
    """Give a file's text; `name` is what messages call it.

    Raises
    ------
    RuleInvalid : a byte is not UTF-8; with its line.
    """
    data = path.read_bytes()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise RuleInvalid(
            f"{name}, line {line}: byte 0x{data[error.start]:02x} is not UTF-8",
            "save the file as UTF-8",
            file=name,
            line=line,
        ) from None


def csv_table(
    path: Path, name: str, columns: Sequence[str], *, may_have_more: bool = False
) -> Iterator[tuple[int, dict[str, str]]]:
    """Give each row of a CSV file that people write, by column, with the line it starts on.

    The header holds each of `columns` once; blanks around its names are not part of
    them. Lines that hold nothing are passed over.

    Raises
    ------
    RuleInvalid : a byte is not UTF-8, a column is missing or there twice, a row has
        more or fewer fields than the header, or its quotes do not close; with its line.
    """
    text = utf8_text(path, name)
    rows = csv.reader(io.StringIO(text, newline=""), strict=True, skipinitialspace=True)
    header: list[str] = []
    line = 1
    try:
        for row in rows:
            at, line = line, rows.line_num + 1
            if not any(row):
                continue
            if not header:
                header = [column.strip() for column in row]
                _check_header(header, name, at, columns, may_have_more=may_have_more)
                continue
            if len(row) != len(header):
                raise _uneven(row, header, name, at)
            yield at, dict(zip(header, row, strict=True))
    except csv.Error as error:
        raise _invalid(
            name, line, f"no row of CSV: {error}", "correct it; a text with commas or quotes is quoted"
        ) from None
    if not header:
        raise _invalid(name, 1, "it is empty", f"give a header with {', '.join(columns)}")


def _check_header(header: list[str], name: str, line: int, columns: Sequence[str], *, may_have_more: bool) -> None:
    if any(header.count(column) != 1 for column in columns) or (not may_have_more and len(header) != len(columns)):
        remedy = f"use {', '.join(columns)}" + (", parted by commas" if len(header) == 1 else "")
        raise _invalid(name, line, f"the columns are {', '.join(header)[:200]}", remedy)


def _uneven(row: list[str], header: list[str], name: str, line: int) -> RuleInvalid:
    said = f"{len(row)} fields, the header has {len(header)}"
    if len(row) > len(header):
        surplus = ",".join(row[len(header) :])[:80]
        return _invalid(name, line, f"{said}; the surplus is {surplus!r}", "put a text that holds a comma in quotes")
    return _invalid(name, line, said, f"give {', '.join(header)}")


def _invalid(name: str, line: int, what: str, remedy: str) -> RuleInvalid:
    return RuleInvalid(f"{name}, line {line}: {what}", remedy, file=name, line=line)
