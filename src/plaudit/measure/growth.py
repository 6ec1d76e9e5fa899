"""The table growth: what counters of accounts gained by day and by week, each with its interval.

A counter that is told in steps of a grain stands for any count from its value to one less
than the next step. Between two readings it is taken to lie between them, so that a week
whose edge was not seen has an interval from the readings on both sides.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from plaudit.measure.levels import Counter, Level

__all__ = ["Span", "growth"]

Row = dict[str, Any]


@dataclass(frozen=True)
class Span:
    """A day or a week: the numbers of its first day and of the first one after it."""

    kind: str
    first: int
    end: int


def growth(known: dict[Counter, list[Level]], days: Sequence[date], weeks: Iterable[Sequence[date]]) -> list[Row]:
    """Give the rows of the table growth.

    Parameters
    ----------
    known : from `levels`
    days : every day that is told of
    weeks : the seven days of each week that lies within them

    Returns
    -------
    Rows, one per counter and day or week that was seen.
        change : last reading minus the one before the span; null where nothing was read before
        least, most : between which the change lies; null where no reading bounds it
        gain : what exceeds the highest reading before the span; a return from a fall gains nothing

    References
    ----------
    docs/spec/growth.md
    """
    starts = [days.index(week[0]) for week in weeks]
    spans = [Span("day", number, number + 1) for number in range(len(days))]
    spans += [Span("week", start, start + 7) for start in starts]
    return [row for counter in known for row in _rows(counter, known[counter], days, spans)]


def _rows(counter: Counter, levels: list[Level], days: Sequence[date], spans: list[Span]) -> Iterator[Row]:
    tops = list(accumulate((level.value for level in levels), max))
    at = [level.day for level in levels]
    for span in spans:
        before, end = bisect_left(at, span.first), bisect_left(at, span.end)
        if end > before:
            yield {
                "artist": levels[end - 1].artist,
                "platform": counter.platform,
                "account": counter.account,
                "metric": counter.metric,
                "span": span.kind,
                "starts_on": days[span.first].isoformat(),
                **_told(levels, tops, before, end, span),
            }


def _told(levels: list[Level], tops: list[int], before: int, end: int, span: Span) -> Row:
    """Tell of the levels from `before` to `end`, those of a span."""
    last = levels[end - 1]
    base = levels[before - 1] if before else levels[0] if end > 1 else None
    row: Row = {
        "days_known": end - before,
        "days": last.day - base.day if base else 0,
        "value": last.value,
        "read_at": last.read_at,
        "grain": last.grain,
        "rises_only": any(level.rises_only for level in levels[before:end]),
        **dict.fromkeys(("change", "least", "most", "gain")),
        "fell": False,
        "recovered": False,
    }
    if base is None:
        return row
    top = tops[before - 1] if before else base.value
    change = last.value - base.value
    gain = max(max(level.value for level in levels[before:end]) - top, 0)
    flags = {"fell": any(_fell(levels, at) for at in range(before, end)), "recovered": change > gain}
    least, most = _interval(levels, before, end, span)
    return row | {"change": change, "least": least, "most": most, "gain": gain, **flags}


def _fell(levels: list[Level], at: int) -> bool:
    return at > 0 and levels[at].value < levels[at - 1].value


def _interval(levels: list[Level], before: int, end: int, span: Span) -> tuple[int | None, int | None]:
    """Give the least and the most that was added within the span.

    A day's change is from reading to reading. A week's is from the close of the day before
    it to the close of its last day; a close that was not seen lies between its neighbours.
    """
    if span.kind == "day":
        start, stop = [levels[before - 1]], [levels[end - 1]]
    else:
        start, stop = _around(levels, before, span.first - 1), _around(levels, end, span.end - 1)
    if not start or not stop:
        return None, None
    least = min(map(_low, stop)) - max(map(_high, start))
    most = max(map(_high, stop)) - min(map(_low, start))
    return least, most


def _around(levels: list[Level], after: int, day: int) -> list[Level]:
    """Give the level of a day, or the two that it lies between; nothing where one of them was not read."""
    if after and levels[after - 1].day == day:
        return [levels[after - 1]]
    return levels[after - 1 : after + 1] if 0 < after < len(levels) else []


def _low(level: Level) -> int:
    return level.value


def _high(level: Level) -> int:
    return level.value + max(level.grain - 1, 0)
