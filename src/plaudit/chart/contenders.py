"""Who can be on a chart at all: few artists, found without ranking the many.

Exact points are summed and ranked for these alone; nobody who belongs on the
chart is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import ibis
from ibis import _

from plaudit.base.numbers import MILLION
from plaudit.store.joins import left_join_unique
from plaudit.store.numbers import TRILLION, fine_share, quotient, share_points

if TYPE_CHECKING:
    from plaudit.rulebook.chart_rule import ChartRule

__all__ = ["COUNTED_FLAGS", "contenders", "near"]

COUNTED_FLAGS: Final = ("fell", "recovered", "gap_at_start", "gap_at_end", "grain")
"""Flags of measures that are numbers: of how many posts or accounts they are true; the grain is a size."""


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
    bars = left_join_unique(
        totals.filter(totals.weight_ppm > 0), worth.group_by("week").agg(bar=_.points.max()), ["week"]
    )
    parts = len(rule.part)
    above = ibis.greatest(bars.bar.fill_null(0) - parts, 0)
    # rounded so that it only ever lets too many in
    bars = bars.select("week", "measure", bar=above * quotient(bars.total, bars.weight_ppm * parts))
    known = counted.inner_join(bars, ["week", "measure"])
    return known.filter(known.value >= known.bar).select("week", "artist").distinct()


def near(measures: ibis.Table, totals: ibis.Table, rule: ChartRule) -> ibis.Table:
    """Give those who are on the chart, or so near to it that only exact points can tell.

    Points are counted in trillionths here, each part rounded down, so that the sum
    is too small by less than a million trillionths: the weights make a million.

    Returns
    -------
    Table, one row per week and artist.
        value_N, total_N : of the rule's part N, from 0; 0 and 1 where the artist has none
        tie_N : the measure N of `ties.order`
        FLAG_N : the flags of part N; account_gap
    """
    able = contenders(measures, totals, rule)
    known = measures.semi_join(able, ["week", "artist"]).inner_join(totals, ["week", "measure"])
    columns = {}
    for number, part in enumerate(rule.part):
        of_part = known.measure == part.measure
        columns[f"value_{number}"] = known.value.max(where=of_part).fill_null(0)
        columns[f"total_{number}"] = known.total.max(where=of_part & (known.total > 0)).fill_null(1)
        columns |= {f"{flag}_{number}": known[flag].max(where=of_part).fill_null(0) for flag in COUNTED_FLAGS}
    for number, name in enumerate(rule.ties.order):
        columns[f"tie_{number}"] = known.value.max(where=known.measure == name).fill_null(0)
    fine = (fine_share(known.value, known.total) * known.weight_ppm).sum().cast("int64")
    scored = known.group_by("week", "artist").agg(fine=fine, account_gap=known.account_gap.any(), **columns)
    scored = scored.filter(scored.fine + MILLION > TRILLION // 2)  # what rounds to no point is on no chart
    downwards = ibis.window(group_by="week", order_by=ibis.desc("fine"))
    last = scored.mutate(number=ibis.row_number().over(downwards)).filter(_.number < rule.positions)
    bars = last.group_by("week").agg(bar=_.fine.min())
    return left_join_unique(scored, bars, ["week"]).filter(_.fine + MILLION > _.bar).drop("fine", "bar")
