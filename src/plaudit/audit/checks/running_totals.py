"""Check running-totals: what somebody else counted only grows, and is as fresh for one nominee as for another."""

# ruff: noqa: S608 - the query is a text for readers; nothing here runs it
from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from plaudit.audit.checks.judged import Judged, finding, not_checked, some
from plaudit.audit.checks.sql import SOURCE_TOTALS, word
from plaudit.base.weeks import instant_text
from plaudit.words.counted import nominees, readings
from plaudit.words.sentence import Sentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from plaudit.audit.checks.counted import Counted
    from plaudit.words.message import Message

__all__ = ["CHECK", "SENTENCES", "Fault", "check", "running_faults", "running_totals"]

CHECK: Final = "running-totals"
_DUE_LEAST: Final = 60
_NEVER: Final = 2**63
_TOLD: Final = {
    "falls": Sentence("running-totals.falls", "%(nominee)s falls from %(before)s at %(first)s to %(after)s at %(end)s"),
    "stale": Sentence(
        "running-totals.stale",
        "%(nominee)s was last read at %(first)s, with %(before)s, while others were read until %(end)s",
    ),
    "stands": Sentence(
        "running-totals.stands",
        "%(nominee)s stands at %(before)s from %(first)s to %(end)s, although about %(after)s more were due",
    ),
    "missing": Sentence(
        "running-totals.missing",
        "%(nominee)s has %(before)s at %(first)s, then %(after)s at %(end)s, but others were read in between",
    ),
}
_GROWS: Final = Sentence(
    "running-totals.grows", "%(readings)s of %(nominees)s, with no such total", readings=readings, nominees=nominees
)
_EXPECTED: Final = Sentence(
    "running-totals.expected", "no total that falls, is older than others, stands still or misses a reading"
)
_ONCE: Final = Sentence("running-totals.once", "no nominee was read twice")
_NONE: Final = Sentence("running-totals.none", "no totals that somebody else counted")
SENTENCES: Final = (*_TOLD.values(), _GROWS, _EXPECTED, _ONCE, _NONE)

_Rows = dict[str, list[tuple[int, int]]]


@dataclass(frozen=True)
class Fault:
    """What is wrong with one nominee's running total.

    kind : `falls`, `stale`, `stands` or `missing`
    first, before : the instant of a reading, and its number
    end, after : those of the next reading; of `stale`, the channel's last instant and
        0; of `stands`, the nominee's last instant and how many votes more were due
    """

    kind: str
    nominee: str
    first: int
    before: int
    end: int
    after: int

    @property
    def place(self) -> tuple[int, int, int, str]:
        """Where it stands among others: by kind, the worst first."""
        weight = {"falls": self.before - self.after, "stands": self.after}.get(self.kind, self.end - self.first)
        return list(_TOLD).index(self.kind), -weight, self.first, self.nominee

    def told(self) -> Message:
        """Say it."""
        first, end = instant_text(self.first), instant_text(self.end)
        return _TOLD[self.kind](nominee=self.nominee, before=self.before, first=first, end=end, after=self.after)


def running_faults(readings: Mapping[str, Mapping[int, int]]) -> list[Fault]:
    """Give what is wrong with the running totals of one channel, the worst of each kind first.

    - `falls`: a reading is lower than the one before.
    - `stale`: another nominee was read when this one was read last, or later, and then again.
    - `stands`: the last readings are all the same, though 60 votes or more were due, had it
      grown as the others did that were read at both ends.
    - `missing`: another nominee was read three times from one reading to the next, both included.

    So rounds in which nominees are read one after the other make no fault.

    Parameters
    ----------
    readings : by nominee, the total by the instant at which it was read; of each one or more

    Examples
    --------
    >>> [fault.kind for fault in running_faults({"a": {1: 5, 2: 4, 3: 9}, "b": {1: 7, 3: 8}, "c": {1: 1}})]
    ['falls', 'stale', 'missing']
    """
    rows = {nominee: sorted(of.items()) for nominee, of in readings.items()}
    faults = [*_falls(rows), *_stale(rows), *_standing(rows, readings), *_missing(rows)]
    return sorted(faults, key=lambda fault: fault.place)


def _falls(rows: _Rows) -> Iterator[Fault]:
    for nominee, of in rows.items():
        for before, after in pairwise(of):
            if after[1] < before[1]:
                yield Fault("falls", nominee, *before, *after)


def _stale(rows: _Rows) -> Iterator[Fault]:
    last = max(of[-1][0] for of in rows.values())
    last_but_one = max((of[-2][0] for of in rows.values() if len(of) > 1), default=-_NEVER)
    for nominee, of in rows.items():
        if of[-1][0] <= last_but_one:
            yield Fault("stale", nominee, *of[-1], last, 0)


