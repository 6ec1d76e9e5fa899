"""The step measure: posts and readings become weekly quantities per artist."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import ibis
from ibis import _

from plaudit.measure.credits import held, in_week, summed
from plaudit.measure.feeds import STOCKS
from plaudit.measure.gains import named_weeks
from plaudit.measure.grain import in_steps
from plaudit.store.intervals import interval_number
from plaudit.store.numbers import quotient

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from plaudit.base.weeks import Week
    from plaudit.rulebook.chart_rule import ChartRule
    from plaudit.rulebook.sources import Source

__all__ = ["measure"]

_FLAGS: Final = ("fell", "recovered", "gap_at_start", "gap_at_end")


def measure(
    gained: ibis.Table,
    posts: ibis.Table,
    weeks: Sequence[Week],
    rule: ChartRule,
    sources: Iterable[Source] = (),
) -> ibis.Table:
    """Give every measure of every artist and week under a chart rule.

    Parameters
    ----------
    gained : rows of `gains`, under the same rule and weeks
    posts : from `credited`

    Returns
    -------
    Table, one row per artist, week and measure; no row where nothing was observed.
        chart : the rule's id@version
        value, unit : a whole number of `unit`; ratios are in thousandths
        grain : how far the value may be off either way, where counters are rounded; 0 of ratios
        fell, recovered, gap_at_start, gap_at_end : of how many posts or accounts each is true
        account_gap : a source lacks one of the artist's accounts that week

    References
    ----------
    docs/reference/measures.md
    """
    own = held(posts, weeks, rule)
    by_metric = summed(gained, ("grain", *_FLAGS), rule)
    by_metric = in_steps(by_metric) if rule.gain.rounded == "steps" else by_metric
    suffix = ibis.ifelse(by_metric.is_stock, "_addition", "_gain")
    counted = by_metric.select(
        "artist", "week", "value", "grain", *_FLAGS, measure=by_metric.metric + suffix, unit=by_metric.metric
    )
    parts = [counted, _posts_published(own, weeks), *_ratios(by_metric, rule)]
    return _named(ibis.union(*parts), weeks, rule, _account_gaps(_accounts(gained, posts), weeks, sources))


def _posts_published(posts: ibis.Table, weeks: Sequence[Week]) -> ibis.Table:
    boundaries = [week.starts_at for week in weeks] + [weeks[-1].ends_at]
    own = posts.mutate(week=interval_number(posts.published_at, boundaries))
    own = in_week(own.filter(own.week >= 0, own.week < len(weeks)))
    every = own.select("artist", "week", measure=ibis.literal("posts"))
    known = own.filter(own.media != "unknown").select("artist", "week", measure="posts_" + own.media)
    counts = ibis.union(every, known).group_by("artist", "week", "measure").agg(value=_.count().cast("int64"))
    none = ibis.literal(0, "int64")
    return counts.select(
        "artist",
        "week",
        "value",
        grain=none,
        **dict.fromkeys(_FLAGS, none),
        measure="measure",
        unit=ibis.literal("posts"),
    )


def _ratios(by_metric: ibis.Table, rule: ChartRule) -> list[ibis.Table]:
    """Response per 1,000 views and per 1,000 followers, in thousandths, rounded down."""
    response = by_metric.filter(by_metric.metric.isin(rule.response.metrics), ~by_metric.is_stock)
    response = response.group_by("artist", "week").agg(
        response=_.value.sum().cast("int64"), **{flag: _[flag].sum().cast("int64") for flag in _FLAGS}
    )
    views = by_metric.filter(by_metric.metric == "views", ~by_metric.is_stock)
    followers = by_metric.filter(by_metric.metric.isin(STOCKS), by_metric.is_stock)
    return [
        _ratio(response, views.select("artist", "week", base="value"), "response_per_1000_views"),
        _ratio(
            response,
            followers.group_by("artist", "week").agg(base=_["last"].sum().cast("int64")),
            "response_per_1000_followers",
        ),
    ]


def _ratio(response: ibis.Table, base: ibis.Table, name: str) -> ibis.Table:
    both = response.inner_join(base, ["artist", "week"]).filter(_.base > 0)
    return both.select(
        "artist",
        "week",
        *_FLAGS,
        grain=ibis.literal(0, "int64"),
        value=quotient(both.response * 1_000_000, both.base).cast("int64"),
        measure=ibis.literal(name),
        unit=ibis.literal("thousandths"),
    )


def _accounts(gained: ibis.Table, posts: ibis.Table) -> ibis.Table:
    """Give the artists seen on each account, with posts or without."""
    of_posts = posts.select("platform", "account", "artist")
    return ibis.union(gained.select("platform", "account", "artist"), of_posts).distinct()


def _account_gaps(
    accounts: ibis.Table, weeks: Sequence[Week], sources: Iterable[Source]
) -> list[tuple[ibis.Value, list[int]]]:
    """Give, per gap of one account, which rows are its artist's and the weeks it touches."""
    found = []
    for source in sources:
        for gap in source.coverage.gaps:
            touched = [
                n for n, week in enumerate(weeks) if gap.first_on <= week.days[-1] and week.days[0] <= gap.last_on
            ]
            if gap.account and touched:
                of_account = accounts.filter(accounts.platform == source.platform, accounts.account == gap.account)
                found.append((of_account.artist, touched))
    return found


def _named(
    rows: ibis.Table, weeks: Sequence[Week], rule: ChartRule, account_gaps: list[tuple[ibis.Value, list[int]]]
) -> ibis.Table:
    gap = ibis.literal(False)  # noqa: FBT003
    for artists, touched in account_gaps:
        gap |= rows.artist.isin(artists) & rows.week.isin(touched)
    return named_weeks(rows.mutate(account_gap=gap), weeks, rule)
