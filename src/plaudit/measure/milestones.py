"""The table milestones: when a counter was first read at or above a count, and when it was last read below it.

The milestone was passed between the two: that span is as short as the readings are close,
and nothing narrows it afterwards. What a counter had passed when it was read first has no
row, for nothing tells when.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Any

import ibis

from plaudit.measure.grain import grain_of, grains

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from plaudit.rulebook.growth_rule import GrowthRule
    from plaudit.rulebook.sources import Source

__all__ = ["leaps", "milestones"]

Row = dict[str, Any]
_COUNTER = ["platform", "account", "post", "metric"]


def leaps(readings: ibis.Table, rule: GrowthRule, sources: Sequence[Source]) -> ibis.Table:
    """Give the readings that pass a milestone of the rule, with what was read before and after them.

    Returns
    -------
    Table, one row per reading that is the highest of its counter so far and passes a milestone.
        top : the highest reading before it; what a counter had passed when it was read first is told of nowhere
        below, below_at : the reading before it
        lowest_after : the lowest reading after it; null if it is the last
    """
    counts = {True: rule.milestones, False: rule.first_hours.milestones}
    followed = [("", metric) for metric in rule.metrics] + [("post", metric) for metric in rule.first_hours.metrics]
    is_followed = ibis.or_(*(_is_account(readings, kind == "") & (readings.metric == name) for kind, name in followed))
    ours = readings.filter(readings.artist.notnull(), is_followed)
    order = {"group_by": _COUNTER, "order_by": "observed_at"}
    known = ours.mutate(
        grain=grain_of(ours, grains(sources)),
        top=ours.value.max().over(ibis.window(**order, preceding=(None, 1))),
        below=ours.value.lag().over(ibis.window(**order)),
        below_at=ours.observed_at.lag().over(ibis.window(**order)),
        lowest_after=ours.value.min().over(ibis.window(**order, following=(1, None))),
    )
    passes = [
        _is_account(known, is_account) & (known.value >= count) & (known.top < count)
        for is_account, some in counts.items()
        for count in some
    ]
    return known.filter(ibis.or_(*passes)) if passes else known.limit(0)


def milestones(
    passed: Iterable[Row], days: Sequence[date], boundaries: Sequence[int], sources: Iterable[Source], rule: GrowthRule
) -> list[Row]:
    """Give the rows of the table milestones that were reached in the days that are told of.

    Parameters
    ----------
    passed : rows of `leaps`
    boundaries : the midnights of the days, with the one that ends the last

    Returns
    -------
    Rows, one per counter and milestone.
        below, below_at : the last reading before that, which is below it
        reached_at, reached_on, value : the first reading at or above it, and its day
        fell_back : a later reading is below it again
    """
    rising = {source.id for source in sources if source.stores == "rises"}
    found = []
    for row in passed:
        if not boundaries[0] <= row["observed_at"] < boundaries[-1]:
            continue
        told = {name: row[name] for name in ("artist", *_COUNTER, "below", "below_at", "value", "grain")}
        told |= {"reached_at": row["observed_at"], "rises_only": row["source"] in rising}
        told["reached_on"] = days[bisect_right(boundaries, row["observed_at"]) - 1].isoformat()
        lowest = row["value"] if row["lowest_after"] is None else row["lowest_after"]
        found += [
            told | {"milestone": count, "fell_back": lowest < count}
            for count in (rule.first_hours.milestones if row["post"] else rule.milestones)
            if row["top"] < count <= row["value"]
        ]
    return found


def _is_account(readings: ibis.Table, is_account: bool) -> ibis.Value:  # noqa: FBT001
    return (readings.post == "") if is_account else (readings.post != "")