def _standing(rows: _Rows, readings: Mapping[str, Mapping[int, int]]) -> Iterator[Fault]:
    @cache
    def at_both(first: int, end: int) -> tuple[int, int]:
        there = [of for of in readings.values() if first in of and end in of]
        return sum(of[first] for of in there), sum(of[end] for of in there)

    for nominee, of in rows.items():
        end, votes = of[-1]
        first = max((at for (_at, old), (at, new) in pairwise(of) if old != new), default=of[0][0])
        before, after = (total - votes for total in at_both(first, end))
        if before and votes * (after - before) // before >= _DUE_LEAST:
            yield Fault("stands", nominee, first, votes, end, votes * (after - before) // before)


def _missing(rows: _Rows) -> Iterator[Fault]:
    ends: dict[int, int] = {}
    for of in rows.values():
        for (start, _), (end, _) in zip(of, of[2:], strict=False):
            ends[start] = min(end, ends.get(start, end))
    soonest, end = {}, _NEVER  # the end of the first three readings of anybody that begin at an instant or later
    for start in sorted({at for of in rows.values() for at, _votes in of}, reverse=True):
        soonest[start] = end = min(end, ends.get(start, end))
    for nominee, of in rows.items():
        for before, after in pairwise(of):
            if soonest[before[0]] <= after[0]:
                yield Fault("missing", nominee, *before, *after)


def running_totals(readings: Mapping[str, Mapping[int, int]]) -> Judged:
    """Say whether running totals fall, stand still, are old or miss readings.

    Parameters
    ----------
    readings : as `running_faults` takes them, in microseconds since 1970

    Examples
    --------
    >>> running_totals({"a": {0: 900, 60_000_000: 840}}).said_found
    'a falls from 900 at 1970-01-01T00:00:00Z to 840 at 1970-01-01T00:01:00Z'
    """
    if not readings:
        return not_checked(_NONE())
    if all(len(of) == 1 for of in readings.values()):
        return not_checked(_ONCE())
    faults = running_faults(readings)
    told = [one for kind in _TOLD for one in some(fault.told() for fault in faults if fault.kind == kind)]
    count = sum(len(of) for of in readings.values())
    found = tuple(told) or _GROWS(readings=count, nominees=len(readings))
    return Judged("alarm" if faults else "passes", found, _EXPECTED())


def check(counted: Counted) -> Iterator[dict[str, str]]:
    """Give one finding per channel of running totals, up to the close of the vote, as the tally takes them."""
    closes_at = max((window.closes_at for window in counted.windows), default=0)
    before = counted.source_totals.filter(counted.source_totals.observed_at < closes_at)
    readings: dict[str, dict[str, dict[int, int]]] = {
        channel.id: {} for channel in counted.rule.channel if channel.counts == "totals"
    }
    for row in counted.to_rows(before.select("channel", "nominee", "observed_at", "votes")):
        readings.setdefault(row["channel"], {}).setdefault(row["nominee"], {})[row["observed_at"]] = row["votes"]
    for channel, of in sorted(readings.items()):
        yield finding(CHECK, channel, running_totals(of), _query(channel, closes_at))
    if not readings:
        yield finding(CHECK, "totals", not_checked(_NONE()), f"SELECT count(*) AS files FROM glob({SOURCE_TOTALS})")


def _query(channel: str, closes_at: int) -> str:
    return (
        "WITH steps AS (SELECT nominee, observed_at AS since, votes AS before, lead(observed_at) OVER later AS until, "
        "lead(votes) OVER later AS after, lead(observed_at, 2) OVER later AS third "
        f"FROM {SOURCE_TOTALS} WHERE channel = {word(channel)} AND observed_at < {closes_at} "
        "WINDOW later AS (PARTITION BY nominee ORDER BY observed_at)), "
        "changes AS (SELECT nominee, max(until) AS changed FROM steps WHERE after <> before GROUP BY nominee), "
        "runs AS (SELECT nominee, before, min(since) AS since, max(since) AS until "
        "FROM steps LEFT JOIN changes USING (nominee) WHERE changed IS NULL OR since >= changed GROUP BY ALL), "
        "others AS (SELECT runs.*, sum(low.before) AS low, sum(high.before) AS high FROM runs "
        "JOIN steps AS low ON low.nominee <> runs.nominee AND low.since = runs.since "
        "JOIN steps AS high ON high.nominee = low.nominee AND high.since = runs.until GROUP BY ALL) "
        "SELECT 'falls' AS fault, nominee, since, before, until, after FROM steps WHERE after < before "
        "UNION ALL SELECT 'stale', nominee, since, before, (SELECT max(since) FROM steps), 0 FROM steps "
        "WHERE until IS NULL AND since <= (SELECT max(since) FROM steps WHERE until IS NOT NULL) "
        "UNION ALL SELECT 'stands', nominee, since, before, until, before * (high - low) // low FROM others "
        f"WHERE low > 0 AND before * (high - low) // low >= {_DUE_LEAST} "
        "UNION ALL SELECT 'missing', nominee, since, before, until, after FROM steps WHERE EXISTS "
        "(FROM steps AS other WHERE other.since >= steps.since AND other.third <= steps.until) "
        "ORDER BY fault, nominee, since"
    )
