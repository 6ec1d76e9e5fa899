"""Weekly gains of cumulative counters, per post or account and metric.

gain(week) = last reading in the week − baseline, never below 0. The baseline is
the last reading before the week; without one, 0 for a post published inside the
week, else the week's first reading: only what was observed counts.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

import ibis
from ibis import _

from plaudit.measure.credits import held, in_week
from plaudit.store.intervals import interval_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plaudit.base.weeks import Week
    from plaudit.rulebook.chart_rule import ChartRule

__all__ = ["gains", "named_weeks"]

HOUR_MICROSECONDS: Final = 3_600_000_000
_SUBJECT: Final = ["platform", "account", "post"]


def gains(readings: ibis.Table, posts: ibis.Table, weeks: Sequence[Week], rule: ChartRule) -> ibis.Table:
    """Give what each post or account gained, per metric and week with a reading.

    Posts of nobody and reposts of others' posts count for nobody.

    Parameters
    ----------
    posts : from `credited`

    Returns
    -------
    Table, one row per platform, account, post ('' for an account's own), metric, week and artist.
        week : its number, from 0
        baseline, last_value, gain : counts
        baseline_at, last_at : instants; null where the baseline is no reading
        fell, gap_at_start, gap_at_end : flags, 0 or 1
        shared_by : among how many artists the gain is divided

    References
    ----------
    docs/reference/measures.md
    """
    boundaries = [week.starts_at for week in weeks] + [weeks[-1].ends_at]
    counted = held(posts, weeks, rule)
    subjects = _subjects(readings, counted, boundaries)
    ours = _numbered(readings, subjects)
    if rule.gain.attribution == "published":
        gained = _published_gains(ours, subjects, weeks)
    else:
        gained = _observed_gains(ours, subjects, boundaries, rule.gain.edge_gap_hours)
    owned = in_week(gained.drop("artist").inner_join(_owners(subjects, counted, len(weeks)), "subject"))
    return owned.drop("subject", "published_week", "from_week", "until_week")


def named_weeks(rows: ibis.Table, weeks: Sequence[Week], rule: ChartRule) -> ibis.Table:
    """Give rows with the chart's name and the week's name in place of its number."""
    names = ibis.memtable(
        {"week": list(range(len(weeks))), "week_name": [week.id for week in weeks]},
        schema={"week": "int64", "week_name": "string"},
    )
    named = rows.inner_join(names, "week").drop("week").rename(week="week_name")
    return named.mutate(chart=ibis.literal(rule.name))


def _subjects(readings: ibis.Table, posts: ibis.Table, boundaries: Sequence[int]) -> ibis.Table:
    """Number the posts and accounts whose readings count, so that counting goes by number, not by name."""
    own = posts.select(*_SUBJECT, published_week=interval_number(posts.published_at, boundaries)).distinct()
    accounts = readings.filter(readings.post == "", readings.artist.notnull()).select(*_SUBJECT, "artist").distinct()
    of_posts = own.select(*_SUBJECT, "published_week", artist=ibis.null("string"))
    of_accounts = accounts.select(*_SUBJECT, "artist", published_week=ibis.null("int64"))
    both = ibis.union(of_posts, of_accounts.select(of_posts.columns))
    return both.mutate(subject=ibis.row_number().over(ibis.window(order_by=_SUBJECT)))


def _owners(subjects: ibis.Table, posts: ibis.Table, weeks: int) -> ibis.Table:
    """Give whose each subject is, in which weeks: posts by their credits, accounts always."""
    columns = ["subject", "artist", "shared_by", "from_week", "until_week"]
    of_posts = (
        subjects.filter(subjects.post != "")
        .drop("artist")
        .inner_join(posts.select("platform", "post", *columns[1:]), ["platform", "post"])
    )
    of_accounts = subjects.filter(subjects.post == "").mutate(
        shared_by=ibis.literal(1, "int64"),
        from_week=ibis.literal(-1, "int64"),
        until_week=ibis.literal(weeks, "int64"),
    )
    return ibis.union(of_posts.select(columns), of_accounts.select(columns))


def _numbered(readings: ibis.Table, subjects: ibis.Table) -> ibis.Table:
    """Give readings with their subject's number: of posts by post, of accounts by account."""
    columns = ["subject", "metric", "observed_at", "value", "falls"]
    posts = subjects.filter(subjects.post != "").select("platform", "post", "subject")
    accounts = subjects.filter(subjects.post == "").select("platform", "account", "subject")
    of_posts = readings.inner_join(posts, ["platform", "post"])
    of_accounts = readings.filter(readings.post == "").inner_join(accounts, ["platform", "account"])
    return ibis.union(of_posts.select(columns), of_accounts.select(columns))


def _observed_gains(
    readings: ibis.Table, subjects: ibis.Table, boundaries: Sequence[int], edge_gap_hours: int
) -> ibis.Table:
    edge = edge_gap_hours * HOUR_MICROSECONDS
    by_week = readings.group_by("subject", "metric", week=interval_number(readings.observed_at, boundaries)).agg(
        first_value=_.value.argmin(_.observed_at),
        last_value=_.value.argmax(_.observed_at),
        last_at=_.observed_at.max(),
        fell=_.falls.cast("int64").max(),
    )
    by_week = by_week.filter(by_week.week < len(boundaries) - 1)
    earlier = ibis.window(group_by=["subject", "metric"], order_by="week")
    known = by_week.mutate(before=_.last_value.lag().over(earlier), baseline_at=_.last_at.lag().over(earlier))
    known = known.filter(known.week >= 0).inner_join(subjects, "subject")
    baseline = ibis.coalesce(
        known.before, ibis.ifelse(known.published_week == known.week, 0, ibis.null("int64")), known.first_value
    )
    starts_at, ends_at = (_boundary_of(known.week, boundaries, shift) for shift in (0, 1))
    gained = known.mutate(
        baseline=baseline,
        gain=ibis.greatest(known.last_value - baseline, 0),
        gap_at_start=(known.baseline_at.notnull() & (known.baseline_at < starts_at - edge)).cast("int64"),
        gap_at_end=(known.last_at < ends_at - edge).cast("int64"),
    )
    return gained.drop("first_value", "before")


def _published_gains(readings: ibis.Table, subjects: ibis.Table, weeks: Sequence[Week]) -> ibis.Table:
    """Give each post's last reading to the week it was published in."""
    last = readings.group_by("subject", "metric").agg(
        last_value=_.value.argmax(_.observed_at), last_at=_.observed_at.max()
    )
    known = last.inner_join(subjects, "subject").mutate(week=_.published_week)
    known = known.filter(known.week >= 0, known.week < len(weeks))
    none = ibis.literal(0, "int64")
    return known.mutate(
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
