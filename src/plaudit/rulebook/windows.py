"""Voting windows, the periods caps run over, and the hours that multiply votes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from plaudit.base.weeks import local_midnights, to_instant

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plaudit.rulebook.counting_rule import Cap, CountingRule, Multiplier

__all__ = ["Span", "VotingWindow", "multiplied_spans", "periods"]

Span = tuple[int, int]
"""First instant and first instant after."""


@dataclass(frozen=True)
class VotingWindow:
    """One window, half-open, in instants; for some channels, or for all."""

    id: str
    opens_at: int
    closes_at: int
    channels: tuple[str, ...] = ()

    def takes(self, channel: str) -> bool:
        """Say whether the window is open for a channel."""
        return not self.channels or channel in self.channels


def periods(cap: Cap, rule: CountingRule, windows: Sequence[VotingWindow]) -> list[Span]:
    """Give the spans a cap starts anew in, in order; together they hold every window.

    Days are the rule's, with 23 or 25 hours where the clocks change.

    Examples
    --------
    >>> from plaudit.rulebook.counting_rule import Cap
    >>> from plaudit.rulebook.library import RuleLibrary
    >>> rule = RuleLibrary().cited("bbma-2018@1").rule
    >>> window = VotingWindow("vote", 1526313600000000, 1526862600000000)
    >>> len(periods(Cap(100, "day"), rule, [window]))
    7
    """
    if not windows:
        return []
    opens_at, closes_at = min(window.opens_at for window in windows), max(window.closes_at for window in windows)
    if cap.per == "vote":
        return [(opens_at, closes_at)]
    if cap.per == "window":
        return sorted({(window.opens_at, window.closes_at) for window in windows})
    # a day more at both ends: where the clocks change, the date alone does not tell which day has started
    first, last = (_civil_date(instant, ZoneInfo(rule.day.zone)) for instant in (opens_at, closes_at))
    starts = local_midnights(first - timedelta(days=1), last + timedelta(days=2), rule.day.zone, rule.day.starts_at)
    return [(start, end) for start, end in pairwise(starts) if start < closes_at and opens_at < end]


def multiplied_spans(rule: CountingRule, windows: Sequence[VotingWindow]) -> list[tuple[Multiplier, Span]]:
    """Give the spans in which votes are multiplied, greatest first, then by time."""
    if not windows:
        return []
    zone = ZoneInfo(rule.day.zone)
    first = min(window.opens_at for window in windows)
    last = max(window.closes_at for window in windows)
    days = [_civil_date(first, zone)]
    while days[-1] < _civil_date(last, zone):
        days.append(days[-1] + timedelta(days=1))
    found = []
    for multiplier in rule.multiplier:
        for day in days:
            if multiplier.days and day not in multiplier.days:
                continue
            starts = datetime.combine(day, multiplier.from_time or time(0), zone)
            ends = (
                datetime.combine(day, multiplier.to_time, zone)
                if multiplier.to_time
                else datetime.combine(day + timedelta(days=1), time(0), zone)
            )
            found.append((multiplier, (to_instant(starts.astimezone(UTC)), to_instant(ends.astimezone(UTC)))))
    return sorted(found, key=lambda item: (-item[0].times, item[1]))


def _civil_date(instant: int, zone: ZoneInfo) -> date:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=instant)).astimezone(zone).date()
