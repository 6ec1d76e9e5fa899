"""Weekly gains of cumulative counters, per post or account and metric.

gain(week) = last reading in the week − baseline, never below 0. The baseline is
the last reading before the week; without one, 0 for a post published inside the
week, else the week's first reading: only what was observed counts.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import ibis
from ibis import _

from plaudit.store.intervals import interval_number
from plaudit.store.joins import beside

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plaudit.base.weeks import Week
    from plaudit.rulebook.chart_rule import ChartRule

__all__ = ["gains", "named_weeks"]

HOUR_MICROSECONDS = 3_600_000_000


def gains(readings: ibis.Table, posts: ibis.Table, weeks: Sequence[Week], rule: ChartRule) -> ibis.Table:
    """Give what each post or account gained, per metric and week with a reading.

    Posts of nobody and reposts of others' posts count for nobody.

    Returns
    -------
    Table, one row per platform, account, post ('' for an account's own), metric and week.
        week : its number, from 0
        baseline, last_value, gain : counts
        baseline_at, last_at : instants; null where the baseline is no reading
        fell, gap_at_start, gap_at_end : flags, 0 or 1

    References
    ----------
    docs/reference/measures.md
    """
    reposts = posts.filter(posts.is_repost).select("platform", "post")
    ours = readings.filter(readings.artist.notnull()).anti_join(reposts, ["platform", "post"])
    if rule.gain.attribution == "published":
        return _published_gains(ours, posts, weeks)
    return _observed_gains(ours, posts, weeks, rule.gain.edge_gap_hours)


def named_weeks(rows: ibis.Table, weeks: Sequence[Week], rule: ChartRule) -> ibis.Table:
    """Give rows with the chart's name and the week's name in place of its number."""
    names = rows.week.cases(*((number, week.id) for number, week in enumerate(weeks)), else_="")
    return rows.mutate(chart=ibis.literal(rule.name), week=names)


def _observed_gains(readings: ibis.Table, posts: ibis.Table, weeks: Sequence[Week], edge_gap_hours: int) -> ibis.Table:
    boundaries = [week.starts_at for week in weeks] + [weeks[-1].ends_at]
    edge = edge_gap_hours * HOUR_MICROSECONDS
    subject = ["platform", "account", "post", "metric"]
    in_order = ibis.window(group_by=subject, order_by="observed_at")
    falls = readings.mutate(
        week=interval_number(readings.observed_at, boundaries),
        falls=(readings.value < readings.value.lag().over(in_order)).fill_null(False).cast("int64"),  # noqa: FBT003
    )
    by_week = falls.group_by([*subject, "artist", "week"]).agg(
        first_value=_.value.argmin(_.observed_at),
        last_value=_.value.argmax(_.observed_at),
        last_at=_.observed_at.max(),
        fell=_.falls.max(),
    )
    by_week = by_week.filter(by_week.week < len(weeks))
    earlier = ibis.window(group_by=subject, order_by="week")
    by_week = by_week.mutate(before=_.last_value.lag().over(earlier), baseline_at=_.last_at.lag().over(earlier))
    by_week = by_week.filter(by_week.week >= 0)
    published = posts.select("platform", "post", published_week=interval_number(posts.published_at, boundaries))
    known = beside(by_week, published, ["platform", "post"])
    baseline = ibis.coalesce(
        known.before, ibis.ifelse(known.published_week == known.week, 0, ibis.null("int64")), known.first_value
    )
    starts_at, ends_at = (_boundary_of(known.week, boundaries, shift) for shift in (0, 1))
    return known.select(
        *subject,
        "artist",
        "week",
        "last_value",
        "last_at",
        "baseline_at",
        "fell",
        baseline=baseline,
        gain=ibis.greatest(known.last_value - baseline, 0),
        gap_at_start=(known.baseline_at.notnull() & (known.baseline_at < starts_at - edge)).cast("int64"),
        gap_at_end=(known.last_at < ends_at - edge).cast("int64"),
    )


def _published_gains(readings: ibis.Table, posts: ibis.Table, weeks: Sequence[Week]) -> ibis.Table:
    """Give each post's last reading to the week it was published in; the same columns."""
    boundaries = [week.starts_at for week in weeks] + [weeks[-1].ends_at]
    subject = ["platform", "account", "post", "metric"]
    last = (
        readings.filter(readings.post != "")
        .group_by([*subject])
        .agg(last_value=_.value.argmax(_.observed_at), last_at=_.observed_at.max())
    )
    published = posts.filter(posts.artist.notnull()).select(
        "platform", "post", "artist", week=interval_number(posts.published_at, boundaries)
    )
    known = last.inner_join(published, ["platform", "post"])
    known = known.filter(known.week >= 0, known.week < len(weeks))
    none = ibis.literal(0, "int64")
    return known.select(
        *subject,
        "artist",
        "week",
        "last_value",
        "last_at",
        baseline_at=ibis.null("int64"),
        baseline=none,
        fell=none,
        gain=known.last_value,
        gap_at_start=none,
        gap_at_end=none,
    )


def _boundary_of(week: ibis.Value, boundaries: Sequence[int], shift: int) -> ibis.Value:
    """Give the boundary `shift` after a week's start, by arithmetic where the weeks are equally long."""
    lengths = {after - before for before, after in pairwise(boundaries)}
    if len(lengths) == 1:
        return (week + shift) * lengths.pop() + boundaries[0]
    return week.cases(
        *((number, boundaries[number + shift]) for number in range(len(boundaries) - 1)), else_=boundaries[-1]
    )
