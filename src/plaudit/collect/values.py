"""Turn a source's texts into counters, instants and flags, or say why they are none."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from plaudit.base.errors import SourceChanged
from plaudit.base.ids import MISSING, ROUNDED, exact_id, why_no_id
from plaudit.base.numbers import COUNTER_MOST
from plaudit.base.weeks import EPOCH, to_instant

__all__ = [
    "EARLIEST",
    "GRAINS",
    "LATEST",
    "Unusable",
    "as_counter",
    "as_flag",
    "as_id",
    "as_instant",
    "as_text",
    "as_written_id",
    "at_grain",
]

EARLIEST: Final = to_instant(datetime(1990, 1, 1, tzinfo=UTC))
LATEST: Final = to_instant(datetime(2100, 1, 1, tzinfo=UTC))
"""Instants are taken from 1990 to 2100; others are a wrong unit or stand for none."""
GRAINS: Final = {"second": 1_000_000, "minute": 60_000_000}
"""Grains of an instant in microseconds; a day is longer or shorter where clocks change."""
_SHEET_MOST: Final = 10**15
"""A spreadsheet keeps fifteen digits of a number; an id that is a larger one has lost its last."""
_YES: Final = frozenset({"true", "t", "yes", "1"})
_NO: Final = frozenset({"false", "f", "no", "0", ""})


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


def as_counter(value: Any, column: str) -> int:
    """Give a whole number from 0 to 2**53.

    Examples
    --------
    >>> as_counter("39349927", "views")
    39349927
    >>> as_counter("-1", "views")
    Traceback (most recent call last):
    plaudit.collect.values.Unusable: ('out of range', 'views is -1, below 0')
    """
    text = as_text(value, column)
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()):
        raise Unusable("not a whole number", f"{column} is {text!r}")
    if text.startswith("-") and digits.strip("0"):
        raise Unusable("out of range", f"{column} is {text[:40]}, below 0")
    if len(digits) > 40 or int(digits) > COUNTER_MOST:  # int() refuses very long texts
        raise Unusable("out of range", f"{column} is {text[:40]}, above 2**53")
    return int(digits)


def as_flag(value: Any, column: str) -> bool:
    """Give a yes or no."""
    if isinstance(value, bool):
        return value
    text = "" if value is None else str(value).strip().lower()
    if text in _YES or text in _NO:
        return text in _YES
    raise Unusable("not yes or no", f"{column} is {text!r}")


def as_instant(value: Any, column: str, zone: str, date_at: time, pattern: str = "") -> int:
    """Give an instant in microseconds.

    A time without an offset is local to `zone`; a bare date stands for `date_at`.

    Examples
    --------
    >>> as_instant("2018-05-18 09:00:02+00", "at", "UTC", time(12))
    1526634002000000
    >>> as_instant("2018-03-11 02:30:00", "at", "America/Los_Angeles", time(12))
    Traceback (most recent call last):
    plaudit.collect.values.Unusable: ('no such local time', 'at is 2018-03-11 02:30:00 in America/Los_Angeles')
    """
    if isinstance(value, datetime):
        return _placed(value, column, zone, str(value))
    return _parsed(as_text(value, column), column, zone, date_at, pattern)


def at_grain(instant: int, grain: str, zone: str, date_at: time) -> int:
    """Give the instant that stands for all of its second or minute, or for its local day as a bare date does.

    Examples
    --------
    >>> at_grain(1526634002000000, "minute", "UTC", time(12)) == 1526634000000000
    True
    """
    if grain in GRAINS:
        return instant - instant % GRAINS[grain]
    return _at_day(instant // 900_000_000, zone, date_at)


@lru_cache(maxsize=65_536)
def _at_day(quarter: int, zone: str, date_at: time) -> int:
    local = (EPOCH + timedelta(seconds=900 * quarter)).astimezone(ZoneInfo(zone))
    return _placed(datetime.combine(local.date(), date_at), "the day", zone, str(local.date()))


@lru_cache(maxsize=65_536)
def _parsed(text: str, column: str, zone: str, date_at: time, pattern: str) -> int:
    try:
        if pattern:
            moment = datetime.strptime(text, pattern)  # noqa: DTZ007
            if not any(code in pattern for code in ("%H", "%I", "%c", "%X")):
                moment = datetime.combine(moment.date(), date_at)
        else:
            day = _day(text)
            moment = datetime.fromisoformat(text) if day is None else datetime.combine(day, date_at)
    except ValueError:
        wanted = f"of the form {pattern}" if pattern else "ISO 8601; declare its form under [source.formats]"
        raise Unusable("malformed time", f"{column} is {text!r}, not {wanted}") from None
    return _placed(moment, column, zone, text)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _placed(moment: datetime, column: str, zone: str, text: str) -> int:
    if not 1989 <= moment.year <= 2100:  # 9999-12-31 cannot be taken to every zone
        raise Unusable("out of range", f"{column} is {text}, not between 1990 and 2100")
    if moment.tzinfo is None:
        local = moment.replace(tzinfo=ZoneInfo(zone))
        if local.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) != moment:
            raise Unusable("no such local time", f"{column} is {text} in {zone}")
        if local.utcoffset() != local.replace(fold=1).utcoffset():
            raise Unusable("local time that occurs twice", f"{column} is {text} in {zone}; give an offset")
        moment = local
    instant = to_instant(moment)
    if not EARLIEST <= instant < LATEST:
        raise Unusable("out of range", f"{column} is {text}, not between 1990 and 2100")
    return instant
