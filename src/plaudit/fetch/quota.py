"""Quotas: what of each pool is used, and when there is enough again."""

from __future__ import annotations

from collections import defaultdict, deque
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from plaudit.base.errors import SourceUnavailable
from plaudit.base.weeks import to_instant

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plaudit.platforms.contract import Limit

__all__ = ["Quota"]

_SECOND: Final = 1_000_000


class Quota:
    """The pools of one platform.

    Examples
    --------
    >>> from plaudit.platforms.contract import Limit
    >>> quota = Quota("p", [Limit("api", 2, 60)])
    >>> for at in (0, 1_000_000): quota.spend("api", 1, at)
    >>> quota.free_at("api", 1, 2_000_000) // 1_000_000, quota.left(2_000_000)
    (60, {'api': 0})
    """

    def __init__(self, platform: str, limits: Iterable[Limit]) -> None:
        self._platform = platform
        self._limits: dict[str, list[Limit]] = defaultdict(list)
        for limit in limits:
            self._limits[limit.pool].append(limit)
        self._spent: dict[str, deque[tuple[int, int]]] = defaultdict(deque)
        self._rests: dict[str, int] = {}

    def spend(self, pool: str, units: int, at: int) -> None:
        """Note that units of a pool were used at an instant."""
        if pool in self._limits:
            self._spent[pool].append((at, units))

    def rest(self, pool: str, until: int) -> None:
        """Note that the platform wants nothing more of a pool until an instant."""
        self._rests[pool] = max(until, self._rests.get(pool, 0))

    def free_at(self, pool: str, units: int, now: int) -> int:
        """Give the first instant, from now on, at which so many units may be used.

        Raises
        ------
        SourceUnavailable : the pool never has so many.
        """
        at = max(now, self._rests.get(pool, 0))
        for limit in self._limits[pool]:
            if units > limit.units:
                raise SourceUnavailable(
                    f"{self._platform}: one request takes {units} units of {pool}, which has {limit.units}",
                    "the platform's limits forbid it; ask for less",
                )
            at = max(at, self._free_of(limit, units, at))
        return at

    def left(self, now: int) -> dict[str, int]:
        """Give what is left of each pool: the least that any of its limits leaves."""
        return {
            pool: min(limit.units - self._used(limit, now) for limit in limits)
            for pool, limits in sorted(self._limits.items())
            if limits
        }

    def _free_of(self, limit: Limit, units: int, now: int) -> int:
        used = self._used(limit, now)
        if used + units <= limit.units:
            return now
        if limit.zone:
            return _midnight(now, limit.zone, days=1)
        for at, spent in self._spent[limit.pool]:
            if at > now - limit.seconds * _SECOND:
                used -= spent
                if used + units <= limit.units:
                    return at + limit.seconds * _SECOND
        return now

    def _used(self, limit: Limit, now: int) -> int:
        spent = self._spent[limit.pool]
        self._forget(limit.pool, now)
        since = _midnight(now, limit.zone) - 1 if limit.zone else now - limit.seconds * _SECOND
        return sum(units for at, units in spent if at > since)

    def _forget(self, pool: str, now: int) -> None:
        """Drop what no limit looks at any more."""
        longest = max(limit.seconds for limit in self._limits[pool]) + 90_000  # and an hour of a clock that is set
        spent = self._spent[pool]
        while spent and spent[0][0] < now - longest * _SECOND:
            spent.popleft()


def _midnight(instant: int, zone: str, days: int = 0) -> int:
    """Give the midnight at which the day of an instant began in a zone, or so many days after."""
    here = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=instant)).astimezone(ZoneInfo(zone))
    return to_instant(datetime.combine(here.date() + timedelta(days=days), time(0), ZoneInfo(zone)))
