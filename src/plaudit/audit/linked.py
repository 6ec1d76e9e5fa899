"""Accounts of one person, where a source says which, share one allowance."""

from __future__ import annotations

from functools import reduce
from operator import and_, or_
from typing import TYPE_CHECKING, Any, Final

import ibis
from ibis import _

from plaudit.audit.grounds import ground
from plaudit.audit.matching import Seen, features, suspects, taken
from plaudit.audit.state import facts_of_voters
from plaudit.rulebook.purge_rule import LinkedAccounts
from plaudit.rulebook.windows import periods

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plaudit.rulebook.counting_rule import Cap, Channel
    from plaudit.rulebook.windows import VotingWindow

__all__: list[str] = []

DAY_MICROSECONDS: Final = 86_400_000_000


@features.register(LinkedAccounts)
def _sharing(method: LinkedAccounts, seen: Seen) -> ibis.Table:  # noqa: ARG001 - how many must share comes with suspects
    """Give each voter who is linked: the person, how many accounts voted for them, and votes over the one allowance."""
    linked = _linked(seen)
    over = _over(seen, linked).group_by("person").agg(over=_.votes.sum().cast("int64"))
    counted = linked.mutate(accounts=_.count().over(ibis.window(group_by="person")))
    return counted.inner_join(over, "person").select("voter", "person", "accounts", "over")


@suspects.register(LinkedAccounts)
def _evading(method: LinkedAccounts, features: ibis.Table) -> ibis.Table:
    found = features.filter(features.accounts >= method.accounts_least)
    evidence = ground("linked-accounts.over", accounts=found.accounts, votes=found.over)
    return found.select("voter", grouped=_.person, evidence=evidence)


@taken.register(LinkedAccounts)
def _beyond(method: LinkedAccounts, seen: Seen, suspects: ibis.Table) -> ibis.Table:  # noqa: ARG001 - the suspects hold it
    """Give the ballots over the shared allowance, whichever of the accounts cast them."""
    linked = _linked(seen)
    return _over(seen, linked.semi_join(suspects, "voter")).select("ballot", "voter")


def _linked(seen: Seen) -> ibis.Table:
    return facts_of_voters(seen, "linked").select("voter", person=_.value)


def _over(seen: Seen, linked: ibis.Table) -> ibis.Table:
    """Give ballot, voter, person and votes of the ballots that find nothing left of the person's allowance.

    A ballot that finds some left stays whole where the rule counts its first
    votes, since a ballot cannot be set aside in part.
    """
    theirs = seen.ballots.inner_join(linked, "voter")
    parts = [
        _over_in(theirs, channel, channel.cap, seen)
        for channel in seen.counting.channel
        if channel.counts == "ballots" and channel.cap is not None
    ]
    nothing = theirs.filter(ibis.literal(False)).select("ballot", "voter", "person", "votes")  # noqa: FBT003
    return ibis.union(*parts) if len(parts) > 1 else next(iter(parts), nothing)


def _over_in(theirs: ibis.Table, channel: Channel, cap: Cap, seen: Seen) -> ibis.Table:
    counting = seen.counting
    open_windows = [window for window in seen.windows if window.takes(channel.id)]
    spans = periods(cap, counting, open_windows)
    used = theirs.filter(_uses_allowance(theirs, channel, open_windows))
    span = [((used.cast_at >= starts) & (used.cast_at < ends), place) for place, (starts, ends) in enumerate(spans)]
    used = used.mutate(span=ibis.cases(*span, else_=-1) if span else ibis.literal(-1))
    order = ["cast_at", "ballot"] if counting.keep == "first" else [ibis.desc("cast_at"), ibis.desc("ballot")]
    allowance = ["person", "span", *(["nominee"] if cap.scope == "nominee" else [])]
    so_far = ibis.window(group_by=allowance, order_by=order, preceding=None, following=0)
    # at most 2**31 votes a ballot, and fewer than 2**32 ballots: no sum passes 2**63
    summed = used.mutate(so_far=used.votes.cast("int64").sum().over(so_far).cast("int64"))
    spent = summed.so_far > cap.votes if counting.partial == "refuse" else summed.so_far - summed.votes >= cap.votes
    if (
        counting.same_instant.then != "recorded"
    ):  # no order tells which of the person's ballots of one instant came first
        at_once = ibis.window(group_by=[*allowance, "cast_at"])
        ends, together = summed.so_far.max().over(at_once), summed.votes.cast("int64").sum().over(at_once)
        torn = summed.mutate(
            ends=ends,
            together=together,
            mixed=summed.nominee.min().over(at_once) != summed.nominee.max().over(at_once),
            spent=spent,
        )
        spent = torn.spent | (torn.mixed & (torn.ends > cap.votes) & (torn.ends - torn.together < cap.votes))
        summed = torn
    return summed.filter(spent).select("ballot", "voter", "person", "votes")


def _uses_allowance(ballots: ibis.Table, channel: Channel, open_windows: Sequence[VotingWindow]) -> Any:
    """Say which ballots the counting rule takes in a channel, as far as their own row tells."""
    gestures = [
        gesture for gesture in channel.gestures.__struct_fields__ if getattr(channel.gestures, gesture) == "counts"
    ]
    within = [(ballots.cast_at >= window.opens_at) & (ballots.cast_at < window.closes_at) for window in open_windows]
    tests = [
        ballots.channel == channel.id,
        reduce(or_, within, ibis.literal(False)),  # noqa: FBT003
        ballots.gesture.isin(gestures),
        ballots.tags <= channel.tags_most,
    ]
    if channel.deleted == "void":
        tests.append(~ballots.is_deleted)
    if channel.private == "void":
        tests.append(~ballots.is_private)
    if channel.account_age_days:
        age = ballots.cast_at - ballots.account_created_at
        tests.append((age >= channel.account_age_days * DAY_MICROSECONDS).fill_null(False))  # noqa: FBT003
    return reduce(and_, tests)
