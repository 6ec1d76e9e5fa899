"""The step chart: measures become parts, points, positions and history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import ibis
from ibis import _

from plaudit.chart.contenders import contenders
from plaudit.chart.history import history
from plaudit.chart.points import eligible_artists, parts, totals, weighed
from plaudit.rulebook.chart_rule import Eligibility

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from plaudit.rulebook.artists import Artist
    from plaudit.rulebook.chart_rule import ChartRule

__all__ = ["chart", "parts_of", "positions", "undecided"]

_COUNTED_FLAGS: Final = ("fell", "gap_at_start", "gap_at_end")


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
    entries = history(positions(measures, weeks, rule, artists), weeks, rule)
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
        flags=_flags(entries, rule),
    )


def positions(
    measures: ibis.Table, weeks: Sequence[tuple[str, str]], rule: ChartRule, artists: Iterable[Artist]
) -> ibis.Table:
    """Give the week, artist and position of every entry, without its history.

    Other columns are what the entry is made of: points, what settles ties, and flags.
    """
    ranked = _ranked(_scored(_ours(measures, weeks, rule, artists), rule), rule)
    return ranked.filter(ranked.position <= rule.positions)


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
    ours = measures.filter(measures.chart == rule.name, measures.week.isin(charted))
    if rule.eligibility == Eligibility():
        return ours
    eligible = ibis.memtable({"artist": eligible_artists(artists, rule)}, schema={"artist": "string"})
    return ours.semi_join(eligible, "artist")


def _scored(measures: ibis.Table, rule: ChartRule) -> ibis.Table:
    """Give points, what settles ties, and the flags of each part, per week and artist."""
    names = [part.measure for part in rule.part]
    needed = measures.filter(measures.measure.isin([*names, *rule.ties.order]), measures.value >= 0)
    needed = needed.select("week", "artist", "measure", "value", *_COUNTED_FLAGS, "account_gap")
    sums = totals(needed, rule)
    able = contenders(needed, sums, rule)
    known = weighed(needed.semi_join(able, ["week", "artist"]), sums)
    ties = {
        f"tie_{number}": known.value.max(where=known.measure == name).fill_null(0)
        for number, name in enumerate(rule.ties.order)
    }
    flags = {
        f"{flag}_{number}": known[flag].max(where=known.measure == name).fill_null(0)
        for number, name in enumerate(names)
        for flag in _COUNTED_FLAGS
    }
    gaps = {"account_gap": known.account_gap.any()}
    return known.group_by("week", "artist").agg(points=_.points.sum().cast("int64"), **ties, **flags, **gaps)


def _ranked(scored: ibis.Table, rule: ChartRule) -> ibis.Table:
    scored = scored.filter(scored.points > 0)
    keys = ["points", *(f"tie_{number}" for number in range(len(rule.ties.order)))]
    by_points = ibis.window(group_by="week", order_by=[ibis.desc(key) for key in keys])
    return scored.mutate(position=(ibis.rank().over(by_points) + 1).cast("int32"))


def _flags(entries: ibis.Table, rule: ChartRule) -> ibis.Value:
    """Give the flags of an entry's parts as text: `likes_gain fell:1; views_gain gap_at_end:2; account_gap`."""
    text = ibis.literal("")
    for number, part in sorted(enumerate(rule.part), key=lambda item: item[1].measure):
        of_part = ibis.literal("")
        for flag in _COUNTED_FLAGS:
            count = entries[f"{flag}_{number}"]
            of_part += ibis.ifelse(count > 0, f" {flag}:" + count.cast("string"), "")
        text += ibis.ifelse(of_part == "", "", f"; {part.measure}" + of_part)
    text += ibis.ifelse(entries.account_gap, "; account_gap", "")
    return text.substr(2)
