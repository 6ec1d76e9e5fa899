"""The table bursts: days on which a counter gained far more than it used to, and what happened on them.

Only integers are compared. A burst and a post of one day are named beside each other;
that the one brought the other, nothing here says.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from plaudit.measure.levels import Counter, Level
    from plaudit.rulebook.growth_rule import Burst, GrowthRule
    from plaudit.rulebook.season_file import Event

__all__ = ["Posted", "bursts"]

Row = dict[str, Any]


@dataclass(frozen=True, order=True)
class Posted:
    """A post of an artist, and the number of the day it was published on."""

    day: int
    artist: str
    platform: str
    post: str


@dataclass(frozen=True)
class _Day:
    """What one day gained: at least, and as it was read; of a day after a gap nothing is known."""

    day: int
    gain: int
    least: int
    before: int


@dataclass(frozen=True)
class _Burst:
    day: _Day
    median: int


def bursts(
    known: dict[Counter, list[Level]],
    days: Sequence[date],
    posted: Iterable[Posted],
    events: Iterable[Event],
    rule: GrowthRule,
) -> list[Row]:
    """Give the rows of the table bursts; days that follow each other are one burst.

    A day is a burst if the least that it can have gained is more than 0, at least
    `burst.times` times the median gain of the days before it, and at least `burst.least_ppm`
    of the level the day before. Days that are bursts themselves are not in the median.

    Parameters
    ----------
    known : from `levels`
    posted : posts of each artist

    References
    ----------
    docs/spec/growth.md
    """
    near = _Near(days, list(posted), list(events), rule.burst)
    return [
        near.row(counter, known[counter], run)
        for counter in known
        for run in _runs(_found(_days(known[counter]), rule.burst))
    ]


def _days(levels: list[Level]) -> list[_Day]:
    """Give what was gained on each day that was seen right after another."""
    found, top = [], levels[0].value
    for before, after in pairwise(levels):
        if after.day == before.day + 1:
            gain = max(after.value - top, 0)
            least = max(gain - max(before.grain - 1, 0), 0)
            found.append(_Day(after.day, gain, least, before.value))
        top = max(top, after.value)
    return found


def _found(gained: list[_Day], rule: Burst) -> list[_Burst]:
    usual: list[_Day] = []
    found = []
    for day in gained:
        recent = sorted(one.gain for one in usual if one.day >= day.day - rule.baseline_days)
        median = recent[(len(recent) - 1) // 2] if recent else 0
        is_burst = (
            len(recent) >= rule.least_days
            and day.least > 0
            and day.least >= rule.times * median
            and day.least * 1_000_000 >= rule.least_ppm * day.before
        )
        if is_burst:
            found.append(_Burst(day, median))
        else:
            usual.append(day)
    return found


def _runs(found: list[_Burst]) -> list[list[_Burst]]:
    runs: list[list[_Burst]] = []
    for burst in found:
        if runs and runs[-1][-1].day.day == burst.day.day - 1:
            runs[-1].append(burst)
        else:
            runs.append([burst])
    return runs


class _Near:
    """What lies near a burst in time."""

    def __init__(self, days: Sequence[date], posted: list[Posted], events: list[Event], rule: Burst) -> None:
        self.days, self.events, self.rule = days, events, rule
        self.posted: dict[str, list[Posted]] = {}
        for post in sorted(posted):
            self.posted.setdefault(post.artist, []).append(post)

    def row(self, counter: Counter, levels: list[Level], run: list[_Burst]) -> Row:
        first, last = run[0].day.day, run[-1].day.day
        of = next(level for level in levels if level.day == last)
        peak = max((burst.day for burst in run), key=lambda day: (day.gain, -day.day))
        from_day, until_day = first - self.rule.days_before, last + self.rule.days_after
        posts = [one for one in self.posted.get(of.artist, ()) if from_day <= one.day <= until_day]
        from_on = self.days[0] + timedelta(days=from_day)
        until_on = self.days[0] + timedelta(days=until_day)
        events = [one.id for one in self.events if from_on <= one.on <= until_on and of.artist in one.artists]
        return {
            "artist": of.artist,
            "platform": counter.platform,
            "account": counter.account,
            "metric": counter.metric,
            "first_on": self.days[first].isoformat(),
            "last_on": self.days[last].isoformat(),
            "gain": sum(burst.day.gain for burst in run),
            "least": sum(burst.day.least for burst in run),
            "median": run[0].median,
            "peak_on": self.days[peak.day].isoformat(),
            "peak_gain": peak.gain,
            "grain": of.grain,
            "rises_only": any(level.rises_only for level in levels if first <= level.day <= last),
            "posts": json.dumps(
                [f"{one.platform}/{one.post}" for one in posts], ensure_ascii=False, separators=(",", ":")
            ),
            "events": " ".join(sorted(events)),
        }
