"""Who can be on a chart at all: few artists, found without ranking the many.

Points are summed and ranked for these alone; nobody who belongs on the chart is
left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
from ibis import _

from plaudit.store.joins import beside
from plaudit.store.numbers import quotient, share_points

if TYPE_CHECKING:
    from plaudit.rulebook.chart_rule import ChartRule

__all__ = ["contenders"]


def contenders(measures: ibis.Table, totals: ibis.Table, rule: ChartRule) -> ibis.Table:
    """Give the weeks and artists that can have one of the rule's positions.

    If as many artists as there are positions have a part worth L points or more,
    nobody with fewer than L in all is on the chart; and whoever has L in all has
    one of the P parts worth at least L ÷ P, hence at least a certain value there.
    To find an L, values are put in order by their size alone, as powers of two;
    the order within a size does not matter.

    Parameters
    ----------
    measures : of eligible artists, the rule's parts among them
    totals : from `points.totals`

    Returns
    -------
    Table, one row per week and artist.
    """
    counted = measures.filter(measures.value > 0)
    sizes = counted.group_by("week", "measure", size=counted.value.log2().floor()).agg(
        artists=_.count(), least=_.value.min()
    )
    downwards = ibis.cumulative_window(group_by=["week", "measure"], order_by=ibis.desc("size"))
    enough = sizes.mutate(so_far=_.artists.sum().over(downwards), least=_.least.min().over(downwards))
    enough = enough.filter(enough.so_far >= rule.positions).group_by("week", "measure").agg(least=_.least.max())
    worth = enough.inner_join(totals, ["week", "measure"])
    worth = worth.mutate(points=share_points(worth.least, worth.total, worth.weight_ppm))
    bars = beside(totals.filter(totals.weight_ppm > 0), worth.group_by("week").agg(bar=_.points.max()), ["week"])
    parts = len(rule.part)
    above = ibis.greatest(bars.bar.fill_null(0) - parts, 0)
    # points are at most weight × value ÷ total + ½; rounded so that it only ever lets too many in
    bars = bars.select("week", "measure", bar=above * quotient(bars.total, bars.weight_ppm * parts))
    known = counted.inner_join(bars, ["week", "measure"])
    return known.filter(known.value >= known.bar).select("week", "artist").distinct()
