"""What a cycle of a live source will cost, before it begins: requests, units, minutes and bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from plaudit.archive.reader import archive_folder, records
from plaudit.collect.seen import wished_accounts
from plaudit.fetch.cycle import begin_of, wish_of
from plaudit.platforms.registry import platform

if TYPE_CHECKING:
    from pathlib import Path

    from plaudit.platforms.contract import Ask, Limit
    from plaudit.rulebook.season import Season
    from plaudit.rulebook.sources import Source

__all__ = ["Plan", "plan_of"]

_SECOND: Final = 1_000_000
_DAY_SECONDS: Final = 86_400
_EXCHANGE_SECONDS: Final = 0.3
_ANSWER_BYTES: Final = 20_000
_CYCLES_BACK: Final = 8


@dataclass(frozen=True)
class Plan:
    """One cycle of one source.

    basis : `last cycle` or `this cycle`, whose requests are counted, or `first requests`, which begin a cycle: what
        their answers lead to is not known yet
    units : by pool; over : by pool, the units that a day of cycles takes beyond what the pool has in a day
    minutes : until the last answer, as far as limits and usual answers tell
    """

    source: str
    platform: str
    basis: str
    cycles_a_day: float
    requests: int
    units: dict[str, int]
    over: dict[str, int]
    minutes: int
    bytes: int


def plan_of(season: Season, source: Source, now: int) -> Plan:
    """Give what the cycle that is due costs, by the last whole cycle where there is one."""
    assert source.fetch is not None
    asked, begin = platform(source.platform), begin_of(source.fetch, now)
    step = source.fetch.every_seconds
    asks: list[Ask] = []
    size, seconds, basis = 0, 0.0, "first requests"
    for back in (*range(1, _CYCLES_BACK), 0):
        asks, size, seconds = _cycle(season.folder, source, begin - back * step * _SECOND, step)
        if asks:
            basis = "last cycle" if back else "this cycle"
            break
    if not asks:
        asks = list(asked.begin(wish_of(source.fetch, wished_accounts(source, season.artists), begin)))
        size, seconds = _ANSWER_BYTES * len(asks), _EXCHANGE_SECONDS * len(asks)
    units: dict[str, int] = {}
    for ask in asks:
        units[ask.pool] = units.get(ask.pool, 0) + ask.units
    slowest = max((_seconds(limit, units.get(limit.pool, 0)) for limit in asked.limits), default=0.0)
    return Plan(
        source.id,
        source.platform,
        basis,
        _DAY_SECONDS / step,
        len(asks),
        units,
        {limit.pool: over for limit in asked.limits if (over := _over(limit, units.get(limit.pool, 0), step)) > 0},
        round(max(seconds, slowest) / 60),
        size,
    )


def _cycle(folder: Path, source: Source, begin: int, step: int) -> tuple[list[Ask], int, float]:
    """Give the asks of a past cycle, the bytes of its answers, and how many seconds they took."""
    asks, size, spent = [], 0, 0
    for placed in records(archive_folder(folder), source.id, since=begin):
        record = placed.record
        if record.asked_at >= begin + step * _SECOND:
            break
        if record.asked_at >= begin:
            asks.append(record.ask)
            size += record.body_bytes
            spent += record.answered_at - record.asked_at
    return asks, size, spent / _SECOND


def _seconds(limit: Limit, units: int) -> float:
    """Give how long a limit makes so many units take: what it has is there at once, more of it comes with time."""
    return max(0, -(-units // limit.units) - 1) * limit.seconds


def _over(limit: Limit, units: int, step: int) -> int:
    """Give how many units a day's cycles take beyond what the limit has in a day."""
    return round(units * max(1.0, _DAY_SECONDS / step) - limit.units * max(1.0, _DAY_SECONDS / limit.seconds))
