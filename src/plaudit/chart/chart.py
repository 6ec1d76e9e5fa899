"""The step chart: measures become parts, points, positions and history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import ibis
import pyarrow as pa
from ibis import _

from plaudit.chart.contenders import COUNTED_FLAGS, near
from plaudit.chart.history import history
from plaudit.chart.places import places
from plaudit.chart.points import eligible_artists, parts, totals
from plaudit.rulebook.chart_rule import Eligibility

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from plaudit.rulebook.artists import Artist
    from plaudit.rulebook.chart_rule import ChartRule

__all__ = ["chart", "nearest", "parts_of", "placed_of", "positions", "undecided"]

_PLACED: Final = pa.schema(
    [
        ("week", pa.string()),
        ("artist", pa.string()),
        ("position", pa.int32()),
        ("points", pa.int64()),
        ("exact", pa.string()),
        ("flags", pa.string()),
    ]
)


def parts_of(
    measures: ibis.Table, weeks: Sequence[tuple[str, str]], rule: ChartRule, artists: Iterable[Artist]
) -> ibis.Table:
    """Give the table parts: of eligible artists, in the weeks that have a chart."""
    return parts(_ours(measures, weeks, rule, artists), rule)


def chart(
    measures: ibis.Table,
    weeks: Sequence[tuple[str, str]],
    rule: ChartRule,
    artists: Iterable[Artist],
    *,
    to_rows: Callable[[ibis.Table], list[dict[str, Any]]],
) -> ibis.Table:
    """Give the entries of every chart of a rule.

    Parameters
    ----------
    measures : the table measures
    weeks : every week of the chart and its verdict, in order
    artists : those of the season; the rule says which are eligible
    to_rows : computes a small expression and gives its rows

    Returns
    -------
    Table, one row per entry, as the table entries. Positions are by points before
        they are rounded, then by the measures of `ties.order`; what is equal still
        shares a position, and the next one is left out. The last position may be shared.
    """
    placed = ibis.memtable(placed_of(measures, weeks, rule, artists, to_rows=to_rows))
    entries = history(placed, weeks, rule)
    verdicts = entries.week.cases(*dict(weeks).items(), else_="")
    return entries.select(
        "week",
        "position",
        "artist",
        "points",
        "exact",
        "last_week",
        "peak",
        "weeks_on_chart",
        "weeks_at_no_1",
        "streak",
        "streak_at_no_1",
        "status",
        "flags",
        chart=ibis.literal(rule.name),
        verdict=verdicts,
    )


def placed_of(
    measures: ibis.Table,
    weeks: Sequence[tuple[str, str]],
    rule: ChartRule,
    artists: Iterable[Artist],
    *,
    to_rows: Callable[[ibis.Table], list[dict[str, Any]]],
) -> pa.Table:
    """Give week, artist, position, points, exact points and flags of every entry, without its history."""
    placed = positions(measures, weeks, rule, artists, to_rows=to_rows)
    columns = {name: [row[name] for row in placed] for name in ("week", "artist", "position", "points", "exact")}
    columns["flags"] = [_flags(row, rule) for row in placed]
    return pa.table(columns, schema=_PLACED)


def positions(
    measures: ibis.Table,
    weeks: Sequence[tuple[str, str]],
    rule: ChartRule,
    artists: Iterable[Artist],
    *,
    to_rows: Callable[[ibis.Table], list[dict[str, Any]]],
) -> list[dict[str, Any]]:
    """Give the week, artist, position, points and exact points of every entry, without its history.

    Other keys are what the entry is made of: see `contenders.near`.
    """
    return places(to_rows(nearest(measures, weeks, rule, artists)), rule)


def nearest(
    measures: ibis.Table, weeks: Sequence[tuple[str, str]], rule: ChartRule, artists: Iterable[Artist]
) -> ibis.Table:
    """Give the rows that `places` needs: those who can be on a chart of the rule, and what each has."""
    names = [part.measure for part in rule.part]
    ours = _ours(measures, weeks, rule, artists)
    needed = ours.filter(ours.measure.isin([*names, *rule.ties.order]), ours.value >= 0)
    needed = needed.select("week", "artist", "measure", "value", *COUNTED_FLAGS, "account_gap")
    return near(needed, totals(needed, rule), rule)


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


def _flags(entry: dict[str, Any], rule: ChartRule) -> str:
    """Give the flags of an entry's parts: `likes_gain fell:1; views_gain gap_at_end:2; account_gap`."""
    found = []
    for number, part in sorted(enumerate(rule.part), key=lambda item: item[1].measure):
        of_part = [f" {flag}:{entry[f'{flag}_{number}']}" for flag in COUNTED_FLAGS if entry[f"{flag}_{number}"]]
        found += [part.measure + "".join(of_part)] if of_part else []
    return "; ".join([*found, "account_gap"] if entry["account_gap"] else found)
