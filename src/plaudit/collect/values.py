"""Turn a source's texts into counters and flags, or say why they are none."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, Final

from plaudit.base.errors import SourceChanged
from plaudit.base.ids import MISSING, ROUNDED, exact_id, why_no_id
from plaudit.base.numbers import COUNTER_MOST
from plaudit.base.weeks import to_instant
from plaudit.collect.raw import Unread

__all__ = [
    "EARLIEST",
    "LATEST",
    "YES",
    "RoundedId",
    "Unusable",
    "as_counter",
    "as_flag",
    "as_id",
    "as_said",
    "as_text",
    "as_written_id",
]

EARLIEST: Final = to_instant(datetime(1990, 1, 1, tzinfo=UTC))
LATEST: Final = to_instant(datetime(2100, 1, 1, tzinfo=UTC))
"""Instants are taken from 1990 to 2100; others are a wrong unit or stand for none."""
_SHEET_MOST: Final = 10**15
"""A spreadsheet keeps fifteen digits of a number; an id that is a larger one has lost its last."""
YES: Final = frozenset({"true", "t", "yes", "1"})
_NO: Final = frozenset({"false", "f", "no", "0", ""})
_WHOLE: Final = re.compile(r"-?[0-9]+(\.00?)?", re.ASCII)
"""A whole number, `12.0` and `12.00` too; `1.000` may be a thousand, and is one only where marks are declared."""


class Unusable(ValueError):
    """A value cannot be used; the reason is one of a few, the detail holds the value."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail


class RoundedId(Unusable):
    """An id went through a number: others of the file did too, and some of them may be one now."""

    def refusal(self, source: str, file: str, row: int) -> SourceChanged:
        """Give the error that refuses the file for it."""
        return SourceChanged(
            f"source {source}: {file}, row {row}: {self.reason}: {self.detail}",
            "export it again with ids as text; if it is a name, give it another under [source.replace]",
            source=source,
            file=file,
            row=row,
        )


def as_text(value: Any, column: str) -> str:
    """Give a text that is not empty."""
    if isinstance(value, Unread):
        raise Unusable(value.reason, f"{column} is {value.detail}")
    if isinstance(value, (bytes, dict, list)):
        raise Unusable("not a text", f"{column} is {value!r:.80}")
    text = "" if value is None else str(value).strip()
    if not text:
        raise Unusable("missing value", column)
    if not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text):
        raise Unusable("not UTF-8", f"{column} is {text[:80]!a}")
    return text


def as_written_id(value: Any, column: str, *, is_sheet: bool = False) -> str:
    """Give the text of an id as a file has it; a number that may have lost digits has none.

    is_sheet : the value is a spreadsheet's cell
    """
    if isinstance(value, (bool, date, time)):
        raise Unusable("not an id", f"{column} is {value}")
    if isinstance(value, float):
        if value != value:  # noqa: PLR0124 - not a number
            raise Unusable(MISSING, f"{column} is 'nan'")
        if not (is_sheet and value.is_integer()):
            raise RoundedId(ROUNDED, f"{column} is {value}")
        value = int(value)
    if is_sheet and isinstance(value, int) and abs(value) >= _SHEET_MOST:
        raise RoundedId(ROUNDED, f"{column} is {value}, of which a spreadsheet keeps 15 digits")
    return exact_id(as_text(value, column))


def as_id(text: str, column: str) -> str:
    """Give an id that is no number or word which a program put in its place.

    Examples
    --------
    >>> as_id("v1 ", "voter")
    'v1'
    >>> as_id("1.05E+18", "voter")
    Traceback (most recent call last):
    plaudit.collect.values.RoundedId: ('rounded number as id', "voter is '1.05E+18'")
    """
    found = exact_id(as_text(text, column))
    reason = why_no_id(found)
    if reason == MISSING:
        raise Unusable(reason, f"{column} is {found!r}; if it is a name, give it another under [source.replace]")
    if reason:
        raise RoundedId(reason, f"{column} is {found!r}")
    return found


def as_said(value: Any) -> Any:
    """Give what a cell says, as a declared text is compared with it; what is no text stays as it is.

    Examples
    --------
    >>> [as_said(value) for value in (" 10", 10.0, True, None)]
    ['10', '10', 'true', '']
    """
    if value is None:
        return ""
    if isinstance(value, (bytes, dict, list, Unread)):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float | Decimal):
        number: Any = value
        return str(int(number)) if abs(number) < COUNTER_MOST and number == int(number) else str(number)
    return str(value).strip()


def as_counter(value: Any, column: str) -> int:
    """Give a whole number from 0 to 2**53; `12.0` is one, below 2**53.

    Examples
    --------
    >>> as_counter("39349927", "views"), as_counter("12.0", "views")
    (39349927, 12)
    >>> as_counter("-1", "views")
    Traceback (most recent call last):
    plaudit.collect.values.Unusable: ('out of range', 'views is -1, below 0')
    """
    text = as_text(as_said(value) if isinstance(value, float | Decimal) else value, column)
    if not _WHOLE.fullmatch(text):
        raise Unusable("not a whole number", f"{column} is {text[:80]!r}")
    digits, point, _ = text.removeprefix("-").partition(".")
    digits = digits.lstrip("0") or "0"
    if text.startswith("-") and digits != "0":
        raise Unusable("out of range", f"{column} is {text[:40]}, below 0")
    if len(digits) > 40 or int(digits) > COUNTER_MOST - bool(point):  # int() refuses very long texts
        raise Unusable("out of range", f"{column} is {text[:40]}, above 2**53")
    return int(digits)


def as_flag(value: Any, column: str) -> bool:
    """Give a yes or no."""
    if isinstance(value, bool):
        return value
    if isinstance(value, Unread):
        raise Unusable(value.reason, f"{column} is {value.detail}")
    text = str(as_said(value)).lower()
    if text in YES or text in _NO:
        return text in YES
    raise Unusable("not yes or no", f"{column} is {text[:80]!r}")
