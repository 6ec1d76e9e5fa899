"""Check gaps: no stretch of an open window is empty that should not be."""

# ruff: noqa: S608 - the query is a text for readers; nothing here runs it
from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from datetime import timedelta
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from ibis import _

from plaudit.audit.checks.counted import MINUTE
from plaudit.audit.checks.judged import Judged, Verdict, finding, not_checked, some
from plaudit.audit.checks.sql import BALLOTS, pairs, word
from plaudit.base.weeks import instant_text, local_midnights
from plaudit.words.counted import ballots, minutes
from plaudit.words.sentence import Sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from plaudit.audit.checks.counted import Counted
    from plaudit.rulebook.sources import Source
    from plaudit.rulebook.windows import Span
    from plaudit.words.message import Message

__all__ = ["CHECK", "SENTENCES", "EmptyRun", "check", "empty_runs", "gaps"]

CHECK: Final = "gaps"
_HOUR: Final = 60
_DAY: Final = 24 * _HOUR
_MISSING_LEAST: Final = 60
_DAYS_LEAST: Final = 3
_EMPTY: Final = Sentence("gaps.empty", "no ballots from %(first)s to %(end)s, when about %(missing)s were due")
_DECLARED: Final = Sentence(
    "gaps.declared",
    "no ballots from %(first)s to %(end)s, when about %(missing)s were due, in a gap that the source declares",
)
_FULL: Final = Sentence(
    "gaps.full", "%(ballots)s in %(minutes)s, with no such stretch", ballots=ballots, minutes=minutes
)
_EXPECTED: Final = Sentence(
    "gaps.expected", "no empty stretch in which at least %(missing)s ballots were due, except declared ones"
)
_NO_BALLOTS: Final = Sentence("gaps.no-ballots", "no ballots")
SENTENCES: Final = (_DECLARED, _EMPTY, _FULL, _EXPECTED, _NO_BALLOTS)


