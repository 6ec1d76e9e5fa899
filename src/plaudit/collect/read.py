"""Read source files row by row: CSV, JSON, Excel and Parquet, the texts also as gz or zst.

Nothing is dropped here: a row that cannot be read comes out with the reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pyarrow as pa

from plaudit.base.errors import SourceChanged, SourceUnavailable
from plaudit.base.file_names import name_below, named_like
from plaudit.collect.csv_rows import csv_rows
from plaudit.collect.json_rows import json_rows
from plaudit.collect.parquet_rows import parquet_rows
from plaudit.collect.raw import Form, RawRow, unreadable
from plaudit.collect.sheet_rows import sheet_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from plaudit.rulebook.sources import Source

__all__ = ["FORMATS", "RawRow", "file_format", "read_rows", "source_files"]

FORMATS: Final = {
    ".csv": "csv",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".ods": "xlsx",
    ".parquet": "parquet",
    ".tsv": "csv",
    ".xlsm": "xlsx",
    ".xlsx": "xlsx",
}
"""What a file's ending says of its format."""
_READERS: Final = {
    "csv": csv_rows,
    "json": json_rows,
    "jsonl": json_rows,
    "parquet": parquet_rows,
    "xlsx": sheet_rows,
}


def source_files(folder: Path, source: Source) -> list[Path]:
    """Give the files a source names, by path; neither finding nor order depends on the Unicode form of a name.

    Raises
    ------
    SourceUnavailable : there is none.
    """
    files = named_like(folder, source.files)
    if not files:
        made = " or make them with: plaudit simulate SEASON" if source.coverage.synthetic else ""
        raise SourceUnavailable(
            f"source {source.id}: no file {source.files}", f"put the files there,{made or ' or correct files ='}"
        )
    return sorted(files, key=lambda path: (name_below(path, folder), path.as_posix()))


def file_format(path: Path, source: Source) -> str:
    """Give csv, json, jsonl, parquet or xlsx: as declared, or by the file's name.

    Raises
    ------
    SourceChanged : the name tells none of them.
    """
    if source.format:
        return source.format
    for suffix in reversed(path.suffixes):
        if suffix.lower() in FORMATS:
            return FORMATS[suffix.lower()]
    if path.suffix.lower() in {".xls", ".xlsb", ".numbers"}:
        raise SourceChanged(
            f"source {source.id}: {path.name} is in no format that can be read", "save it as .xlsx or .csv"
        )
    raise SourceChanged(f"source {source.id}: {path.name} has an unknown ending", 'add format = "csv" to the source')


def read_rows(
    path: Path, kind: str, columns: Iterable[str], source_id: str, form: Form | None = None
) -> Iterator[RawRow]:
    """Give a file's rows; `columns` are those of the file that the source needs.

    Raises
    ------
    SourceChanged : the file is empty, lacks one of the columns, or cannot be read to its end.
    """
    form = form or Form(source_id)
    try:
        yield from _READERS[kind](path, sorted(set(columns)), form)
    except (pa.ArrowException, OSError) as error:
        raise unreadable(path, form, f" cannot be read to its end: {error}") from None
