"""Check voters-fit: a channel's votes need voters, as many as the cap says."""

# ruff: noqa: S608 - the query is a text for readers; nothing here runs it
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import ibis
from ibis import _

from plaudit.audit.checks.judged import Judged, Verdict, finding, not_checked
from plaudit.audit.checks.sql import BALLOTS, TOTALS, pairs, word
from plaudit.base.weeks import instant_text
from plaudit.rulebook.windows import periods
from plaudit.words.counted import voters, votes
from plaudit.words.sentence import Sentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from plaudit.audit.checks.counted import Counted
    from plaudit.rulebook.counting_rule import Cap, Channel
    from plaudit.rulebook.windows import Span

__all__ = ["CHECK", "SENTENCES", "check", "voters_fit", "voters_needed", "votes_by_period"]

CHECK: Final = "voters-fit"
_NEEDED: Final = Sentence("voters-fit.needed", "at least %(voters)s, if each cast %(cap)s votes", voters=voters)
_NOBODY_KNOWS: Final = Sentence(
    "voters-fit.nobody-knows", "%(votes)s, but nobody knows from how many voters", votes=votes
)
_VOTERS: Final = Sentence("voters-fit.voters", "%(votes)s of %(voters)s", votes=votes, voters=voters)
_NO_CAP: Final = Sentence("voters-fit.no-cap", "%(votes)s without a cap", votes=votes)
_NO_WINDOW: Final = Sentence("voters-fit.no-window", "no window")
_COUNTED: Final = Sentence("voters-fit.counted", "counted: %(votes)s", votes=votes)
_BUSIEST: Final = {
    "day": Sentence(
        "voters-fit.busiest-day",
        "on the busiest day, from %(since)s, %(voters)s cast %(votes)s",
        voters=voters,
        votes=votes,
    ),
    "window": Sentence(
        "voters-fit.busiest-window",
        "in the busiest window, from %(since)s, %(voters)s cast %(votes)s",
        voters=voters,
        votes=votes,
    ),
    "vote": Sentence("voters-fit.whole-vote", "from %(since)s, %(voters)s cast %(votes)s", voters=voters, votes=votes),
}
_WITHIN: Final = {
    ("award", "day"): Sentence(
        "voters-fit.within-day", "at most %(allowed)s, which is what voters cast within the cap of %(cap)s a day"
    ),
    ("award", "window"): Sentence(
        "voters-fit.within-window", "at most %(allowed)s, which is what voters cast within the cap of %(cap)s a window"
    ),
    ("award", "vote"): Sentence(
        "voters-fit.within-vote", "at most %(allowed)s, which is what voters cast within the cap of %(cap)s in all"
    ),
    ("nominee", "day"): Sentence(
        "voters-fit.within-day-each",
        "at most %(allowed)s, which is what voters cast within the cap of %(cap)s a day for each nominee",
    ),
    ("nominee", "window"): Sentence(
        "voters-fit.within-window-each",
        "at most %(allowed)s, which is what voters cast within the cap of %(cap)s a window for each nominee",
    ),
    ("nominee", "vote"): Sentence(
        "voters-fit.within-vote-each",
        "at most %(allowed)s, which is what voters cast within the cap of %(cap)s for each nominee in all",
    ),
}
SENTENCES: Final = (
    _NEEDED,
    _NOBODY_KNOWS,
    _VOTERS,
    _NO_CAP,
    _NO_WINDOW,
    _COUNTED,
    *_BUSIEST.values(),
    *_WITHIN.values(),
)


