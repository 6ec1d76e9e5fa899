"""Weeks, days and instants.

An instant is a whole number of microseconds since 1970-01-01T00:00Z: no
session's time zone can move it, on any engine. A week is half-open and belongs
to a time zone; its name is the date it starts on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from plaudit.base.errors import RuleInvalid

__all__ = ["DAY_NAMES", "Week", "instant_text", "local_midnights", "to_instant", "weeks_between"]

DAY_NAMES: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def to_instant(moment: datetime) -> int:
    """Give an aware datetime as microseconds since the epoch.

    Examples
    --------
    >>> to_instant(datetime(1970, 1, 2, tzinfo=UTC))
    86400000000
    """
    if moment.tzinfo is None:
        raise RuleInvalid(f"{moment.isoformat()} has no time zone", "write an offset, as in 2018-05-18T00:00:00Z")
    return (moment - EPOCH) // timedelta(microseconds=1)


def instant_text(instant: int) -> str:
    """Give an instant as RFC 3339 text in UTC.

    Examples
    --------
    >>> instant_text(86_400_000_000)
    '1970-01-02T00:00:00Z'
    """
    second, rest = divmod(instant, 1_000_000)
    return f"{_second_text(second)}.{rest:06d}Z" if rest else f"{_second_text(second)}Z"


@lru_cache(1_024)  # under load, thousands of ballots bear the same second
def _second_text(second: int) -> str:
    return (EPOCH + timedelta(seconds=second)).isoformat().removesuffix("+00:00")


def local_midnights(first_on: date, last_on: date, zone: str, starts_at: time = time(0)) -> list[int]:
    """Give the instant at which each local day starts, `last_on` included.

    Days that a change to or from summer time touches last 23 or 25 hours.

    Examples
    --------
    >>> [a, b] = local_midnights(date(2018, 3, 11), date(2018, 3, 12), "America/Los_Angeles")
    >>> (b - a) // 3_600_000_000
    23
    """
    days = (last_on - first_on).days + 1
    return [
        to_instant(datetime.combine(first_on + timedelta(days=day), starts_at, ZoneInfo(zone))) for day in range(days)
    ]


@dataclass(frozen=True, order=True)
class Week:
    """Seven local days, named by the first.

    Examples
    --------
    >>> week = Week(date(2018, 5, 18), "UTC")
    >>> week.id, instant_text(week.ends_at)
    ('2018-05-18', '2018-05-25T00:00:00Z')
    """

    starts_on: date
    zone: str

    @property
    def id(self) -> str:
        """The date the week starts on, as text."""
        return self.starts_on.isoformat()

    @property
    def starts_at(self) -> int:
        """The first instant of the week."""
        return local_midnights(self.starts_on, self.starts_on, self.zone)[0]

    @property
    def ends_at(self) -> int:
        """The first instant after the week."""
        return self.next.starts_at

    @property
    def next(self) -> Week:
        """The week that follows."""
        return Week(self.starts_on + timedelta(days=7), self.zone)

    @property
    def days(self) -> list[date]:
        """The seven dates of the week."""
        return [self.starts_on + timedelta(days=day) for day in range(7)]


def weeks_between(first_on: date, last_on: date, starts_on: str, zone: str) -> list[Week]:
    """Give the weeks that lie wholly within two dates, both included.

    Examples
    --------
    >>> [week.id for week in weeks_between(date(2018, 5, 14), date(2018, 6, 1), "friday", "UTC")]
    ['2018-05-18', '2018-05-25']
    """
    offset = (DAY_NAMES.index(starts_on) - first_on.weekday()) % 7
    week = Week(first_on + timedelta(days=offset), zone)
    found = []
    while week.days[-1] <= last_on:
        found.append(week)
        week = week.next
    return found
