"""The table first_hours: what a post's counters stood at so many hours after its first reading."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import ibis
from ibis import _

from plaudit.measure.grain import grain_of, grains

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from plaudit.rulebook.growth_rule import GrowthRule
    from plaudit.rulebook.sources import Source

__all__ = ["first_hours"]

HOUR_MICROSECONDS: Final = 3_600_000_000
_POST: Final = ["platform", "post", "metric"]


def first_hours(
    readings: ibis.Table,
    boundaries: Sequence[int],
    rule: GrowthRule,
    sources: Sequence[Source],
    *,
    to_rows: Callable[[ibis.Table], list[dict[str, Any]]],
) -> list[dict[str, Any]]:
    """Give the rows of the table first_hours, of posts that were first read in the days that are told of.

    Returns
    -------
    Rows, one per post, metric and age in hours, 0 being the first reading itself; an age that
    lies after the last day, or in which the post was not read again, has no row.
        read_at, value : the last reading at that age or before it
        readings : how many there are up to it
    """
    if not rule.first_hours.metrics:
        return []
    ours = readings.filter(
        readings.post != "", readings.artist.notnull(), readings.metric.isin(list(rule.first_hours.metrics))
    )
    ours = ours.mutate(grain=grain_of(ours, grains(sources)))
    ours = ours.mutate(first_at=ours.observed_at.min().over(ibis.window(group_by=_POST)))
    ours = ours.filter(ours.first_at >= boundaries[0], ours.observed_at < boundaries[-1])
    rows = []
    for hours in (0, *rule.first_hours.hours):
        until = ours.first_at + hours * HOUR_MICROSECONDS
        by_then = ours.filter(ours.observed_at <= until, until <= boundaries[-1])
        found = by_then.group_by(_POST).agg(
            artist=_.artist.argmax(_.observed_at),
            first_at=_.first_at.min(),
            value=_.value.argmax(_.observed_at),
            grain=_.grain.argmax(_.observed_at),
            read_at=_.observed_at.max(),
            readings=_.count().cast("int64"),
        )
        rows += [row | {"hours": hours} for row in to_rows(found) if not hours or row["readings"] > 1]
    return rows
