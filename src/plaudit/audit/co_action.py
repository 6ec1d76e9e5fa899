"""Pairs of actors who act on the same things within moments of each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import ibis
from ibis import _

from plaudit.store.numbers import quotient

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["MICROSECONDS", "co_actions"]

MICROSECONDS: Final = 1_000_000
_BUCKETS: Final = 2
"""Buckets in one window: more of them meet fewer acts in vain, and copy more."""


def co_actions(
    acts: ibis.Table,
    within_seconds: int,
    least: int,
    *,
    materialize: Callable[[ibis.Table], ibis.Table] = lambda expression: expression,
) -> ibis.Table:
    """Give the pairs of actors who acted on the same things within some seconds, again and again.

    An actor acts on a thing once: what they do to it later is left out. Acts that
    lie exactly `within_seconds` apart are within.

    Parameters
    ----------
    acts : who (int64), what (int64 or string) and at (int64, an instant)
    least : things that a pair must share; 1 or more
    materialize : computes an expression and gives its rows as a table of the same engine

    Returns
    -------
    Table, one row a pair, in no order.
        one, other : the actors, one < other
        times : things on which both acted within the window (int64)
    """
    window = within_seconds * MICROSECONDS
    near = _near(_firsts(_numbered(_of_busy(acts, least))), window)
    met = _met(materialize(_of_busy(near, least)), window)
    return met.group_by("one", "other").agg(times=_.count().cast("int64")).filter(_.times >= least)


def _of_busy(acts: ibis.Table, least: int) -> ibis.Table:
    """Leave out actors with too few acts to share that many things with anybody."""
    if least == 1:
        return acts
    busy = acts.group_by("who").agg(acts=_.count()).filter(_.acts >= least)
    return acts.semi_join(busy, "who")


def _numbered(acts: ibis.Table) -> ibis.Table:
    """Leave out what was acted on once, and give the rest numbers, which sort and join faster than texts."""
    acts = acts.select("who", "what", "at")
    again = acts.group_by("what").agg(acts=_.count()).filter(_.acts > 1)
    numbers = again.select(what_numbered=again.what, thing=ibis.row_number().over(ibis.window(order_by="what")))
    joined = acts.inner_join(numbers, acts.what == numbers.what_numbered)
    return joined.select("who", "thing", "at")


def _firsts(acts: ibis.Table) -> ibis.Table:
    return acts.group_by("who", "thing").agg(at=acts.at.min())


def _near(firsts: ibis.Table, window: int) -> ibis.Table:
    """Leave out acts with no other on the same thing within the window.

    The nearest in time stand next to it, so one look back and one ahead tell.
    """
    in_time = ibis.window(group_by="thing", order_by=["at", "who"])
    looked = firsts.mutate(before=firsts.at.lag().over(in_time), after=firsts.at.lead().over(in_time))
    near = looked.filter((looked.at - looked.before <= window) | (looked.after - looked.at <= window))
    return near.select("who", "thing", "at")


def _met(near: ibis.Table, window: int) -> ibis.Table:
    """Give the two actors of every two acts on one thing within the window, one < other.

    A join on the distance in time would compare all acts on a thing. Time is cut
    into buckets instead, and an act meets those of its own and of the next few,
    which are joined by equality.
    """
    length = -(-window // _BUCKETS)
    bucketed = near.mutate(bucket=quotient(near.at, length).cast("int64"))
    copies = [
        bucketed.mutate(bucket=bucketed.bucket - ahead, ahead=ibis.literal(ahead)) for ahead in range(_BUCKETS + 1)
    ]
    later = ibis.union(*copies).select(
        later_thing=_.thing, later_bucket=_.bucket, later_who=_.who, later_at=_.at, ahead=_.ahead
    )
    joined = bucketed.inner_join(
        later,
        [
            bucketed.thing == later.later_thing,
            bucketed.bucket == later.later_bucket,
            (later.ahead > 0) | (bucketed.who < later.later_who),  # in one bucket, each two meet once
            later.later_at - bucketed.at <= window,
            bucketed.at - later.later_at <= window,
        ],
    )
    return joined.select(one=ibis.least(_.who, _.later_who), other=ibis.greatest(_.who, _.later_who))
