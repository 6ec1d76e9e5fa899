"""How a file is written, told from its first bytes: format, encoding, delimiter, sheet, and its columns."""

from __future__ import annotations

import csv
import io
from itertools import islice
from typing import TYPE_CHECKING, Final

import pyarrow as pa
import pyarrow.parquet as pq

from plaudit.collect.csv_rows import DELIMITERS, csv_head
from plaudit.collect.json_rows import json_keys
from plaudit.collect.raw import Form, as_header, unreadable
from plaudit.collect.read import FORMATS
from plaudit.collect.sheet_rows import sheet_names, sheet_table
from plaudit.collect.text_lines import likely_encoding, marked_encoding, read_head

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["file_form"]

_HEAD: Final = 1 << 18


def file_form(path: Path) -> tuple[str, Form, list[str]]:
    """Give a file's format, how it is written where that must be declared, and its columns that occur once.

    Raises
    ------
    SourceChanged : it cannot be read.
    """
    form = Form(path.name)
    try:
        head = read_head(path, _HEAD)
        kind = _kind(path, head)
        if kind == "xlsx":
            form, names = _of_sheet(path, form)
        elif kind == "parquet":
            names = list(pq.read_schema(path).names)
        else:
            form = Form(path.name, encoding=_encoding(head))
            form, names = _of_csv(path, form, head) if kind == "csv" else (form, json_keys(path, form))
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise unreadable(path, form, f" cannot be read: {error}") from None
    named = [as_header(name) for name in names]
    return kind, form, [name for name in dict.fromkeys(named) if name and named.count(name) == 1]


def _kind(path: Path, head: bytes) -> str:
    if head.startswith(b"PK\x03\x04"):
        return "xlsx"
    if head.startswith(b"PAR1"):
        return "parquet"
    ending = next((FORMATS[suffix.lower()] for suffix in reversed(path.suffixes) if suffix.lower() in FORMATS), "")
    if ending:
        return ending
    begin = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    return "json" if begin in {b"[", b"{"} else "csv"


def _of_sheet(path: Path, form: Form) -> tuple[Form, list[str]]:
    names = sheet_names(path, form)
    if len(names) > 1:
        form = Form(path.name, sheet=names[0])
    _, table = sheet_table(path, form)
    return form, [str(name) for name in table[0]] if table else []


def _encoding(head: bytes) -> str:
    if marked_encoding(head):
        return ""
    if b"\x00" in head[:400]:
        return "utf-16-le" if head[1:2] == b"\x00" else "utf-16-be"
    for cut in range(4):  # the head may end within a character
        try:
            head[: len(head) - cut].decode("utf-8")
        except UnicodeDecodeError:
            continue
        return ""
    return likely_encoding(head) or "windows-1252"


def _of_csv(path: Path, form: Form, head: bytes) -> tuple[Form, list[str]]:
    encoding = marked_encoding(head) or form.encoding or "utf-8"
    text = head.decode(encoding, "replace").removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if not text.lower().lstrip('"').startswith("sep="):
        best = max(DELIMITERS, key=lambda mark: (_width(text, mark), -DELIMITERS.index(mark)))
        form = Form(path.name, encoding=form.encoding, delimiter="" if best == DELIMITERS[0] else best)
    return form, csv_head(path, form).names


def _width(text: str, delimiter: str) -> int:
    """Give how many fields the first records have, if all have as many."""
    try:
        rows = csv.reader(io.StringIO(text), delimiter=delimiter, skipinitialspace=True)
        widths = [len(row) for row in islice(rows, 20) if row]
    except csv.Error:
        return 0
    usual = max(set(widths), key=widths.count) if widths else 0
    return usual if widths.count(usual) * 2 > len(widths) else 0
