"""Repost cliques: the same few accounts repost the same posts within seconds, again and again.

Two accounts are joined when they shared enough posts. A crowd at one post joins
nobody, because it does not come back second by second. An account stays as long
as it is joined to all but one of as many others as a clique needs, and those stay
too; accounts that hang together are one case.
"""

from __future__ import annotations

from typing import Final

import ibis
from ibis import _

from plaudit.audit.co_action import co_actions
from plaudit.audit.grounds import ground
from plaudit.audit.matching import Seen, features, suspects
from plaudit.rulebook.purge_rule import RepostClique

__all__ = ["PRUNINGS", "REACH"]

PRUNINGS: Final = 4
"""How many times over those with too few joins are left out."""
REACH: Final = 4
"""How many joins a case reaches from its first account; any two of a clique are at most two apart."""


@features.register(RepostClique)
def _joins(method: RepostClique, seen: Seen) -> ibis.Table:
    """Give the pairs with half as many posts as the threshold asks, or more: one, other, times and within_seconds."""
    ballots = seen.ballots
    reposts = ballots.filter(ballots.gesture == "repost", ballots.post != "")
    acts = reposts.select(who=_.voter, what=_.post, at=_.cast_at)
    least = max(method.times_least // 2, 1)
    return co_actions(acts, method.within_seconds, least, materialize=seen.materialize)


@suspects.register(RepostClique)
def _members(method: RepostClique, features: ibis.Table) -> ibis.Table:
    joins = _pruned(_both_ways(features.filter(features.times >= method.times_least)), method.members_least - 2)
    cases = _cases(joins).filter(_.accounts >= method.members_least)
    sums = joins.group_by("one").agg(joined=_.count(), most=_.times.max())
    found = cases.inner_join(sums, cases.voter == sums.one)
    return found.select(
        "voter",
        grouped=found.case_of.cast("string"),
        evidence=ground(
            "repost-clique.linked",
            seconds=method.within_seconds,
            others=found.joined,
            accounts=found.accounts,
            posts=found.most,
        ),
    )


def _both_ways(pairs: ibis.Table) -> ibis.Table:
    turned = pairs.select(one=_.other, other=_.one, times=_.times)
    return ibis.union(pairs.select("one", "other", "times"), turned)


def _pruned(joins: ibis.Table, least: int) -> ibis.Table:
    """Leave out the joins of accounts with too few of them, and again with what is left."""
    for _round in range(PRUNINGS):
        counted = joins.mutate(
            of_one=ibis._.count().over(ibis.window(group_by="one")),
            of_other=ibis._.count().over(ibis.window(group_by="other")),
        )
        joins = counted.filter(counted.of_one >= least, counted.of_other >= least).drop("of_one", "of_other")
    return joins


def _cases(joins: ibis.Table) -> ibis.Table:
    """Give each account the least account within reach as its case, and how many accounts the case has."""
    cases = joins.group_by(voter=joins.one).agg(case_of=ibis.least(joins.one.min(), joins.other.min()))
    for _round in range(REACH - 1):
        next_to = (
            joins.inner_join(cases, joins.other == cases.voter).group_by(neighbour=_.one).agg(near=_.case_of.min())
        )
        met = cases.inner_join(next_to, cases.voter == next_to.neighbour)
        cases = met.select("voter", case_of=ibis.least(_.case_of, _.near))
    return cases.mutate(accounts=_.count().over(ibis.window(group_by="case_of")))
