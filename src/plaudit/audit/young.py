"""Young accounts, and when they were made: what the methods share that look for accounts made together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import ibis
from ibis import _

from plaudit.store.numbers import quotient

if TYPE_CHECKING:
    from plaudit.audit.matching import Seen
    from plaudit.rulebook.purge_rule import YoungBurst, YoungClock

__all__ = ["one_each", "young_voters"]

MINUTE: Final = 60_000_000
DAY: Final = 86_400_000_000


def young_voters(method: YoungBurst | YoungClock, seen: Seen) -> ibis.Table:
    """Give the voters whose account is young, by the half span of minutes in which it was made.

    Returns
    -------
    One row a voter: voter, nominee (with most of their ballots, by name where
    equal), ballots (how many they have) and half (number of the half span).
    """
    opens_at = min((window.opens_at for window in seen.windows), default=0)
    ballots = seen.ballots.select("voter", "nominee", "account_created_at")
    ballots = ballots.filter(ballots.account_created_at >= opens_at - method.young_days * DAY)
    per_nominee = ballots.group_by("voter", "nominee").agg(ballots=_.count(), made_at=_.account_created_at.min())
    voter = ibis.window(group_by="voter")
    most = ibis.row_number().over(group_by="voter", order_by=[ibis.desc("ballots"), "nominee"])
    voters = per_nominee.mutate(
        place=most, every=_.ballots.sum().over(voter).cast("int64"), made_first=_.made_at.min().over(voter)
    )
    voters = voters.filter(_.place == 0)
    half = quotient(voters.made_first, method.made_within_minutes * MINUTE // 2)
    return voters.select("voter", "nominee", ballots="every", half=half)


def one_each(found: ibis.Table, best: list[Any]) -> ibis.Table:
    """Give each voter found once, in the best of their cells, and grouped: nominee and burst.

    Spans of a nominee that touch are one burst, called by its first half.

    Parameters
    ----------
    found : voter, nominee and span (the number of its first half), one row a voter and cell
    best : what a voter's cells are ordered by, the best one first
    """
    place = ibis.row_number().over(group_by="voter", order_by=best)
    found = found.mutate(place=place).filter(_.place == 0)
    spans = found.select("nominee", "span").distinct()
    so_far = ibis.window(group_by="nominee", order_by="span", preceding=None, following=0)
    before = spans.span.lag().over(group_by="nominee", order_by="span")
    starts = before.isnull() | (spans.span - before > 2)
    spans = spans.mutate(start=ibis.ifelse(starts, spans.span, ibis.null("int64")))
    bursts = spans.select("nominee", "span", burst=spans.start.max().over(so_far))
    joined = found.inner_join(bursts, ["nominee", "span"])
    return joined.mutate(grouped=joined.nominee + " " + joined.burst.cast("string"))