def voters_needed(votes: int, cap: int) -> int:
    """Give the least number of voters who can cast so many votes in one period of the cap.

    Examples
    --------
    The hashtags of the BBMA of 2018 in one day, at a hundred for each account:

    >>> voters_needed(51_720_000, 100)
    517200

    300 million in the 21 days of 2017, in both channels to the last vote:

    >>> voters_needed(300_000_000, 2 * 100 * 21)
    71429
    """
    return -(-votes // cap)


def voters_fit(votes: int, cap: int, voters: int | None = None) -> Judged:
    """Say whether so many voters can have cast so many votes under the cap.

    Examples
    --------
    >>> voters_fit(51_720_000, 100).verdict
    'not checked'
    >>> voters_fit(51_720_000, 100, voters=500_000).verdict
    'fails'
    """
    expected = _NEEDED(voters=voters_needed(votes, cap), cap=cap)
    if voters is None:
        return not_checked(_NOBODY_KNOWS(votes=votes), expected)
    verdict: Verdict = "passes" if voters_needed(votes, cap) <= voters else "fails"
    return Judged(verdict, _VOTERS(votes=votes, voters=voters), expected)


def votes_by_period(ballots: ibis.Table, channel: str, cap: Cap, spans: Sequence[Span]) -> ibis.Table:
    """Give what the voters of a channel cast in each period of its cap.

    Returns
    -------
    starts_at, voters, votes, and within_cap: the most of these votes that may count,
    whatever else is wrong with the ballots. One row a period with any ballot.
    """
    inside = [(ballots.cast_at >= starts) & (ballots.cast_at < ends) for starts, ends in spans]
    cases = [(test, ibis.literal(starts, "int64")) for test, (starts, _ends) in zip(inside, spans, strict=True)]
    dated = ballots.filter(ballots.channel == channel).mutate(starts_at=ibis.cases(*cases, else_=None))
    by_nominee = ["nominee"] if cap.scope == "nominee" else []
    each = dated.filter(_.starts_at.notnull()).group_by("starts_at", "voter", *by_nominee).agg(votes=_.votes.sum())
    if by_nominee:
        capped = each.mutate(within_cap=ibis.least(each.votes, cap.votes))
        each = capped.group_by("starts_at", "voter").agg(votes=_.votes.sum(), within_cap=_.within_cap.sum())
    else:
        each = each.mutate(within_cap=ibis.least(each.votes, cap.votes))
    summed = each.group_by("starts_at").agg(
        voters=_.count(), votes=_.votes.sum().cast("int64"), within_cap=_.within_cap.sum().cast("int64")
    )
    return summed.order_by("starts_at")


def check(counted: Counted) -> Iterator[dict[str, str]]:
    """Give one finding per channel."""
    for channel in counted.rule.channel:
        votes = sum(counted.votes_of(channel.id).values())
        spans = periods(channel.cap, counted.rule, counted.windows_of(channel.id)) if channel.cap else []
        query = f"SELECT sum(votes_counted)::BIGINT AS votes FROM {TOTALS} WHERE channel = {word(channel.id)}"
        if channel.cap is None:
            judged = not_checked(_NO_CAP(votes=votes))
        elif not spans:
            judged = not_checked(_NO_WINDOW())
        elif channel.counts == "totals":
            judged = voters_fit(votes, channel.cap.votes * len(spans) * _scopes(channel.cap, counted))
        else:
            rows = counted.to_rows(votes_by_period(counted.ballots, channel.id, channel.cap, spans))
            judged, query = _judged(votes, channel.cap, rows), _query(channel, spans)
        yield finding(CHECK, channel.id, judged, query)


def _scopes(cap: Cap, counted: Counted) -> int:
    return len(counted.nominees) if cap.scope == "nominee" else 1


def _judged(votes: int, cap: Cap, rows: Sequence[dict[str, Any]]) -> Judged:
    allowed = sum(row["within_cap"] for row in rows)
    found = [_COUNTED(votes=votes)]
    if rows:
        busiest = max(rows, key=lambda row: (row["votes"], -row["starts_at"]))
        since = instant_text(busiest["starts_at"])
        found.append(_BUSIEST[cap.per](since=since, voters=busiest["voters"], votes=busiest["votes"]))
    expected = _WITHIN[cap.scope, cap.per](allowed=allowed, cap=cap.votes)
    return Judged("passes" if votes <= allowed else "fails", tuple(found), expected)


def _query(channel: Channel, spans: Sequence[Span]) -> str:
    assert channel.cap is not None
    key = "starts_at, voter" + (", nominee" if channel.cap.scope == "nominee" else "")
    return (
        f"WITH periods(starts_at, ends_at) AS (VALUES {pairs(spans)}), "
        f"each AS (SELECT {key}, sum(votes) AS votes FROM {BALLOTS} "
        "JOIN periods ON cast_at >= starts_at AND cast_at < ends_at "
        f"WHERE channel = {word(channel.id)} GROUP BY {key}) "
        "SELECT starts_at::BIGINT AS starts_at, count(DISTINCT voter) AS voters, sum(votes)::BIGINT AS votes, "
        f"sum(least(votes, {channel.cap.votes}))::BIGINT AS within_cap FROM each GROUP BY starts_at ORDER BY starts_at"
    )
