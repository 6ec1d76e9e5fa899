"""When an artist posts: by day, by weekday and hour, in one named zone."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from plaudit.base.weeks import EPOCH

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Cadence", "cadence", "posts_by_hour"]


@dataclass(frozen=True)
class Cadence:
    """Counts of posts.

    days : posts by local date, by date; days without one are left out.
    hours : posts by weekday (0 is Monday) and hour; the others are left out.
    active_days, longest_pause_days : days with a post; most days from one such day to the next.
    """

    days: dict[str, int]
    hours: dict[tuple[int, int], int]
    active_days: int
    longest_pause_days: int


def cadence(instants: Iterable[int], zone: str) -> Cadence:
    """Give when posts were published.

    Examples
    --------
    >>> found = cadence([0, 3_600_000_000, 259_200_000_000], "UTC")
    >>> found.days, found.longest_pause_days
    ({'1970-01-01': 2, '1970-01-04': 1}, 3)
    """
    hourly = posts_by_hour(instants, zone)
    days, hours = Counter[date](), Counter[tuple[int, int]]()
    for (day, hour), posts in hourly.items():
        days[day] += posts
        hours[day.weekday(), hour] += posts
    ordered = sorted(days)
    pauses = [(after - before).days for before, after in pairwise(ordered)]
    return Cadence(
        days={day.isoformat(): days[day] for day in ordered},
        hours=dict(sorted(hours.items())),
        active_days=len(ordered),
        longest_pause_days=max(pauses, default=0),
    )


def posts_by_hour(instants: Iterable[int], zone: str) -> dict[tuple[date, int], int]:
    """Give posts by local date and hour, in order; hours without one are left out."""
    local = ZoneInfo(zone)
    moments = ((EPOCH + timedelta(microseconds=instant)).astimezone(local) for instant in instants)
    return dict(sorted(Counter((moment.date(), moment.hour) for moment in moments).items()))
