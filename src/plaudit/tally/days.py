"""Where each vote went, day by day: before any purge, after it, and by which rule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

import ibis
from ibis import _
from msgspec.structs import replace

from plaudit.base.weeks import EPOCH
from plaudit.rulebook.counting_rule import Cap
from plaudit.rulebook.windows import periods
from plaudit.tally.fates import columns_read
from plaudit.tally.groups import tally_groups
from plaudit.tally.tally import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from plaudit.rulebook.counting_rule import CountingRule
    from plaudit.rulebook.windows import VotingWindow

__all__ = ["AFTER", "BEFORE", "Days", "days"]

BEFORE: Final = "before"
AFTER: Final = "after"
"""The count as if no rule had purged, and the one that counts."""

_VOTES: Final = tuple(f"votes_{column}" for column in ("cast", *COLUMNS))


@dataclass(frozen=True)
class Days:
    """Rows of the tables days and purged."""

    days: list[dict[str, Any]]
    purged: list[dict[str, Any]]


def days(
    ballots: ibis.Table,
    rulings: ibis.Table,
    nominees: Iterable[str],
    counting: CountingRule,
    windows: Sequence[VotingWindow],
    *,
    materialize: Callable[[ibis.Table], ibis.Table],
) -> Days:
    """Give the votes of each nominee, channel and voting day, by column, before any purge and after it.

    Totals that somebody else counted have no days and are not here. A day is the
    rule's voting day by its local date; or it is before or after the vote.
    """
    nominees = list(nominees)
    read, counted_by = _told_apart(ballots.select(columns_read(counting)), counting)
    number, labels = _numbered(read.cast_at, counting, windows)
    dated = read.mutate(group=number)

    def counted(ruled: ibis.Table) -> list[tuple[int, dict[str, Any]]]:
        return list(tally_groups(dated, ruled, nominees, counted_by, windows, materialize=materialize))

    after = counted(rulings)
    before = counted(rulings.limit(0)) if any(total["votes_set_aside"] for _day, total in after) else after
    found = [
        {key: total[key] for key in ("nominee", "channel", *_VOTES)} | {"number": day, "day": labels[day], "way": way}
        for way, totals in ((BEFORE, before), (AFTER, after))
        for day, total in totals
    ]
    ruled = dated.inner_join(rulings.select("ballot", "rule", "outcome"), "ballot")
    sums = ruled.group_by("nominee", "channel", "rule", "outcome", number="group")
    purged = sums.agg(ballots=_.count(), votes=_.votes.sum()).to_pyarrow().to_pylist()
    return Days(found, [{**row, "day": labels[row["number"]]} for row in purged])


def _numbered(instant: Any, counting: CountingRule, windows: Sequence[VotingWindow]) -> tuple[Any, list[str]]:
    """Give the number of an instant's day, and what every number is called."""
    spans = periods(Cap(1, "day"), counting, windows)
    zone = ZoneInfo(counting.day.zone)
    named = [(EPOCH + timedelta(microseconds=start)).astimezone(zone).date().isoformat() for start, _end in spans]
    # days follow one another, so the edges that an instant has passed number its day
    edges = [*(start for start, _end in spans), *(end for _start, end in spans[-1:])]
    number = sum((ibis.ifelse(instant >= edge, 1, 0) for edge in edges), ibis.literal(0))
    return number.cast("int64"), ["before the vote", *named, "after the vote"]


def _told_apart(ballots: ibis.Table, counting: CountingRule) -> tuple[ibis.Table, CountingRule]:
    """Make a voter with an allowance for each nominee as many voters as nominees.

    Days are counted as groups, whose nominees are others in each; so that a cap for
    each nominee does not start anew every day, it is made a cap for each voter and nominee.
    """
    scoped = [channel.id for channel in counting.channel if channel.cap and channel.cap.scope == "nominee"]
    if not scoped:
        return ballots, counting
    # distinct within a channel is enough: a cap is a channel's own
    pair = ibis.dense_rank().over(order_by=[ballots.voter, ballots.nominee]).cast("int64")
    channels = tuple(
        replace(one, cap=replace(one.cap, scope="award")) if one.cap and one.id in scoped else one
        for one in counting.channel
    )
    apart = ballots.mutate(voter=ibis.ifelse(ballots.channel.isin(scoped), pair, ballots.voter))
    return apart, replace(counting, channel=channels)
