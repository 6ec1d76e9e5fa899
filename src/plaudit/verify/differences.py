"""Name the first thing that differs: a byte with its line, a row with its column, a value with its path."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from plaudit.store.tables import table

if TYPE_CHECKING:
    from pathlib import Path

    from plaudit.store.evidence import Evidence

__all__ = ["SAME_ROWS", "differs", "first_byte", "first_row", "first_value", "other_writer"]

SAME_ROWS = "its rows are the same; its encoding differs"


def first_byte(right: bytes, wrong: bytes) -> str:
    r"""Say where two files part: line, byte and the text there.

    Examples
    --------
    >>> first_byte(b"a,1\nb,2\n", b"a,1\nb,3\n")
    "line 2, byte 6: 'b,3', right is 'b,2'"
    """
    shared = next((n for n, (a, b) in enumerate(zip_longest(right, wrong)) if a != b), len(right))
    line = right[:shared].count(b"\n")
    start = max(right.rfind(b"\n", 0, shared) + 1, shared - 60)
    texts = [_line(data, start) for data in (wrong, right)]
    return f"line {line + 1}, byte {shared}: {texts[0]}, right is {texts[1]}"


def first_row(
    name: str, right: Evidence, wrong: Evidence, only: str = "", passed_over: frozenset[str] = frozenset()
) -> str:
    """Say which row and column of a table differ first, or that only its encoding does.

    With `only`, one file of the table, by its path in the evidence folder;
    columns `passed_over` are not compared.
    """
    try:
        return _first_row(name, right, wrong, only, passed_over)
    except (pa.ArrowException, OSError, ValueError) as error:
        return f"it cannot be read: {error}"


def differs(name: str, right: Evidence, wrong: Evidence, passed_over: frozenset[str]) -> bool:
    """Say whether a table has other rows, but for the columns `passed_over`."""
    same = first_row(name, right, wrong, passed_over=passed_over)
    return not same.startswith("its rows are the same")


def _first_row(name: str, right: Evidence, wrong: Evidence, only: str, passed_over: frozenset[str]) -> str:
    declared = table(name)
    files = [
        [path for path in tables.files(name) if not only or path.relative_to(tables.root_of(path)).as_posix() == only]
        for tables in (right, wrong)
    ]
    for right_file, wrong_file in zip_longest(*files):
        if right_file is None or wrong_file is None:
            return f"{(right_file or wrong_file).name} is in one of them only"
        for number, (good, bad) in enumerate(zip_longest(_rows(right_file), _rows(wrong_file)), start=1):
            if good is None or bad is None:
                return f"row {number} is {'too many' if good is None else 'missing'}: {good or bad}"
            if list(good) != list(bad):
                return f"its columns are {', '.join(bad)}, right are {', '.join(good)}"
            column = next((column for column in good if good[column] != bad[column] and column not in passed_over), "")
            if column:
                key = ", ".join(f"{part} {good[part]}" for part in declared.key)
                return f"row {number} ({key}): {column} is {bad[column]!r}, right is {good[column]!r}"
    but_for = f" but for {', '.join(sorted(passed_over))}" if passed_over else ""
    return SAME_ROWS.replace(";", f"{but_for};")


def other_writer(right: Path, wrong: Path) -> str:
    """Name the program that wrote a Parquet file, if another wrote the right one with the same columns; else empty."""
    ours, theirs = (pq.ParquetFile(path) for path in (right, wrong))
    is_other = ours.metadata.created_by != theirs.metadata.created_by
    return str(theirs.metadata.created_by) if is_other and ours.schema_arrow.equals(theirs.schema_arrow) else ""


def first_value(stated: Any, right: Any, path: str = "") -> str:
    """Say which value of a document differs first; empty if none does.

    Examples
    --------
    >>> first_value({"a": [1, 2]}, {"a": [1, 3]})
    'a[1] is 2, recomputed is 3'
    """
    if isinstance(stated, dict) and isinstance(right, dict):
        for key in sorted({*stated, *right}):
            name = f"{path}.{key}" if path else key
            if key not in stated or key not in right:
                return f"{name} is {'missing' if key not in stated else 'stated and follows from nothing'}"
            if found := first_value(stated[key], right[key], name):
                return found
        return ""
    if isinstance(stated, list) and isinstance(right, list):
        for number, (ours, theirs) in enumerate(zip(stated, right, strict=False)):
            if found := first_value(ours, theirs, f"{path}[{number}]"):
                return found
        return "" if len(stated) == len(right) else f"{path} has {len(stated)} items, recomputed are {len(right)}"
    return "" if stated == right else f"{path} is {stated!r}, recomputed is {right!r}"


def _rows(path: Any) -> Any:
    for batch in pq.ParquetFile(path).iter_batches(batch_size=65_536):
        yield from batch.to_pylist()


def _line(data: bytes, start: int) -> str:
    text = data[start : start + 120].split(b"\n")[0].decode("utf-8", "backslashreplace")
    return repr(text) if start < len(data) else "the end"
