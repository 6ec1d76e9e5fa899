"""Votes over the cap, found without ordering the voters who stay under it.

Most voters stay under their cap, and for them order does not matter. So, for one
period of the cap at a time:

1. votes are summed per bucket of voters. A bucket never undercounts a voter, so
   whoever is over the cap sits in a bucket over the cap;
2. the ballots of those few buckets are taken out and summed per voter, exactly;
3. only ballots of voters over the cap are put in order, and what passes the cap
   is the excess. Counted = eligible − excess.

Memory grows with the voters over the cap, not with the vote.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import ibis
from ibis import _

from plaudit.store.joins import left_join_unique

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from plaudit.rulebook.counting_rule import Cap, CountingRule
    from plaudit.rulebook.windows import Span

__all__ = ["Allowance"]

_LOW_BITS: Final = 16
_MOST_BITS: Final = 21
"""With more buckets than this, summing every voter is cheaper."""


@dataclass(frozen=True)
class Allowance:
    """One cap, the channels that have it, and the rule it stands in.

    is_single : every ballot carries one vote, so that ballots need only be numbered
    materialize : computes an expression and gives its rows as a table of the same engine,
        so that what follows is asked of these few rows and not of the files again
    torn : grows with the instants of voters at which only an order that nothing
        states would tell which ballots count: voter, channel, cast_at, one and the
        other nominee; unless the rule takes the recorded order, none of them counts here
    """

    cap: Cap
    channels: Sequence[str]
    rule: CountingRule
    is_single: bool
    materialize: Callable[[ibis.Table], ibis.Table]
    torn: list[ibis.Table] = field(default_factory=list)

    def excess(
        self, ballots: ibis.Table, eligible: Callable[[ibis.Table], ibis.Table], period: Span, expected_votes: int
    ) -> list[dict[str, Any]]:
        """Give the votes over the cap in one of its periods, per nominee and channel.

        Parameters
        ----------
        ballots : the columns that the rule reads
        eligible : of some ballots, gives those that use up allowance, with `times`
        expected_votes : roughly how many votes the period has; decides the number
            of buckets, never the result

        Returns
        -------
        One dict per nominee and channel with any: nominee, channel, votes, weighted,
            and ballots of which no vote is left.
        """
        within = ballots.filter(ballots.cast_at >= period[0], ballots.cast_at < period[1])
        bits = _bucket_bits(expected_votes, self.cap.votes)
        if bits <= _MOST_BITS:
            hot = self.materialize(_hot_buckets(within, self, bits))
            bucketed = within.mutate(bucket=within.voter & ((1 << bits) - 1))
            within = self.materialize(bucketed.inner_join(hot, "bucket").select(ballots.columns))
        return _over(eligible(within).filter(_.channel.isin(list(self.channels))), self)


def _hot_buckets(ballots: ibis.Table, allowance: Allowance, bits: int) -> ibis.Table:
    """Give the buckets, by the lowest bits of the voter, that hold more votes than the cap.

    The key is an int16 and a sum of zeros and ones because the engine knows the
    range of both and then counts in an array instead of a hash table: twice as fast.
    """
    low = ((ballots.voter & ((1 << _LOW_BITS) - 1)) - (1 << (_LOW_BITS - 1))).cast("int16")
    high = ibis.literal(0)
    for bit in range(_LOW_BITS, bits):
        high += ibis.ifelse((ballots.voter & (1 << bit)) == 0, 0, 1 << (bit - _LOW_BITS))
    votes = ballots.count() if allowance.is_single else ballots.votes.sum()
    sums = ballots.group_by(high=high, low=low).agg(votes=votes).filter(_.votes > allowance.cap.votes)
    bucket = sums.low.cast("int64") + (1 << (_LOW_BITS - 1)) + sums.high.cast("int64") * (1 << _LOW_BITS)
    return sums.select(bucket=bucket)


def _bucket_bits(votes: int, cap: int) -> int:
    """Give the bits of a bucket's number: on average a bucket holds at most 0.6 of a cap."""
    return max(_LOW_BITS + 1, (5 * votes // (3 * cap)).bit_length())


def _over(eligible: ibis.Table, allowance: Allowance) -> list[dict[str, Any]]:
    cap, rule = allowance.cap, allowance.rule
    voter = ["voter", "channel", *(["nominee"] if cap.scope == "nominee" else [])]
    over_cap = eligible.group_by(voter).agg(of_voter=_.votes.sum()).filter(_.of_voter > cap.votes)
    theirs = eligible.semi_join(over_cap, voter)
    if rule.same_instant.then != "recorded":
        rows = _sums(theirs.mutate(is_torn=ibis.literal(False)), voter, allowance)  # noqa: FBT003
        if not any(row.pop("may_be_torn") for row in rows):
            return [row for row in rows if row["votes"]]
        theirs = allowance.materialize(theirs)
        torn = allowance.materialize(_torn(theirs, voter, allowance))
        allowance.torn.append(torn)
        torn = torn.select(*voter, "cast_at", is_torn=ibis.literal(True))  # noqa: FBT003
        theirs = left_join_unique(theirs, torn, [*voter, "cast_at"])
        theirs = theirs.mutate(is_torn=_.is_torn.fill_null(False))  # noqa: FBT003
    else:
        theirs = theirs.mutate(is_torn=ibis.literal(False))  # noqa: FBT003
    return [
        {name: value for name, value in row.items() if name != "may_be_torn"}
        for row in _sums(theirs, voter, allowance)
        if row["votes"]
    ]


def _sums(theirs: ibis.Table, voter: list[str], allowance: Allowance) -> list[dict[str, Any]]:
    """Give what passes the cap, and at how many of its edges two ballots lie at one instant, so that it may be torn.

    `theirs` has `is_torn`, whether the ballot is known to count for nobody.
    """
    cap, rule = allowance.cap, allowance.rule
    order = ["cast_at", "ballot"] if rule.keep == "first" else [ibis.desc("cast_at"), ibis.desc("ballot")]
    in_order = ibis.window(group_by=voter, order_by=order)
    so_far = ibis.window(group_by=voter, order_by=order, preceding=None, following=0)
    votes = ibis.row_number() + 1 if allowance.is_single else theirs.votes.sum()
    counted = theirs.mutate(
        so_far=votes.over(so_far),
        before=theirs.cast_at.lag().over(in_order),
        after=theirs.cast_at.lead().over(in_order),
    )
    passes = (counted.so_far > cap.votes) | counted.is_torn
    is_edge = (counted.so_far > cap.votes) & (counted.so_far - counted.votes <= cap.votes)
    is_twin = (counted.before == counted.cast_at).fill_null(False) | (counted.after == counted.cast_at).fill_null(False)  # noqa: FBT003
    over = counted.votes if rule.partial == "refuse" else ibis.least(counted.votes, counted.so_far - cap.votes)
    left_out = ibis.ifelse(counted.is_torn, counted.votes, ibis.ifelse(passes, over, 0)).cast("int64")
    sums = counted.mutate(left_out=left_out, may_be_torn=is_edge & is_twin).group_by("nominee", "channel")
    found = sums.agg(
        votes=_.left_out.sum().cast("int64"),
        weighted=(_.left_out * _.times).sum().cast("int64"),
        ballots=_.count(where=(_.left_out > 0) & (_.left_out == _.votes)),
        may_be_torn=_.may_be_torn.sum().cast("int64"),
    )
    rows: list[dict[str, Any]] = found.to_pyarrow().to_pylist()
    return rows


def _torn(theirs: ibis.Table, voter: list[str], allowance: Allowance) -> ibis.Table:
    """Give the instants of voters at which the cap lets only some of several ballots count, and not all are alike."""
    cap, rule = allowance.cap, allowance.rule
    instants = theirs.group_by([*voter, "cast_at"]).agg(
        votes=_.votes.sum().cast("int64"),
        one=_.nominee.min(),
        other=_.nominee.max(),
        least=_.votes.min(),
        most=_.votes.max(),
    )
    order = "cast_at" if rule.keep == "first" else ibis.desc("cast_at")
    so_far = ibis.window(group_by=voter, order_by=order, preceding=None, following=0)
    instants = instants.mutate(so_far=instants.votes.sum().over(so_far).cast("int64"))
    is_edge = (_.so_far > cap.votes) & (_.so_far - _.votes < cap.votes)
    named = {} if "nominee" in voter else {"nominee": _.one}
    return instants.filter(is_edge, (_.one != _.other) | (_.least != _.most)).mutate(**named)
