"""Name the first thing that differs: a byte with its line, a row with its column, a value with its path."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Any, TypeAlias

from plaudit.store.tables import table
from plaudit.verify.strict import decoded

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import pyarrow as pa

    from plaudit.store.table import Table

Rows: TypeAlias = "pa.RecordBatch | pa.Table"

__all__ = ["first_byte", "first_difference", "first_row", "first_value"]


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


def first_row(name: str, right: Path, wrong: Path, passed_over: frozenset[str] = frozenset()) -> str:
    """Say which row and column of a table's file differ first; nothing if none does.

    Columns `passed_over` are not compared.

    Raises
    ------
    DigestMismatch : the file cannot be read, or holds no such table.
    """
    declared = table(name)
    return first_difference(declared, decoded(declared, right), decoded(declared, wrong), passed_over)


def first_difference(
    declared: Table, right: Iterable[Rows], wrong: Iterable[Rows], passed_over: frozenset[str] = frozenset()
) -> str:
    """Say which row and column differ first; nothing if none does.

    Parameters
    ----------
    right, wrong : the rows in parts, cut at the same places as far as they go
    passed_over : columns that are not compared
    """
    before = 0
    for good, bad in zip_longest(right, wrong):
        held, wanted = (0 if part is None else part.num_rows for part in (bad, good))
        for column in good.schema.names if good is not None and bad is not None else []:
            both = [part[column].slice(0, min(held, wanted)) for part in (good, bad)]
            if column not in passed_over and not both[0].equals(both[1]):
                return _first_value(declared, column, good, bad, before)
        if held != wanted:
            surplus = bad if held > wanted else good
            row = surplus.slice(min(held, wanted), 1).to_pylist()[0]
            return f"row {before + min(held, wanted) + 1} is {'too many' if held > wanted else 'missing'}: {row}"
        before += held
    return ""


def _first_value(declared: Table, column: str, good: Rows, bad: Rows, before: int) -> str:
    pairs = zip(good[column].to_pylist(), bad[column].to_pylist(), strict=False)
    at, (right, wrong) = next((at, pair) for at, pair in enumerate(pairs) if pair[0] != pair[1])
    key = ", ".join(f"{part} {good[part][at].as_py()}" for part in declared.key)
    return f"row {before + at + 1} ({key}): {column} is {wrong!r}, right is {right!r}"


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


def _line(data: bytes, start: int) -> str:
    text = data[start : start + 120].split(b"\n")[0].decode("utf-8", "backslashreplace")
    return repr(text) if start < len(data) else "the end"
