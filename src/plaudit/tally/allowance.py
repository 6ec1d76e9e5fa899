"""Votes over the cap, found without ordering the voters who stay under it.

Most voters stay under their cap, and for them order does not matter. So:

1. votes are summed per bucket of voters. A bucket never undercounts a voter, so
   whoever is over the cap sits in a bucket over the cap;
2. the ballots of those few buckets are summed per voter: exact, and small;
3. only ballots of voters over the cap are put in order, and what passes the cap
   is the excess. Counted = eligible − excess.

One period of the cap at a time, so memory does not grow with the vote.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import ibis
from ibis import _

from plaudit.tally.fates import ELIGIBLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plaudit.rulebook.counting_rule import Cap, CountingRule
    from plaudit.tally.windows import Span

__all__ = ["excess"]

_BUCKETS_MOST_BITS: Final = 21
"""With more buckets than this, summing every voter is cheaper."""


def excess(
    ballots: ibis.Table, cap: Cap, channels: Sequence[str], period: Span, rule: CountingRule
) -> list[dict[str, Any]]:
    """Give the votes over a cap in one of its periods, per nominee and channel.

    Parameters
    ----------
    ballots : with columns `fate` and `times`; of known nominees only

    Returns
    -------
    One dict per nominee and channel with any: nominee, channel, votes, weighted,
        and ballots of which no vote is left.
    """
    within = ballots.filter(ballots.cast_at >= period[0], ballots.cast_at < period[1])
    votes = _sum(within, within.votes)
    if votes <= cap.votes:
        return []
    bits = _bucket_bits(votes, cap.votes)
    suspects = within
    if bits <= _BUCKETS_MOST_BITS:
        hot = _hot_buckets(within, cap.votes, bits)
        if not hot:
            return []
        buckets = ibis.memtable({"bucket": hot}, schema={"bucket": "int64"})
        suspects = within.mutate(bucket=_bucket(within, bits)).semi_join(buckets, "bucket").drop("bucket")
    eligible = suspects.filter(suspects.fate == ELIGIBLE, suspects.channel.isin(list(channels)))
    return _over(eligible, cap, rule)


def _over(eligible: ibis.Table, cap: Cap, rule: CountingRule) -> list[dict[str, Any]]:
    voter = ["voter", "channel", *(["nominee"] if cap.scope == "nominee" else [])]
    over_cap = eligible.group_by(voter).agg(of_voter=_.votes.sum()).filter(_.of_voter > cap.votes)
    theirs = eligible.semi_join(over_cap, voter)
    order = ["cast_at", "ballot"] if rule.keep == "first" else [ibis.desc("cast_at"), ibis.desc("ballot")]
    so_far = ibis.window(group_by=voter, order_by=order, preceding=None, following=0)
    passed = theirs.mutate(so_far=theirs.votes.sum().over(so_far)).filter(_.so_far > cap.votes)
    left_out = passed.votes if rule.partial == "refuse" else ibis.least(passed.votes, passed.so_far - cap.votes)
    passed = passed.mutate(left_out=left_out.cast("int64"))
    sums = passed.group_by("nominee", "channel").agg(
        votes=_.left_out.sum().cast("int64"),
        weighted=(_.left_out * _.times).sum().cast("int64"),
        ballots=_.count(where=_.left_out == _.votes),
    )
    rows: list[dict[str, Any]] = sums.to_pyarrow().to_pylist()
    return rows


def _hot_buckets(ballots: ibis.Table, cap: int, bits: int) -> list[int]:
    sums = ballots.group_by(bucket=_bucket(ballots, bits)).agg(votes=_.votes.sum()).filter(_.votes > cap)
    found: list[int] = sums.bucket.to_pyarrow().to_pylist()
    return found


def _bucket(ballots: ibis.Table, bits: int) -> Any:
    return ballots.voter & ((1 << bits) - 1)


def _bucket_bits(votes: int, cap: int) -> int:
    """Give the bits of a bucket's number: on average a bucket holds at most half a cap."""
    return max(10, (2 * votes // cap).bit_length())


def _sum(ballots: ibis.Table, column: Any) -> int:
    found = ballots.aggregate(total=column.sum()).to_pyarrow().to_pylist()[0]["total"]
    return int(found or 0)
