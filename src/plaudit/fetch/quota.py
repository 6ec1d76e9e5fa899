"""Quotas: what of each pool is used, and when there is enough again."""

from __future__ import annotations

from collections import deque
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
    """The pools of one platform. Units are spent in the order of time.

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
        self._pools: dict[str, list[_Day | _Window]] = {}
        for limit in limits:
            self._pools.setdefault(limit.pool, []).append(_Day(limit) if limit.zone else _Window(limit))
        self._rests: dict[str, int] = {}

    def spend(self, pool: str, units: int, at: int) -> None:
        """Note that units of a pool were used at an instant."""
        for one in self._pools.get(pool, ()):
            one.spend(units, at)

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
        for one in self._pools.get(pool, ()):
            if units > one.most:
                raise SourceUnavailable(
                    f"{self._platform}: one request takes {units} units of {pool}, which has {one.most}",
                    "the platform's limits forbid it; ask for less",
                )
            at = max(at, one.free_at(units, at))
        return at

    def left(self, now: int) -> dict[str, int]:
        """Give what is left of each pool: the least that any of its limits leaves."""
        return {pool: min(one.most - one.used(now) for one in some) for pool, some in sorted(self._pools.items())}


class _Window:
    """So many units in any so many seconds."""

    def __init__(self, limit: Limit) -> None:
        self.most = limit.units
        self._long = limit.seconds * _SECOND
        self._spent: deque[tuple[int, int]] = deque()
        self._total = 0

    def spend(self, units: int, at: int) -> None:
        self._spent.append((at, units))
        self._total += units

    def used(self, now: int) -> int:
        while self._spent and self._spent[0][0] <= now - self._long:
            self._total -= self._spent.popleft()[1]
        return self._total

    def free_at(self, units: int, now: int) -> int:
        used = self.used(now)
        for at, spent in self._spent if used + units > self.most else ():
            used -= spent
            if used + units <= self.most:
                return at + self._long
        return now


class _Day:
    """So many units in a day that begins at midnight in a zone."""

    def __init__(self, limit: Limit) -> None:
        self.most = limit.units
        self._zone = limit.zone
        self._ends_at = 0
        self._total = 0

    def spend(self, units: int, at: int) -> None:
        self._total = self.used(at) + units

    def used(self, now: int) -> int:
        if now >= self._ends_at:
            self._ends_at, self._total = _next_midnight(now, self._zone), 0
        return self._total

    def free_at(self, units: int, now: int) -> int:
        return now if self.used(now) + units <= self.most else self._ends_at


def _next_midnight(instant: int, zone: str) -> int:
    here = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=instant)).astimezone(ZoneInfo(zone))
    return to_instant(datetime.combine(here.date() + timedelta(days=1), time(0), ZoneInfo(zone)))
