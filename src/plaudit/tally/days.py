"""Where each vote went, day by day: before the purge, after it, and by which rule."""

from __future__ import annotations

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
from plaudit.tally.tally import tally

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from plaudit.rulebook.counting_rule import CountingRule
    from plaudit.rulebook.windows import VotingWindow

__all__ = ["COLUMNS", "days"]

COLUMNS: Final = ("outside_window", "void", "over_cap", "set_aside", "counted")
_BEFORE, _AFTER = "before the vote", "after the vote"


def days(
    ballots: ibis.Table,
    rulings: ibis.Table,
    nominees: Iterable[str],
    counting: CountingRule,
    windows: Sequence[VotingWindow],
    *,
    kept: Callable[[ibis.Table], ibis.Table],
) -> list[dict[str, Any]]:
    """Give the votes of each nominee, channel and voting day, by column, before the purge and after it.

    Totals that somebody else counted have no days and are not here.

    Returns
    -------
    One dict per nominee, channel and day, in that order.
        day : the rule's voting day by its local date; or that it is before or after the vote
        cast : votes cast
        before, after : votes by each of `COLUMNS`; each adds up to cast
        purged : votes by purge rule; they add up to set_aside after the purge
    """
    read, counted_by = _told_apart(ballots.select(columns_read(counting)), counting)
    starts = [start for start, _end in periods(Cap(1, "day"), counting, windows)]
    ends = [end for _start, end in periods(Cap(1, "day"), counting, windows)]
    zone = ZoneInfo(counting.day.zone)
    labels = [
        _BEFORE,
        *((EPOCH + timedelta(microseconds=start)).astimezone(zone).date().isoformat() for start in starts),
    ]
    labels.append(_AFTER)
    # days follow one another, so the edges that an instant has passed number its day
    edges = [ibis.ifelse(read.cast_at >= edge, 1, 0) for edge in [*starts, *ends[-1:]]]
    dated = read.mutate(day=sum(edges, ibis.literal(0)))
    named = dated.mutate(nominee=dated.day.cast("string") + ":" + dated.nominee).drop("day")
    names = [f"{number}:{nominee}" for number in range(len(labels)) for nominee in nominees]
    none = ballots.limit(0).select("channel", "nominee", "votes", observed_at="cast_at")
    ours = replace(counted_by, channel=tuple(one for one in counted_by.channel if one.counts == "ballots"))
    ways = {"before": rulings.limit(0), "after": rulings}
    rows: dict[tuple[str, str, int], dict[str, Any]] = {}
    for way, ruled in ways.items():
        for total in tally(named, none, ruled, names, ours, windows, kept=kept).totals:
            number, nominee = total["nominee"].split(":", 1)
            row = rows.setdefault((nominee, total["channel"], int(number)), {"cast": total["votes_cast"]})
            row[way] = {column: total[f"votes_{column}"] for column in COLUMNS}
    ruled = dated.inner_join(rulings.filter(rulings.outcome == "set aside").select("ballot", "rule"), "ballot")
    for one in ruled.group_by("nominee", "channel", "day", "rule").agg(votes=_.votes.sum()).to_pyarrow().to_pylist():
        row = rows[one["nominee"], one["channel"], one["day"]]
        row["purged"] = {**row.get("purged", {}), one["rule"]: one["votes"]}
    return [
        {
            "nominee": nominee,
            "channel": channel,
            "day": labels[number],
            **row,
            "purged": dict(sorted(row.get("purged", {}).items())),
        }
        for (nominee, channel, number), row in sorted(rows.items())
    ]


def _told_apart(ballots: ibis.Table, counting: CountingRule) -> tuple[ibis.Table, CountingRule]:
    """Make a voter with an allowance for each nominee as many voters as nominees.

    The days are told apart by the nominee's name; so that a cap for each nominee
    does not start anew every day, it is made a cap for each voter and nominee.
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
