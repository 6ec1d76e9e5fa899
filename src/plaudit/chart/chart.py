"""The step chart: measures become parts, points, positions and history."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
from ibis import _

from plaudit.chart.history import history
from plaudit.chart.points import eligible_artists, parts
from plaudit.store.joins import beside

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from plaudit.rulebook.artists import Artist
    from plaudit.rulebook.chart_rule import ChartRule

__all__ = ["chart", "parts_of", "undecided"]


def parts_of(
    measures: ibis.Table, weeks: Sequence[tuple[str, str]], rule: ChartRule, artists: Iterable[Artist]
) -> ibis.Table:
    """Give the table parts: of eligible artists, in the weeks that have a chart."""
    return parts(_ours(measures, weeks, rule, artists), rule)


def chart(
    measures: ibis.Table, weeks: Sequence[tuple[str, str]], rule: ChartRule, artists: Iterable[Artist]
) -> ibis.Table:
    """Give the entries of every chart of a rule.

    Parameters
    ----------
    measures : the table measures
    weeks : every week of the chart and its verdict, in order
    artists : those of the season; the rule says which are eligible

    Returns
    -------
    Table, one row per entry, as the table entries. Positions are by points,
        then by the measures of `ties.order`; what is equal still shares a
        position, and the next one is left out. The last position may be shared.
    """
    ours = _ours(measures, weeks, rule, artists)
    ranked = _ranked(ours, rule)
    on_chart = ranked.filter(ranked.position <= rule.positions)
    known = history(on_chart, weeks, rule)
    flags = _flags(ours, rule)
    entries = beside(known, flags, ["week", "artist"])
    verdicts = entries.week.cases(*dict(weeks).items(), else_="")
    return entries.select(
        "week",
        "position",
        "artist",
        "points",
        "last_week",
        "peak",
        "weeks_on_chart",
        "weeks_at_no_1",
        "streak",
        "streak_at_no_1",
        "status",
        chart=ibis.literal(rule.name),
        verdict=verdicts,
        flags=entries.flags.fill_null(""),
    )


def undecided(entries: ibis.Table) -> ibis.Table:
    """Give the entries that share a position, for rules that say a tie is an error."""
    shared = entries.group_by("chart", "week", "position").agg(tied=_.count())
    return entries.semi_join(shared.filter(shared.tied > 1), ["chart", "week", "position"]).order_by(
        "chart", "week", "position", "artist"
    )


def _ours(
    measures: ibis.Table, weeks: Sequence[tuple[str, str]], rule: ChartRule, artists: Iterable[Artist]
) -> ibis.Table:
    charted = [week for week, verdict in weeks if verdict != "uncharted"]
    eligible = ibis.memtable({"artist": eligible_artists(artists, rule)}, schema={"artist": "string"})
    ours = measures.filter(measures.chart == rule.name, measures.week.isin(charted))
    return ours.semi_join(eligible, "artist")


def _ranked(measures: ibis.Table, rule: ChartRule) -> ibis.Table:
    scored = parts(measures, rule).group_by("week", "artist").agg(points=_.points.sum().cast("int64"))
    scored = scored.filter(scored.points > 0)
    for number, name in enumerate(rule.ties.order):
        settling = measures.filter(measures.measure == name).select("week", "artist", **{f"tie_{number}": "value"})
        scored = beside(scored, settling, ["week", "artist"])
        scored = scored.mutate(**{f"tie_{number}": scored[f"tie_{number}"].fill_null(0)})
    keys = ["points", *(f"tie_{number}" for number in range(len(rule.ties.order)))]
    by_points = ibis.window(group_by="week", order_by=[ibis.desc(key) for key in keys])
    return scored.select("week", "artist", "points", position=(ibis.rank().over(by_points) + 1).cast("int32"))


def _flags(measures: ibis.Table, rule: ChartRule) -> ibis.Table:
    """Give the flags of an entry's parts, as `measure fell:1, measure gap_at_end:2`."""
    of_parts = measures.filter(measures.measure.isin([part.measure for part in rule.part]), measures.flags != "")
    named = of_parts.mutate(text=of_parts.measure + " " + of_parts.flags)
    return named.group_by("week", "artist").agg(flags=named.text.group_concat(sep="; ", order_by=named.measure))
