"""JSON and CSV with the same bytes for the same rows."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["csv_bytes", "guarded", "json_bytes", "unguarded"]

_FORMULA: Final = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_NUMBER: Final = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_GUARD: Final = "'"


def json_bytes(value: object) -> bytes:
    """Give a value as indented JSON, in its own scripts."""
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def csv_bytes(rows: Iterable[dict[str, Any]]) -> bytes:
    """Give rows as CSV with the keys of the first as its header; without rows, nothing.

    People open CSV in spreadsheets, so texts are `guarded`; JSON and Parquet have them as they are.
    """
    rows = list(rows)
    if not rows:
        return b""
    lines = [list(rows[0]), *([row[name] for name in rows[0]] for row in rows)]
    return "".join(",".join(_cell(guarded(value)) for value in line) + "\n" for line in lines).encode()


def _cell(value: Any) -> str:
    text = "" if value is None else str(value)
    is_quoted = any(mark in text for mark in ',"\r\n')  # Python's writer forgets the carriage return
    return '"' + text.replace('"', '""') + '"' if is_quoted else text


def guarded(value: Any) -> Any:
    """Give a value so that no spreadsheet takes it for a formula: such a text gets an apostrophe before it.

    References
    ----------
    OWASP, "CSV Injection"

    Examples
    --------
    >>> guarded("=1+1"), guarded("-5"), guarded(-5), guarded("'tis")
    ("'=1+1", '-5', -5, "'tis")
    """
    is_formula = isinstance(value, str) and _FORMULA.match(value) and not _NUMBER.fullmatch(value)
    return _GUARD + value if is_formula else value


def unguarded(text: str) -> str:
    """Give the text that a guarded one stands for.

    Examples
    --------
    >>> unguarded(guarded("=1+1")), unguarded("'tis")
    ('=1+1', "'tis")
    """
    return text[1:] if text.startswith(_GUARD) and _FORMULA.match(text) else text
