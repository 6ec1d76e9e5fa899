"""Young clock: accounts made within minutes of each other that come within the same seconds, day after day.

Fans who were called together may be as young and as punctual: they made their
accounts on one cue and come to one countdown. But a person stays away now and
then, and a clock does not. So a moment tells only where nearly all accounts of
the same minutes are in it; those that never came that day are counted too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import ibis
from ibis import _

from plaudit.audit.grounds import ground
from plaudit.audit.matching import features, suspects
from plaudit.audit.young import DAY, one_each, young_voters
from plaudit.rulebook.purge_rule import YoungClock
from plaudit.store.numbers import quotient

if TYPE_CHECKING:
    from plaudit.audit.matching import Seen

__all__: list[str] = []

MILLION: Final = 1_000_000


@features.register(YoungClock)
def _clocked(method: YoungClock, seen: Seen) -> ibis.Table:
    """Give on how many days a young voter came in one moment with nearly all who were made with them.

    A cell is two half spans of creation, a moment two halves of its length, so that
    no edge parts those who belong together: each voter is in two cells, and each
    coming in two moments.

    Returns
    -------
    One row a voter and cell: voter, nominee, span (the number of its first half),
    young (accounts of the cell), days (on which the voter voted), shared (of
    these, in a crowded moment) and fewest (voters in the least crowded of them).
    """
    cells = seen.materialize(_cells(method, seen))
    comings = seen.materialize(_comings(method, seen.ballots.semi_join(cells, "voter")))
    days = comings.group_by("voter").agg(days=_.count())
    placed = cells.inner_join(comings, "voter")
    placed = ibis.union(*(placed.mutate(moment=placed.half - before) for before in (0, 1)))
    moment = ["nominee", "span", "moment"]
    crowds = placed.group_by(*moment, "young").agg(together=_.voter.nunique())
    crowds = crowds.filter(
        (_.together >= method.voters_least) & (_.together * MILLION >= _.young * method.alike_ppm)
    ).drop("young")
    shared = placed.inner_join(crowds, moment)
    shared = shared.group_by("voter", "nominee", "span", "young", "day").agg(together=_.together.max())
    counted = shared.group_by("voter", "nominee", "span", "young").agg(shared=_.count(), fewest=_.together.min())
    return counted.inner_join(days, "voter").select("voter", "nominee", "span", "young", "days", "shared", "fewest")


def _cells(method: YoungClock, seen: Seen) -> ibis.Table:
    """Give young voters by the cells they are in, of cells with enough of them: voter, nominee, span and young."""
    voters = seen.materialize(young_voters(method, seen).select("voter", "nominee", "half"))
    spans = ibis.union(*(voters.mutate(span=voters.half - before) for before in (0, 1)))
    crowded = spans.group_by("nominee", "span").agg(young=_.count()).filter(_.young >= method.voters_least)
    return spans.inner_join(crowded, ["nominee", "span"]).select("voter", "nominee", "span", "young")


def _comings(method: YoungClock, ballots: ibis.Table) -> ibis.Table:
    """Give the first ballot of each voter's each UTC day: voter, day and half (the number of its half moment)."""
    dated = ballots.select("voter", "cast_at", day=quotient(ballots.cast_at, DAY))
    firsts = dated.group_by("voter", "day").agg(came_at=_.cast_at.min())
    return firsts.select("voter", "day", half=quotient(firsts.came_at, method.within_seconds * MILLION // 2))


@suspects.register(YoungClock)
def _by_one_clock(method: YoungClock, features: ibis.Table) -> ibis.Table:
    found = features.filter(
        (features.shared >= method.days_least) & (features.shared * MILLION >= features.days * method.share_ppm)
    )
    found = one_each(found, [ibis.desc("shared"), ibis.desc("fewest"), "young", "span"])
    evidence = ground(
        "young-clock.shared",
        shared=found.shared,
        days=found.days,
        seconds=method.within_seconds,
        others=found.fewest - 1,
        young=found.young,
        minutes=method.made_within_minutes,
        nominee=found.nominee,
    )
    return found.select("voter", "grouped", evidence=evidence)
