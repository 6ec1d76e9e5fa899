"""Weekly gains of cumulative counters, per post or account and metric.

gain(week) = highest sound reading in the week − baseline, never below 0; of a metric that
may fall, the last sound one. The baseline is the one before the week; without one, 0 for
a post published inside the week, else the week's first reading: only what was observed
counts.

Nothing looks at a reading after the week, so a later row changes no earlier gain.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

import ibis
from ibis import _

from plaudit.measure.credits import held, in_week, with_groups
from plaudit.measure.grain import grain_of, grains
from plaudit.store.intervals import interval_number
from plaudit.store.joins import left_join_unique
from plaudit.store.numbers import quotient

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plaudit.base.weeks import Week
    from plaudit.rulebook.chart_rule import ChartRule
    from plaudit.rulebook.sources import Source

__all__ = ["gains", "named_weeks"]

HOUR_MICROSECONDS: Final = 3_600_000_000
_SUBJECT: Final = ["platform", "account", "post"]


def gains(
    readings: ibis.Table,
    posts: ibis.Table,
    weeks: Sequence[Week],
    rule: ChartRule,
    sources: Sequence[Source] = (),
    members: Sequence[tuple[str, str]] = (),
) -> ibis.Table:
    """Give what each post or account gained, per metric and week with a reading.

    Posts of nobody and reposts of others' posts count for nobody.

    Parameters
    ----------
    posts : from `credited`; where members count for their groups, with these
    members : persons, each with a group that their accounts count for too

    Returns
    -------
    Table, one row per platform, account, post ('' for an account's own), metric, week and artist.
        week : its number, from 0
        baseline, reached, last_value, gain : counts; the gain is what `reached` is above the baseline
        baseline_at, last_at : when it was last read before the week, or first in it, and last; null
            where the baseline is no reading
        grain : how far the gain may be off either way, where the counter is rounded
        fell, recovered, gap_at_start, gap_at_end : flags, 0 or 1
        shared_by : among how many artists the gain is divided

    References
    ----------
    docs/reference/measures.md
    """
    boundaries = [week.starts_at for week in weeks] + [weeks[-1].ends_at]
    counted = held(posts, weeks, rule)
    subjects = _subjects(readings, counted, boundaries)
    ours = _numbered(readings, subjects, boundaries, sources)
    if rule.gain.attribution == "published":
        gained = _published_gains(ours, subjects, weeks, rule)
    else:
        gained = _observed_gains(ours, subjects, boundaries, rule)
    if rule.gain.rounded == "smooth" and grains(sources):
        gained = _smoothed(gained, rule.gain.smooth_weeks)
    owned = in_week(gained.drop("artist").inner_join(_owners(subjects, counted, len(weeks), members), "subject"))
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


def _owners(subjects: ibis.Table, posts: ibis.Table, weeks: int, members: Sequence[tuple[str, str]]) -> ibis.Table:
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
    return ibis.union(of_posts.select(columns), with_groups(of_accounts.select(columns), members))


def _numbered(
    readings: ibis.Table, subjects: ibis.Table, boundaries: Sequence[int], sources: Sequence[Source]
) -> ibis.Table:
    """Give readings with their subject's number and their week: of posts by post, of accounts by account."""
    changes = [source.id for source in sources if source.holds]
    known = readings.mutate(
        week=interval_number(readings.observed_at, boundaries),
        grain=grain_of(readings, grains(sources)),
        holds=readings.source.isin(changes or [""]).cast("int64"),
    )
    columns = ["subject", "metric", "week", "observed_at", "value", "falls", "grain", "holds"]
    posts = subjects.filter(subjects.post != "").select("platform", "post", "subject")
    accounts = subjects.filter(subjects.post == "").select("platform", "account", "subject")
    of_posts = known.inner_join(posts, ["platform", "post"])
    of_accounts = known.filter(known.post == "").inner_join(accounts, ["platform", "account"])
    return ibis.union(of_posts.select(columns), of_accounts.select(columns))


def _sound(readings: ibis.Table, by: Sequence[str], may_fall: Sequence[str]) -> ibis.Table:
    """Give the level per week of the counters that ever fall: the highest sound reading; all others rise to their last.

    A reading that leaps up and is followed, in the same group, by one that is lower and
    not below the one before it, is a leap that was taken back, and no sound reading. Of a
    metric that may fall the level is the last reading of at least half the highest so far.
    """
    fallen = readings.filter(readings.falls).select("subject", "metric").distinct()
    in_order = ibis.window(group_by=["subject", "metric"], order_by="observed_at")
    in_group = ibis.window(group_by=["subject", "metric", *by], order_by="observed_at")
    known = readings.semi_join(fallen, ["subject", "metric"])
    known = known.mutate(before=known.value.lag().over(in_order), after=known.value.lead().over(in_group))
    is_leap = ((known.after < known.value) & (known.after >= known.before)).fill_null(False)  # noqa: FBT003
    so_far = ibis.cumulative_window(group_by=["subject", "metric"], order_by="observed_at")
    known = known.mutate(is_leap=is_leap, top=known.value.max().over(so_far))
    levels = known.group_by("subject", "metric", *by).agg(
        highest=known.value.max(where=~known.is_leap),
        top=known.top.max(),
        believed=known.value.argmax(known.observed_at, where=known.value * 2 >= known.top),
    )
    level = ibis.ifelse(
        levels.metric.isin(may_fall or [""]), ibis.coalesce(levels.believed, levels.top), levels.highest
    )
    return levels.select("subject", "metric", *by, level=level)


def _observed_gains(
    readings: ibis.Table, subjects: ibis.Table, boundaries: Sequence[int], rule: ChartRule
) -> ibis.Table:
    edge = rule.gain.edge_gap_hours * HOUR_MICROSECONDS
    by_week = readings.group_by("subject", "metric", "week").agg(
        first_value=_.value.argmin(_.observed_at),
        first_at=_.observed_at.min(),
        last_value=_.value.argmax(_.observed_at),
        last_at=_.observed_at.max(),
        fell=_.falls.cast("int64").max(),
        grain=_.grain.max(),
        holds=_.holds.max(),
    )
    by_week = by_week.filter(by_week.week < len(boundaries) - 1)
    if rule.gain.falls == "high-water":
        by_week = left_join_unique(
            by_week, _sound(readings, ["week"], rule.gain.may_fall), ["subject", "metric", "week"]
        )
        by_week = by_week.mutate(level=ibis.coalesce(by_week.level, by_week.last_value))
    else:
        by_week = by_week.mutate(level=by_week.last_value)
    earlier = ibis.window(group_by=["subject", "metric"], order_by="week")
    so_far = ibis.cumulative_window(group_by=["subject", "metric"], order_by="week")
    rises = ~by_week.metric.isin(rule.gain.may_fall or [""]) & (rule.gain.falls == "high-water")
    known = by_week.mutate(highest=ibis.ifelse(rises, by_week.level.max().over(so_far), by_week.level))
    known = known.mutate(
        before=_.highest.lag().over(earlier),
        before_last=_.last_value.lag().over(earlier),
        before_at=_.last_at.lag().over(earlier),
        before_grain=_.grain.lag().over(earlier),
        held=_.holds.lag().over(earlier),
    )
    known = known.filter(known.week >= 0).inner_join(subjects, "subject")
    is_first = known.before.isnull()
    is_new = is_first & (known.published_week == known.week).fill_null(False)  # noqa: FBT003
    starts_at, ends_at = (_boundary_of(known.week, boundaries, shift) for shift in (0, 1))
    known = known.mutate(
        baseline=ibis.cases((~is_first, known.before), (is_new, 0), else_=known.first_value).cast("int64"),
        baseline_at=ibis.cases((~is_first, known.before_at), (is_new, ibis.null("int64")), else_=known.first_at).cast(
            "int64"
        ),
        gap_at_start=ibis.cases(
            (~is_first, (known.before_at < starts_at - edge) & (known.held == 0)), (is_new, False), else_=True
        ).cast("int64"),
        gap_at_end=((known.last_at < ends_at - edge) & (known.holds == 0)).cast("int64"),
        grain=ibis.greatest(known.grain, known.before_grain.fill_null(0)),
        recovered=((known.before_last < known.before) & (known.last_value > known.before_last))
        .fill_null(False)  # noqa: FBT003
        .cast("int64"),
    )
    known = known.mutate(
        reached=ibis.greatest(known.highest, known.baseline), gain=ibis.greatest(known.highest - known.baseline, 0)
    )
    return known.drop(
        "first_value",
        "first_at",
        "holds",
        "held",
        "level",
        "highest",
        "before",
        "before_last",
        "before_at",
        "before_grain",
    )


def _smoothed(gained: ibis.Table, weeks: int) -> ibis.Table:
    """Give rounded counters the mean gain of their last weeks with readings, rounded down."""
    last = ibis.window(group_by=["subject", "metric"], order_by="week", preceding=weeks - 1, following=0)
    known = gained.mutate(together=gained.gain.sum().over(last).cast("int64"), counted=gained.gain.count().over(last))
    is_rounded = known.grain > 0
    return known.mutate(
        gain=ibis.ifelse(is_rounded, quotient(known.together, known.counted), known.gain).cast("int64"),
        grain=ibis.ifelse(is_rounded, quotient(known.grain + known.counted - 1, known.counted), 0).cast("int64"),
    ).drop("together", "counted")


def _published_gains(readings: ibis.Table, subjects: ibis.Table, weeks: Sequence[Week], rule: ChartRule) -> ibis.Table:
    """Give each post's highest sound reading, or its last, to the week it was published in."""
    last = readings.group_by("subject", "metric").agg(
        last_value=_.value.argmax(_.observed_at),
        last_at=_.observed_at.max(),
        fell=_.falls.cast("int64").max(),
        grain=_.grain.max(),
    )
    if rule.gain.falls == "high-water":
        last = left_join_unique(last, _sound(readings, [], rule.gain.may_fall), ["subject", "metric"])
        last = last.mutate(reached=ibis.coalesce(last.level, last.last_value)).drop("level")
    else:
        last = last.mutate(reached=last.last_value)
    known = last.inner_join(subjects, "subject").mutate(week=_.published_week)
    known = known.filter(known.week >= 0, known.week < len(weeks))
    none = ibis.literal(0, "int64")
    return known.mutate(
        baseline_at=ibis.null("int64"),
        baseline=none,
        recovered=none,
        gain=known.reached,
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
