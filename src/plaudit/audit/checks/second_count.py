"""The same totals counted a second way: every ballot in its column, and a running sum per voter for the cap.

This shares nothing with the tally but the rule. The query that a reader is given
puts the ballots of every voter in order. Here that is done for those who cast more
than the cap in some period, whatever became of the ballots; nobody else can pass it.
"""

from __future__ import annotations

from collections import Counter
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, Final

import ibis
from ibis import _

from plaudit.rulebook.windows import multiplied_spans, periods

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plaudit.audit.checks.counted import Counted
    from plaudit.rulebook.counting_rule import Cap, Channel, CountingRule

__all__ = ["CELLS", "Cells", "second_count"]

Cells = Counter[tuple[str, str, str]]
"""Numbers by nominee, channel and column of the table totals."""

CELLS: Final = (
    *(
        f"{what}_{column}"
        for what in ("ballots", "votes")
        for column in ("cast", "counted", "over_cap", "outside_window", "void", "set_aside")
    ),
    "votes_weighted",
)
_DAY_MICROSECONDS: Final = 86_400_000_000
_ROWS_AT_ONCE: Final = 25_000_000
"""More ballots than this are counted in slices of their voters, so that memory does not grow."""


def second_count(counted: Counted) -> Cells:
    """Give every number of totals, counted anew from ballots, rulings and outside totals."""
    cells: Cells = Counter()
    against = counted.rulings.filter(counted.rulings.outcome == "set aside")
    ruled = counted.materialize(against.select(ruled="ballot").distinct())
    for channel in counted.channels:
        for some in _slices(counted.ballots.filter(counted.ballots.channel == channel.id), counted):
            for row in counted.to_rows(_sums(_fated(some, ruled, channel, counted))):
                _add(cells, row, channel)
            if channel.cap is not None:
                for row in counted.to_rows(_over(some, ruled, channel, channel.cap, counted)):
                    _take_back(cells, row, channel, counted.rule)
    for row in counted.to_rows(_of_no_channel(counted, ruled)):
        column = "set_aside" if row["is_ruled"] else "void"
        for where in ("cast", column):
            cells[row["nominee"], row["channel"], f"ballots_{where}"] += row["ballots"]
            cells[row["nominee"], row["channel"], f"votes_{where}"] += row["votes"]
    summed = {channel.id for channel in counted.rule.channel if channel.counts == "totals"}
    for row in _last_totals(counted):
        is_known = row["channel"] in summed and row["nominee"] in counted.nominees
        for column in ("votes_cast", *(("votes_counted", "votes_weighted") if is_known else ("votes_void",))):
            cells[row["nominee"], row["channel"], column] += row["votes"]
    return +cells


def _add(cells: Cells, row: dict[str, Any], channel: Channel) -> None:
    """Add ballots that share nominee and column, whatever the cap."""
    for column in ("cast", row["column"]):
        _move(cells, row, channel, column, 1)
    if row["column"] == "counted":
        cells[row["nominee"], channel.id, "votes_weighted"] += row["weighted"]


def _take_back(cells: Cells, row: dict[str, Any], channel: Channel, rule: CountingRule) -> None:
    """Move what passes the cap; `keep = "last"` calls it void."""
    _move(cells, row, channel, "counted", -1)
    _move(cells, row, channel, "over_cap" if rule.keep == "first" else "void", 1)
    cells[row["nominee"], channel.id, "votes_weighted"] -= row["weighted"]


def _move(cells: Cells, row: dict[str, Any], channel: Channel, column: str, times: int) -> None:
    for what in ("ballots", "votes"):
        cells[row["nominee"], channel.id, f"{what}_{column}"] += times * row[what]