class _Timed:
    """Ballots by minute, quick to sum between any two."""

    def __init__(self, minutes: Mapping[int, int]) -> None:
        self._minutes = sorted(minutes)
        self._sums = [0, *accumulate(minutes[minute] for minute in self._minutes)]

    def minutes_within(self, first: int, end: int) -> list[int]:
        """Give the minutes with ballots."""
        return self._minutes[bisect_left(self._minutes, first) : bisect_left(self._minutes, end)]

    def held(self, first: int, end: int) -> int:
        """Give the ballots."""
        return self._sums[bisect_left(self._minutes, end)] - self._sums[bisect_left(self._minutes, first)]

    def due(self, first: int, end: int, span: Span) -> int:
        """Give what a stretch should have held by the hours beside it."""
        before, after = (max(span[0], first - _HOUR), first), (end, min(span[1], end + _HOUR))
        neighbours = [
            self.held(*hour) * (end - first) // (hour[1] - hour[0]) for hour in (before, after) if hour[0] < hour[1]
        ]
        return min(neighbours, default=0)

    def judged(self, first: int, end: int, span: Span, spans: Sequence[Span]) -> EmptyRun:
        """Give the stretch with what it should have held by its hours and by the other days."""
        lengths = max(closes for _opens, closes in spans) - min(opens for opens, _closes in spans)
        shifts = [day * _DAY for day in range(-(lengths // _DAY) - 1, lengths // _DAY + 2) if day]
        others = sorted(
            self.held(first + shift, end + shift)
            for shift in shifts
            if any(opens <= first + shift and end + shift <= closes for opens, closes in spans)
        )
        due = self.due(first, end, span)
        if len(others) >= _DAYS_LEAST:
            due = min(due, others[(len(others) - 1) // 2])
        return EmptyRun(first, end, due, len(others))


@dataclass(frozen=True)
class EmptyRun:
    """Minutes without a ballot, half-open, and the ballots that they would have held.

    days : other days of the vote that say so too.
    """

    first: int
    end: int
    missing: int
    days: int


def empty_runs(minutes: Mapping[int, int], spans: Sequence[Span]) -> list[EmptyRun]:
    """Give the empty stretches that should have held 60 ballots or more.

    What a stretch should have held is the least of: as many a minute as the hour
    before it had, as many as the hour after it had, and, where the vote has three
    other days or more, the middle one of what these days had at the same time. So
    a night is no gap.

    Parameters
    ----------
    minutes : ballots by minute
    spans : when the vote was open, in minutes, half-open, apart from each other

    Examples
    --------
    >>> minutes = {minute: 2 for minute in range(600) if not 300 <= minute < 330}
    >>> empty_runs(minutes, [(0, 600)])
    [EmptyRun(first=300, end=330, missing=60, days=0)]
    """
    timed = _Timed(minutes)
    found = []
    for opens, closes in spans:
        inside = timed.minutes_within(opens, closes)
        for before, after in zip([opens - 1, *inside], [*inside, closes], strict=True):
            if before + 1 < after and timed.due(before + 1, after, (opens, closes)) >= _MISSING_LEAST:
                run = timed.judged(before + 1, after, (opens, closes), spans)
                found += [run] if run.missing >= _MISSING_LEAST else []
    return found


def gaps(minutes: Mapping[int, int], spans: Sequence[Span], declared: Sequence[Span] = ()) -> Judged:
    """Say whether a source lacks ballots that it should have.

    Parameters
    ----------
    minutes, spans : as `empty_runs` takes them, in minutes since 1970
    declared : stretches that the source says it did not see, in minutes
    """
    total = sum(minutes.values())
    known: list[EmptyRun] = []
    unknown: list[EmptyRun] = []
    for run in empty_runs(minutes, spans):
        (known if any(first <= run.first and run.end <= end for first, end in declared) else unknown).append(run)
    heavy = [run for run in unknown if run.missing * 1000 >= total and run.days >= _DAYS_LEAST]
    texts = [_told(run, _EMPTY) for run in sorted(unknown, key=lambda run: (-run.missing, run.first))]
    texts += [_told(run, _DECLARED) for run in known]
    found = some(texts) if texts else _FULL(ballots=total, minutes=len(minutes))
    verdict: Verdict = "fails" if heavy else "alarm" if unknown else "passes"
    return Judged(verdict, found, _EXPECTED(missing=_MISSING_LEAST))


def _told(run: EmptyRun, sentence: Sentence) -> Message:
    return sentence(first=instant_text(run.first * MINUTE), end=instant_text(run.end * MINUTE), missing=run.missing)


def check(counted: Counted) -> Iterator[dict[str, str]]:
    """Give one finding per source of ballots."""
    channels: dict[str, set[str]] = {}
    for row in counted.to_rows(counted.minutes.select("source", "channel").distinct()):
        channels.setdefault(row["source"], set()).add(row["channel"])
    sources = {source.id: source for source in counted.sources if source.kind == "ballots"}
    for source in sorted({*channels, *sources}):
        open_for = channels.get(source, {channel.id for channel in counted.channels})
        spans = _joined(
            (window.opens_at // MINUTE, window.closes_at // MINUTE)
            for window in counted.windows
            if any(window.takes(channel) for channel in open_for)
        )
        of_source = counted.minutes.filter(_.source == source)
        rows = counted.to_rows(of_source.group_by("minute").agg(ballots=_.ballots.sum().cast("int64")))
        minutes = {row["minute"]: row["ballots"] for row in rows}
        if not minutes:
            judged = not_checked(_NO_BALLOTS())
        else:
            judged = gaps(minutes, spans, _declared(sources[source]) if source in sources else ())
        yield finding(CHECK, source, judged, _query(source, spans))


def _joined(spans: Iterable[Span]) -> list[Span]:
    """Give spans apart from each other, in order, for some that may overlap."""
    joined: list[Span] = []
    for first, end in sorted(spans):
        if joined and first <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((first, end))
    return joined


def _declared(source: Source) -> list[Span]:
    """Give the stretches that a source says it did not see: its gaps, and all beyond its first and last day."""
    coverage = source.coverage
    days = [(gap.first_on, gap.last_on) for gap in coverage.gaps if not gap.account]
    gaps_of = [_minutes_of(first, last, source.zone) for first, last in days]
    starts, ends = _minutes_of(coverage.first_on, coverage.last_on, source.zone)
    return _joined([(0, starts), *gaps_of, (ends, 2**62)])


def _minutes_of(first: date, last: date, zone: str) -> Span:
    midnights = local_midnights(first, last + timedelta(days=1), zone)
    return midnights[0] // MINUTE, midnights[-1] // MINUTE


def _query(source: str, spans: Sequence[Span]) -> str:
    edges = [edge for opens, closes in spans for edge in (opens - 1, closes)]
    seen = f"SELECT cast_at // {MINUTE} AS minute FROM {BALLOTS} WHERE source = {word(source)}"
    edge_rows = "".join(f" UNION SELECT {edge}" for edge in edges)
    return (
        f"WITH spans(opens, closes) AS (VALUES {pairs(spans)}), seen AS ({seen}{edge_rows}), "
        "runs AS (SELECT minute + 1 AS first_minute, lead(minute) OVER (ORDER BY minute) AS end_minute FROM seen) "
        "SELECT first_minute, end_minute FROM runs JOIN spans ON first_minute >= opens AND end_minute <= closes "
        "WHERE first_minute < end_minute ORDER BY end_minute - first_minute DESC, first_minute"
    )
