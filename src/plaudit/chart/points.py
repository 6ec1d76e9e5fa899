"""Points: each part is the artist's share of that part's total, weighted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
from ibis import _

from plaudit.base.numbers import TOTAL_MOST
from plaudit.store.numbers import share_points

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plaudit.rulebook.artists import Artist
    from plaudit.rulebook.chart_rule import ChartRule

__all__ = ["eligible_artists", "parts", "too_large", "totals", "weighed"]


def eligible_artists(artists: Iterable[Artist], rule: ChartRule) -> list[str]:
    """Give the ids of the artists the chart is about.

    Examples
    --------
    >>> from plaudit.rulebook.artists import Artist
    >>> from plaudit.rulebook.library import RuleLibrary
    >>> rule = RuleLibrary().cited("social-weekly@1").rule
    >>> eligible_artists([Artist("bts", {"en": "BTS"}, "group")], rule)
    ['bts']
    """
    wanted = rule.eligibility
    return sorted(
        artist.id
        for artist in artists
        if (not wanted.kinds or artist.kind in wanted.kinds)
        and (not wanted.countries or artist.country in wanted.countries)
        and (not wanted.genres or set(artist.genres) & set(wanted.genres))
        and artist.id not in wanted.excluded
    )


def parts(measures: ibis.Table, rule: ChartRule) -> ibis.Table:
    """Give the parts of every artist's points; `measures` holds eligible artists and charted weeks only.

    Returns
    -------
    Table, one row per artist, week and part of the rule with a value above 0.
        total : of all eligible artists that week
        points : weight_ppm × value ÷ total, half to even
    """
    weights = {part.measure: part.weight_ppm for part in rule.part}
    counted = measures.filter(measures.measure.isin(list(weights)), measures.value > 0)
    return weighed(counted, totals(counted, rule)).select(
        "chart", "week", "artist", "measure", "value", "total", "weight_ppm", "points"
    )


def too_large(measures: ibis.Table, rule: ChartRule) -> ibis.Table:
    """Give the totals of a rule's parts that are too large to be shared out exactly."""
    counted = measures.filter(measures.measure.isin([part.measure for part in rule.part]), measures.value > 0)
    totals = counted.group_by("chart", "week", "measure").agg(total=_.value.cast("decimal(38, 0)").sum())
    return totals.filter(totals.total > TOTAL_MOST).order_by("chart", "week", "measure")


def totals(measures: ibis.Table, rule: ChartRule) -> ibis.Table:
    """Give each week's and measure's total and its weight; a measure that is no part weighs nothing."""
    weights = {part.measure: part.weight_ppm for part in rule.part}
    sums = measures.group_by("week", "measure").agg(total=_.value.sum().cast("int64"))
    return sums.mutate(weight_ppm=sums.measure.cases(*weights.items(), else_=0).cast("int64"))


def weighed(measures: ibis.Table, totals: ibis.Table) -> ibis.Table:
    """Add `total`, `weight_ppm` and `points`."""
    known = measures.inner_join(totals, ["week", "measure"])
    return known.mutate(points=share_points(known.value, known.total, known.weight_ppm))