def _slices(ballots: ibis.Table, counted: Counted) -> Iterator[ibis.Table]:
    expected = counted.to_rows(ballots.agg(ballots=ballots.count()))[0]["ballots"]
    slices = 1 << max(0, -(-expected // _ROWS_AT_ONCE) - 1).bit_length()
    for number in range(slices):
        yield ballots.filter((_.voter & (slices - 1)) == number) if slices > 1 else ballots


def _fated(ballots: ibis.Table, ruled: ibis.Table, channel: Channel, counted: Counted) -> ibis.Table:
    """Give ballots of one channel with the column that they belong to before the cap, and their worth."""
    joined = ballots.left_join(ruled, ballots.ballot == ruled.ruled)
    spans = [(window.opens_at, window.closes_at) for window in counted.windows_of(channel.id)]
    column = ibis.cases(
        (joined.ruled.notnull(), "set_aside"),
        (~_within(joined.cast_at, spans), "outside_window"),
        (_is_void(joined, channel, counted.nominees), "void"),
        else_="counted",
    )
    worth: Any = ibis.literal(1, "int64")
    for multiplier, span in multiplied_spans(counted.rule, counted.windows):
        if not multiplier.channels or channel.id in multiplier.channels:
            worth = ibis.greatest(worth, ibis.ifelse(_within(joined.cast_at, [span]), multiplier.times, 1))
    return joined.select("ballot", "nominee", "votes", "cast_at", "voter", column=column, worth=worth)


def _sums(fated: ibis.Table) -> ibis.Table:
    return fated.group_by("nominee", "column").agg(
        ballots=_.count(),
        votes=_.votes.sum().cast("int64"),
        weighted=(_.votes * _.worth).sum().cast("int64"),
    )


def _over(ballots: ibis.Table, ruled: ibis.Table, channel: Channel, cap: Cap, counted: Counted) -> ibis.Table:
    """Sum by nominee what passes the cap, and the ballots of which no vote is left."""
    rule = counted.rule
    spans = periods(cap, rule, counted.windows_of(channel.id))
    keys = ["voter", "period", *(["nominee"] if cap.scope == "nominee" else [])]
    cast = _dated(ballots, spans).group_by(keys).agg(votes=_.votes.sum())
    beyond = counted.materialize(cast.filter(cast.votes > cap.votes).select("voter").distinct())
    fated = _dated(_fated(ballots.semi_join(beyond, "voter"), ruled, channel, counted), spans)
    used = fated.filter(fated.column == "counted").mutate(votes=_.votes.cast("int64"))
    order = ["cast_at", "ballot"] if rule.keep == "first" else [ibis.desc("cast_at"), ibis.desc("ballot")]
    so_far = used.votes.sum().over(ibis.window(group_by=keys, order_by=order, preceding=None, following=0))
    passed = used.mutate(passed=so_far.cast("int64") - cap.votes)
    torn: Any = ibis.literal(False)  # noqa: FBT003
    if rule.same_instant.then == "none":
        at_once = ibis.window(group_by=[*keys, "cast_at"])
        mixed = passed.nominee.min().over(at_once) != passed.nominee.max().over(at_once)
        mixed |= passed.votes.min().over(at_once) != passed.votes.max().over(at_once)
        passed = passed.mutate(ends=_.passed.max().over(at_once), cast=_.votes.sum().over(at_once), mixed=mixed)
        torn = passed.mixed & (passed.ends > 0) & (passed.ends - passed["cast"] < 0)
    passed = passed.mutate(torn=torn).filter((_.passed > 0) | _.torn)
    part = passed.votes if rule.partial == "refuse" else ibis.least(passed.votes, passed.passed)
    passed = passed.mutate(over=ibis.ifelse(passed.torn, passed.votes, part))
    return passed.group_by("nominee").agg(
        ballots=_.count(where=_.over == _.votes),
        votes=_.over.sum().cast("int64"),
        weighted=(_.over * _.worth).sum().cast("int64"),
    )


def _dated(ballots: ibis.Table, spans: list[tuple[int, int]]) -> ibis.Table:
    starts = [(_within(ballots.cast_at, [span]), ibis.literal(span[0], "int64")) for span in spans]
    return ballots.mutate(period=ibis.cases(*starts, else_=ibis.literal(-1, "int64")) if starts else ibis.literal(-1))


def _within(instant: Any, spans: list[tuple[int, int]]) -> Any:
    tests = [(instant >= first) & (instant < end) for first, end in spans]
    return reduce(or_, tests) if tests else ibis.literal(False)  # noqa: FBT003


def _is_void(ballots: ibis.Table, channel: Channel, nominees: list[str]) -> Any:
    refused = [name for name in ("vote", "post", "repost", "quote") if getattr(channel.gestures, name) == "void"]
    tests = [~ballots.nominee.isin(nominees), ballots.gesture.isin(refused), ballots.tags > channel.tags_most]
    tests += [ballots.is_deleted] if channel.deleted == "void" else []
    tests += [ballots.is_private] if channel.private == "void" else []
    if channel.account_age_days:
        age = ballots.cast_at - ballots.account_created_at
        tests.append((age < channel.account_age_days * _DAY_MICROSECONDS).fill_null(True))  # noqa: FBT003
    return reduce(or_, [test.fill_null(False) for test in tests])  # noqa: FBT003


def _of_no_channel(counted: Counted, ruled: ibis.Table) -> ibis.Table:
    """Give ballots in channels that the rule does not have, or that count totals."""
    known = [channel.id for channel in counted.channels]
    stray = counted.ballots.filter(~counted.ballots.channel.isin(known))
    joined = stray.left_join(ruled, stray.ballot == ruled.ruled).mutate(is_ruled=_.ruled.notnull())
    return joined.group_by("nominee", "channel", "is_ruled").agg(ballots=_.count(), votes=_.votes.sum().cast("int64"))


def _last_totals(counted: Counted) -> list[dict[str, Any]]:
    """Give the last total of each nominee and channel before the vote closed."""
    closes_at = max((window.closes_at for window in counted.windows), default=0)
    key = ["nominee", "channel"]
    before = counted.source_totals.filter(counted.source_totals.observed_at < closes_at)
    newest_first = ibis.window(group_by=key, order_by=[before.observed_at.desc(), before.source, before.row])
    return counted.to_rows(
        before.mutate(place=ibis.row_number().over(newest_first)).filter(_.place == 0).select(*key, "votes")
    )
