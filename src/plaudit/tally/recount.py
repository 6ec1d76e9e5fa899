"""The count under many ways to purge at once, from the voters that any of them touches.

A cap is a voter's in a channel, so the count of a vote is the sum of the counts of
its voters and channels. What no scenario touches stays as certified. Of the rest:

1. Nearly every voter is set aside in a channel whole or not at all. Voters who are
   so in the same scenarios make one *class*, which is counted once.
2. For the few of whom only some ballots are set aside, what is left competes for
   the allowance anew, so they are copied, once for each scenario.

Classes and copies are counted in one pass: each goes by a name of its own for
every nominee. A scenario is then the certified count, less the touched voters,
plus the classes and the copies it leaves.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import ibis
from ibis import _

from plaudit.tally.fates import columns_read
from plaudit.tally.groups import tally_groups

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from plaudit.rulebook.counting_rule import CountingRule
    from plaudit.rulebook.windows import VotingWindow
    from plaudit.tally.scenarios import Scenario

__all__ = ["MOST", "Recount", "recount"]

MOST: Final = 60
"""Scenarios of one recount: each is a bit of an int64."""

Votes = Counter[tuple[str, str]]
"""Weighted votes by nominee and channel."""
Recount = dict[str, tuple[Votes, int]]
"""By scenario: what the touched voters' votes come to, and their votes that are set aside."""


def recount(
    marks: ibis.Table,
    scenarios: Sequence[Scenario],
    nominees: Sequence[str],
    counting: CountingRule,
    windows: Sequence[VotingWindow],
    *,
    materialize: Callable[[ibis.Table], ibis.Table],
) -> Recount:
    """Count marked ballots under each of at most `MOST` scenarios."""
    # distinct powers of two below 2**60 cannot overflow
    bits = [ibis.ifelse(one.sets_aside(marks), 1 << number, 0) for number, one in enumerate(scenarios)]
    columns = columns_read(counting)
    masked = materialize(marks.select(*columns, mask=sum(bits, ibis.literal(0)).cast("int64")))
    masks = masked.group_by("mask").agg(votes=_.votes.sum()).to_pyarrow().to_pylist()
    units = masked.group_by(of_voter="voter", of_channel="channel").agg(least=_.mask.min(), most=_.mask.max())
    units = units.filter(units.most > 0)
    touched = masked.inner_join(units, [masked.voter == units.of_voter, masked.channel == units.of_channel])
    whole = touched.filter(touched.least == touched.most).mutate(group=touched.mask)
    numbers = ibis.memtable({"number": list(range(len(scenarios)))}, schema={"number": "int64"})
    numbers = numbers.mutate(bit=ibis.cases(*((numbers.number == n, 1 << n) for n in range(len(scenarios))), else_=0))
    torn = touched.filter(touched.least < touched.most).mutate(place=ibis.dense_rank().over(order_by=touched.voter))
    copies = torn.cross_join(numbers.mutate(bit=_.bit.cast("int64"))).filter((_.mask & _.bit) == 0)
    copies = copies.mutate(group=copies.number, voter=copies.place * MOST + copies.number)
    of_class = _counted(materialize(whole.select(*columns, "group")), nominees, counting, windows, materialize)
    of_copy = _counted(materialize(copies.select(*columns, "group")), nominees, counting, windows, materialize)
    found: Recount = {}
    for number, scenario in enumerate(scenarios):
        votes: Votes = Counter(of_copy.get(number, Votes()))
        for mask, of_mask in of_class.items():
            if not mask >> number & 1:
                votes.update(of_mask)
        found[scenario.name] = votes, sum(row["votes"] for row in masks if row["mask"] >> number & 1)
    return found


def _counted(
    grouped: ibis.Table,
    nominees: Sequence[str],
    counting: CountingRule,
    windows: Sequence[VotingWindow],
    materialize: Callable[[ibis.Table], ibis.Table],
) -> dict[int, Votes]:
    """Count ballots, group by group."""
    named = grouped.filter(grouped.nominee.isin(sorted(nominees)))
    no_rulings = named.limit(0).select("ballot", rule="channel", outcome="channel")
    found: dict[int, Votes] = {}
    for group, row in tally_groups(named, no_rulings, nominees, counting, windows, materialize=materialize):
        found.setdefault(group, Counter())[row["nominee"], row["channel"]] = row["votes_weighted"]
    return found
