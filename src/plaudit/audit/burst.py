"""Young burst: accounts made within minutes of each other that vote alike.

Chains of accounts do not tell: on the day a vote is announced genuine newcomers
come so fast that one chain holds them all. So accounts are compared by the cell
they fall into: made in the same span of minutes, for the same nominee, with as
many ballots. Genuine newcomers share the first two and differ in the third.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import ibis
from ibis import _

from plaudit.audit.grounds import ground
from plaudit.audit.matching import features, suspects
from plaudit.audit.young import one_each, young_voters
from plaudit.rulebook.purge_rule import YoungBurst

if TYPE_CHECKING:
    from plaudit.audit.matching import Seen

__all__ = ["volume_edges"]

MILLION: Final = 1_000_000
_MOST_BALLOTS: Final = 100_000
"""Voters with more ballots than this are all alike."""


def volume_edges(least: int) -> list[int]:
    """Give where bands of alike numbers of ballots start: each a tenth above the one before, and more by one at least.

    A band and the next together span a fifth: a tenth below and above their middle.

    Examples
    --------
    >>> volume_edges(20)[:6]
    [20, 22, 25, 28, 31, 35]
    """
    edges = [least]
    while edges[-1] < _MOST_BALLOTS:
        edges.append(-(-edges[-1] * 11 // 10))
    return edges


@features.register(YoungBurst)
def _cells(method: YoungBurst, seen: Seen) -> ibis.Table:
    """Give young voters by the cells they share.

    A cell is two half spans of creation and two bands of ballots, so that a burst
    on the edge of one cell lies within another: each voter is in four of them.

    Returns
    -------
    One row a voter and cell: voter, nominee, span (the number of its first half),
    ballots, alike (voters of the cell), fewest and most (their ballots), and
    young (voters of that span and nominee, however many ballots they have).
    """
    voters = young_voters(method, seen)
    voters = seen.materialize(voters.mutate(band=_band(method, voters)))
    spans = ibis.union(*(voters.mutate(span=voters.half - before) for before in (0, 1)))
    young = spans.group_by("nominee", "span").agg(young=_.count())
    spans = spans.filter(spans.ballots >= method.ballots_least)
    placed = ibis.union(*(spans.mutate(bands=spans.band - before) for before in (0, 1)))
    cell = ["nominee", "span", "bands"]
    cells = placed.group_by(cell).agg(alike=_.count(), fewest=_.ballots.min(), most=_.ballots.max())
    cells = cells.filter(_.alike > 1).inner_join(young, ["nominee", "span"])
    return placed.inner_join(cells, cell).select(
        "voter", "nominee", "span", "ballots", "alike", "fewest", "most", "young"
    )


def _band(method: YoungBurst, voters: ibis.Table) -> Any:
    passed = [(voters.ballots >= edge).cast("int64") for edge in volume_edges(method.ballots_least)]
    return sum(passed, start=ibis.literal(0, "int64"))


@suspects.register(YoungBurst)
def _alike(method: YoungBurst, features: ibis.Table) -> ibis.Table:
    is_burst = (features.alike >= method.voters_least) & (features.alike * MILLION >= features.young * method.alike_ppm)
    found = one_each(features.filter(is_burst), [ibis.desc("alike"), "young", "span", "fewest"])
    evidence = ground(
        "young-burst.alike",
        alike=found.alike,
        fewest=found.fewest,
        most=found.most,
        young=found.young,
        minutes=method.made_within_minutes,
        nominee=found.nominee,
    )
    return found.select("voter", "grouped", evidence=evidence)
