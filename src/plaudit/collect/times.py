"""Turn what a source says of time into instants: ISO 8601, a declared form, Unix time, Excel days."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from plaudit.base.weeks import EPOCH, to_instant
from plaudit.collect.values import EARLIEST, LATEST, Unusable, as_text
from plaudit.rulebook.time_forms import EXCEL, UNIX_UNITS, has_time_of_day

__all__ = ["GRAINS", "as_instant", "at_grain"]

GRAINS: Final = {"second": 1_000_000, "minute": 60_000_000}
"""Grains of an instant in microseconds; a day is longer or shorter where clocks change."""
_NUMBER: Final = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?", re.ASCII)
_DAY: Final = 86_400_000_000
_EXCEL_DAY_0: Final = date(1899, 12, 30)
"""Counted from here, days from 1 March 1900 have the numbers that Excel gives them."""
_ZONE_WORDS: Final = re.compile(r"(?<![A-Za-z])(?:(?:UTC|GMT)(?=[+-][0-9])|UTC|GMT|Z)(?![A-Za-z])", re.IGNORECASE)
_WORDS: Final = re.compile(r"[A-Za-z]{1,6}")


def as_instant(value: Any, column: str, zone: str, date_at: time, pattern: str = "") -> int:
    """Give an instant in microseconds.

    A time without an offset is local to `zone`; a bare date stands for `date_at`.
    Where the clocks skip `date_at` that day, or show it twice, it stands for the
    first instant that may be meant.

    Examples
    --------
    >>> as_instant("2018-05-18 09:00:02+00", "at", "UTC", time(12))
    1526634002000000
    >>> as_instant(1526634002, "at", "Asia/Seoul", time(12), "unix s")
    1526634002000000
    >>> as_instant("2018-03-11 02:30:00", "at", "America/Los_Angeles", time(12))
    Traceback (most recent call last):
    plaudit.collect.values.Unusable: ('no such local time', 'at is 2018-03-11 02:30:00 in America/Los_Angeles')
    """
    if isinstance(value, datetime):
        return _placed(value, column, zone, str(value))
    if isinstance(value, date):
        return _of_day(value, column, zone, date_at, str(value))
    if isinstance(value, float | Decimal):
        value = _digits(value)
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
    return _of_day(local.date(), "the day", zone, date_at, str(local.date()))


def _digits(value: float | Decimal) -> str:
    """Give a number in plain digits; one that no time has as it is."""
    exact = Decimal(repr(value)) if isinstance(value, float) else value
    return format(exact, "f") if exact.is_finite() and -18 < exact.adjusted() < 18 else str(value)


@lru_cache(maxsize=65_536)
def _parsed(text: str, column: str, zone: str, date_at: time, pattern: str) -> int:
    if pattern in UNIX_UNITS:
        return _within(round(_number(text, column, pattern) * UNIX_UNITS[pattern]), column, text)
    if pattern == EXCEL:
        return _of_excel_day(text, column, zone, date_at)
    try:
        found = _of_form(text, column, pattern) if pattern else _of_iso(text)
    except Unusable:
        raise
    except (ValueError, OverflowError):
        wanted = f"of the form {pattern}" if pattern else f"ISO 8601; {_advice(text)} under [source.formats]"
        raise Unusable("malformed time", f"{column} is {text[:80]!r}, not {wanted}") from None
    if isinstance(found, datetime):
        return _placed(found, column, zone, text)
    return _of_day(found, column, zone, date_at, text)


def _advice(text: str) -> str:
    """Say which form a time may have that is none of ISO 8601."""
    if not (text.isascii() and text.isdigit()):
        return "declare its form"
    forms = {5: EXCEL, 10: "unix s", 13: "unix ms", 16: "unix us"}
    form = forms.get(len(text), "")
    return f'if it is a number of that kind, say "{form}"' if form else "declare its form"


def _of_iso(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return datetime.fromisoformat(text)


def _of_form(text: str, column: str, pattern: str) -> date:
    moment = _with_zone(text, column, pattern) if "%Z" in pattern else datetime.strptime(text, pattern)  # noqa: DTZ007
    return moment if has_time_of_day(pattern) else moment.date()


def _with_zone(text: str, column: str, pattern: str) -> datetime:
    """Read a time whose zone is UTC, GMT, Z or an offset; what else a zone is called is no one instant."""
    offset = pattern.replace("%Z", "%z")
    spelt = [text]
    for word in _ZONE_WORDS.finditer(text):
        stands = "" if text[word.end() : word.end() + 1] in {"+", "-"} else "+0000"
        spelt.append(text[: word.start()] + stands + text[word.end() :])
    for moment in (_tried(said, offset) for said in spelt):
        if moment is not None:
            return moment
    for word in _WORDS.finditer(text):
        if _tried(text[: word.start()] + "+0000" + text[word.end() :], offset) is not None:
            what = f"{column} is {text[:80]!r}: {word[0]} is not an offset; %Z takes UTC, GMT, Z or one as in +09:00"
            raise Unusable("malformed time", what)
    raise ValueError(text)


def _tried(text: str, pattern: str) -> datetime | None:
    try:
        return datetime.strptime(text, pattern)  # noqa: DTZ007
    except ValueError:
        return None


def _number(text: str, column: str, form: str) -> Fraction:
    if not _NUMBER.fullmatch(text):
        raise Unusable("malformed time", f"{column} is {text[:80]!r}, no number of the form {form!r}")
    return Fraction(text)


def _of_excel_day(text: str, column: str, zone: str, date_at: time) -> int:
    """Read days since 1900 as Excel counts them; it keeps times to the millisecond."""
    days = _number(text, column, EXCEL)
    if not 0 <= days < 100_000:
        raise Unusable("out of range", f"{column} is {text}, no day between 1990 and 2100")
    day = _EXCEL_DAY_0 + timedelta(days=int(days))
    if days.denominator == 1:
        return _of_day(day, column, zone, date_at, text)
    milliseconds = round((days - int(days)) * 86_400_000)
    return _placed(datetime.combine(day, time()) + timedelta(milliseconds=milliseconds), column, zone, text)


def _of_day(day: date, column: str, zone: str, date_at: time, text: str) -> int:
    if not 1989 <= day.year <= 2100:
        raise Unusable("out of range", f"{column} is {text}, not between 1990 and 2100")
    local = datetime.combine(day, date_at, ZoneInfo(zone))
    if _is_skipped(local):
        instant = _first_after_skip(local)
        if (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=instant)).astimezone(
            ZoneInfo(zone)
        ).date() != day:
            raise Unusable("no such local time", f"{column} is {text}, a day that {zone} left out")
        return _within(instant, column, text)
    return _within(to_instant(local), column, text)  # of two, the first


def _is_skipped(local: datetime) -> bool:
    back = local.astimezone(UTC).astimezone(local.tzinfo)
    return back.replace(tzinfo=None, fold=0) != local.replace(tzinfo=None, fold=0)


def _first_after_skip(local: datetime) -> int:
    """Give the instant at which the clocks jump over a local time."""
    zone = local.tzinfo
    before = to_instant(local.replace(fold=1).astimezone(UTC))
    after = to_instant(local.replace(fold=0).astimezone(UTC))
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    ahead = local.replace(fold=1).utcoffset()
    while after - before > 1:
        middle = (before + after) // 2
        moment = (epoch + timedelta(microseconds=middle)).astimezone(zone)
        if moment.utcoffset() == ahead:
            after = middle
        else:
            before = middle
    return after


def _placed(moment: datetime, column: str, zone: str, text: str) -> int:
    if not 1989 <= moment.year <= 2100:  # 9999-12-31 cannot be taken to every zone
        raise Unusable("out of range", f"{column} is {text}, not between 1990 and 2100")
    if moment.tzinfo is None:
        local = moment.replace(tzinfo=ZoneInfo(zone))
        if _is_skipped(local):
            raise Unusable("no such local time", f"{column} is {text} in {zone}")
        if local.utcoffset() != local.replace(fold=1).utcoffset():
            raise Unusable("local time that occurs twice", f"{column} is {text} in {zone}; give an offset")
        moment = local
    return _within(to_instant(moment), column, text)


def _within(instant: int, column: str, text: str) -> int:
    if not EARLIEST <= instant < LATEST:
        raise Unusable("out of range", f"{column} is {text}, not between 1990 and 2100")
    return instant
