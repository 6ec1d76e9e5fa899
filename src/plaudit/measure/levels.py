"""What each account's counters stood at, day by day; a day that nothing saw is no level, and never 0."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ibis import _

from plaudit.measure.grain import grain_of, grains
from plaudit.store.intervals import interval_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    import ibis

    from plaudit.rulebook.sources import Source

__all__ = ["Counter", "Level", "closings", "levels"]


@dataclass(frozen=True, order=True)
class Counter:
    """One counter of one account."""

    platform: str
    account: str
    metric: str


@dataclass(frozen=True)
class Level:
    """What a counter stood at on one day, as it was read last.

    day : its number, from 0
    grain : how many one step of the counter is; 0 where it is exact
    rises_only : the source stores no falls
    """

    day: int
    artist: str
    value: int
    read_at: int
    grain: int
    rises_only: bool


def closings(
    readings: ibis.Table, boundaries: Sequence[int], metrics: Sequence[str], sources: Sequence[Source]
) -> ibis.Table:
    """Give each account's last reading per counter, source and day.

    Parameters
    ----------
    boundaries : the midnights of the days, with the one that ends the last

    Returns
    -------
    Table, one row per platform, account, metric, source and day; day -1 stands for every earlier one.
    """
    ours = readings.filter(readings.post == "", readings.artist.notnull(), readings.metric.isin(list(metrics)))
    ours = ours.filter(ours.observed_at < boundaries[-1])
    known = ours.mutate(day=interval_number(ours.observed_at, boundaries), grain=grain_of(ours, grains(sources)))
    return known.group_by("platform", "account", "metric", "source", "day").agg(
        artist=_.artist.argmax(_.observed_at),
        value=_.value.argmax(_.observed_at),
        grain=_.grain.argmax(_.observed_at),
        read_at=_.observed_at.max(),
    )


def levels(
    closed: Iterable[dict[str, Any]], days: Sequence[date], sources: Iterable[Source]
) -> dict[Counter, list[Level]]:
    """Give the levels of each counter on the days that were seen, in order; of a counter that no day has, nothing.

    A source saw a day that lies in its coverage and in no gap of it, and on which it has a
    reading; of a source that stores changes or rises alone the last value holds. Of several
    sources that saw a day, the latest reading is taken.

    Parameters
    ----------
    closed : rows of `closings`
    """
    read: dict[Counter, dict[str, dict[int, dict[str, Any]]]] = defaultdict(lambda: defaultdict(dict))
    for row in closed:
        read[Counter(row["platform"], row["account"], row["metric"])][row["source"]][row["day"]] = row
    declared = {source.id: source for source in sources}
    found = {counter: _levels(counter, read[counter], days, declared) for counter in sorted(read)}
    return {counter: known for counter, known in found.items() if known}


def _levels(
    counter: Counter, read: dict[str, dict[int, dict[str, Any]]], days: Sequence[date], declared: dict[str, Source]
) -> list[Level]:
    found: dict[int, Level] = {}
    for name in sorted(read):
        source, last = declared[name], read[name].get(-1)
        for number, day in enumerate(days):
            today = read[name].get(number)
            last = today or last
            row = last if source.holds else today
            if row is None or not _saw(source, counter.account, day):
                continue
            level = Level(
                number, row["artist"], row["value"], row["read_at"], row["grain"], rises_only=source.stores == "rises"
            )
            if number not in found or found[number].read_at < level.read_at:
                found[number] = level
    return [found[number] for number in sorted(found)]


def _saw(source: Source, account: str, day: date) -> bool:
    coverage = source.coverage
    if not coverage.first_on <= day <= coverage.last_on:
        return False
    return not any(gap.first_on <= day <= gap.last_on for gap in coverage.gaps if gap.account in {"", account})
