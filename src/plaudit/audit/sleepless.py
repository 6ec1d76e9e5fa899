"""Sleepless: a voter who votes in nearly every hour, for days on end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import ibis
from ibis import _

from plaudit.audit.grounds import ground
from plaudit.audit.matching import features, suspects
from plaudit.rulebook.purge_rule import Sleepless
from plaudit.store.numbers import quotient

if TYPE_CHECKING:
    from plaudit.audit.matching import Seen

__all__: list[str] = []

HOUR: Final = 3_600_000_000
DAY_HOURS: Final = 24


@features.register(Sleepless)
def _awake(method: Sleepless, seen: Seen) -> ibis.Table:
    """Give each voter's longest run of days awake; of several as long, the first.

    Returns
    -------
    voter, days and hours: with a ballot, of all hours of those days.
    """
    ballots = seen.ballots.select("voter", "cast_at")
    # Most voters have too few ballots for one such day, and cost no more than their count.
    busy = ballots.group_by("voter").agg(ballots=_.count()).filter(_.ballots >= method.hours_least)
    theirs = ballots.semi_join(seen.materialize(busy.select("voter")), "voter")
    hours = theirs.select("voter", hour=quotient(theirs.cast_at, HOUR)).distinct()
    days = hours.group_by("voter", day=quotient(hours.hour, DAY_HOURS)).agg(hours=_.count())
    awake = days.filter(days.hours >= method.hours_least)
    # Days in a row have the same day less place.
    place = ibis.row_number().over(group_by="voter", order_by=awake.day)
    runs = (
        awake.mutate(run=awake.day - place)
        .group_by("voter", "run")
        .agg(days=_.count(), hours=_.hours.sum().cast("int64"))
    )
    longest = ibis.row_number().over(group_by="voter", order_by=[ibis.desc("days"), "run"])
    return runs.mutate(longest=longest).filter(_.longest == 0).select("voter", "days", "hours")


@suspects.register(Sleepless)
def _without_sleep(method: Sleepless, features: ibis.Table) -> ibis.Table:
    found = features.filter(features.days >= method.days_least)
    hours = {"hours": found.hours, "all": found.days * DAY_HOURS}
    several = ground("sleepless.days", days=found.days, **hours)
    evidence = ibis.ifelse(found.days == 1, ground("sleepless.day", **hours), several)
    return found.select("voter", grouped=found.voter.cast("string"), evidence=evidence)
