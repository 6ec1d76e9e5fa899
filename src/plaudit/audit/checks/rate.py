"""Check rate: votes come no faster than they can be taken, and not for several nominees on one cue."""

# ruff: noqa: S608 - the query is a text for readers; nothing here runs it
from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ibis import _

from plaudit.audit.checks.counted import MINUTE
from plaudit.audit.checks.judged import Judged, Verdict, finding, not_checked
from plaudit.audit.checks.jumps import FOLD, HOUR, JUMPS, NOMINEES_LEAST, VOTES_LEAST, jump_together, jumps
from plaudit.audit.checks.sql import BALLOTS, pairs, word
from plaudit.base.weeks import instant_text
from plaudit.rulebook.windows import multiplied_spans, periods
from plaudit.words.sentence import Sentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from plaudit.audit.checks.counted import Counted
    from plaudit.rulebook.counting_rule import Channel
    from plaudit.rulebook.windows import Span

__all__ = ["CHECK", "INTAKE", "PLATFORM", "SENTENCES", "Limit", "check", "rate"]

CHECK: Final = "rate"
Limit = tuple[int, str]
"""The most in a second, and whose figure that is."""

INTAKE: Final[Limit] = (20_000, "what the intake takes on two cores, docs/reference/benchmarks.md")
PLATFORM: Final[Limit] = (143_199, "the most posts that Twitter named, on 3 August 2013")
_BUSIEST: Final = Sentence("rate.busiest", "%(ballots)s in the busiest minute")
_INTAKE_TAKES: Final = Sentence(
    "rate.intake-takes",
    "at most %(ballots)s, which is what the intake takes on two cores (docs/reference/benchmarks.md)",
)
_PLATFORM_NAMED: Final = Sentence(
    "rate.platform-named", "at most %(ballots)s: the most posts that Twitter named, on 3 August 2013"
)
_AT_MOST: Final = Sentence("rate.at-most", "at most %(ballots)s: %(whose)s")
_ELSEWHERE: Final = Sentence("rate.elsewhere", "somebody else counted; no ballot has a time")
_NO_BALLOTS: Final = Sentence("rate.no-ballots", "no ballots")
SENTENCES: Final = (
    _BUSIEST,
    _INTAKE_TAKES,
    _PLATFORM_NAMED,
    _AT_MOST,
    _ELSEWHERE,
    _NO_BALLOTS,
    *JUMPS,
)


def rate(busiest_minute: int, limit: Limit) -> Judged:
    """Say whether the busiest minute could be taken at all.

    Examples
    --------
    The first hour of the BBMA of 2018 had more than 5 million posts, 1,389 a second:

    >>> rate(5_000_000 // 60, PLATFORM).verdict
    'passes'
    >>> rate(600_000, INTAKE).said_found
    '600,000 in the busiest minute'
    """
    per_second, whose = limit
    verdict: Verdict = "passes" if busiest_minute <= 60 * per_second else "alarm"
    most = {INTAKE: _INTAKE_TAKES, PLATFORM: _PLATFORM_NAMED}.get(limit)
    ballots = 60 * per_second
    expected = most(ballots=ballots) if most else _AT_MOST(ballots=ballots, whose=whose)
    return Judged(verdict, _BUSIEST(ballots=busiest_minute), expected)


def check(counted: Counted) -> Iterator[dict[str, str]]:
    """Give one finding per channel, and one on nominees that jump together."""
    by_channel = counted.minutes.group_by("channel", "minute").agg(ballots=_.ballots.sum().cast("int64"))
    most = by_channel.group_by("channel").agg(ballots=_.ballots.max())
    busiest = {row["channel"]: row["ballots"] for row in counted.to_rows(most)}
    for channel in counted.rule.channel:
        if channel.counts == "totals":
            judged = not_checked(_ELSEWHERE())
        elif channel.id not in busiest:
            judged = not_checked(_NO_BALLOTS())
        else:
            judged = rate(busiest[channel.id], _limit(channel))
        yield finding(CHECK, channel.id, judged, _query(channel.id))
    if counted.channels:
        spans = [(window.opens_at // MINUTE, window.closes_at // MINUTE) for window in counted.windows]
        cues = _cues(counted)
        yield finding(CHECK, "nominees together", _together(counted, spans, cues), _query_together(spans, cues))


def _limit(channel: Channel) -> Limit:
    """Give the platform's figure for posts, the intake's for votes on a site."""
    gestures = channel.gestures
    return PLATFORM if "counts" in {gestures.post, gestures.repost, gestures.quote} else INTAKE


def _together(counted: Counted, spans: Sequence[Span], cues: Sequence[int]) -> Judged:
    found: dict[str, set[str]] = {}
    for row in counted.to_rows(jumps(counted.minutes, spans)):
        if not any(row["minute"] - HOUR < cue <= row["minute"] for cue in cues):
            found.setdefault(instant_text(row["minute"] * MINUTE), set()).add(row["nominee"])
    return jump_together(found)


def _cues(counted: Counted) -> list[int]:
    """Give the minutes at which the rule itself calls everybody: openings, new allowances, hours that multiply."""
    cues = {window.opens_at for window in counted.windows}
    cues |= {edge for _multiplier, span in multiplied_spans(counted.rule, counted.windows) for edge in span}
    for channel in counted.channels:
        if channel.cap is not None:
            cues |= {starts for starts, _end in periods(channel.cap, counted.rule, counted.windows_of(channel.id))}
    return sorted({cue // MINUTE for cue in cues})


def _query(channel: str) -> str:
    return (
        f"SELECT count(*) AS ballots FROM {BALLOTS} WHERE channel = {word(channel)} "
        f"GROUP BY cast_at // {MINUTE} ORDER BY ballots DESC LIMIT 1"
    )


def _query_together(spans: Sequence[Span], cues: Sequence[int]) -> str:
    return (
        f"WITH spans(opens, closes) AS (VALUES {pairs(spans)}), cues AS (SELECT unnest({list(cues)}) AS cue), "
        f"each AS (SELECT nominee, cast_at // {MINUTE} AS minute, sum(votes) AS votes FROM {BALLOTS} GROUP BY ALL), "
        "hours AS (SELECT *, sum(votes) OVER (PARTITION BY nominee ORDER BY minute "
        f"RANGE BETWEEN {HOUR} PRECEDING AND CURRENT ROW) - votes AS before FROM each) "
        "SELECT minute, list(nominee ORDER BY nominee) AS nominees FROM hours "
        f"WHERE votes >= {VOTES_LEAST} AND votes * {HOUR} >= {FOLD} * before "
        f"AND EXISTS (FROM spans WHERE minute >= opens + {HOUR} AND minute < closes) "
        f"AND NOT EXISTS (FROM cues WHERE minute - {HOUR} < cue AND cue <= minute) "
        f"GROUP BY minute HAVING count(*) >= {NOMINEES_LEAST} ORDER BY minute"
    )
