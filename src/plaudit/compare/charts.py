"""Who stands where on a chart under its rule, computed from the readings again."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from plaudit.chart.chart import positions
from plaudit.chart.points import too_large
from plaudit.chart.refusals import refuse_huge, refuse_ties
from plaudit.compare.standings import Standing
from plaudit.measure.credits import credited
from plaudit.measure.measured import measured

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plaudit.compare.standings import Standings
    from plaudit.rulebook.season import Season
    from plaudit.store.evidence import Evidence

__all__ = ["chart_as_made", "chart_standings", "charted_weeks"]


def chart_standings(season: Season, tables: Evidence, rule_name: str, first_week: str = "") -> Standings:
    """Give the positions on a chart of the season, by week and artist, from a week on.

    Parameters
    ----------
    tables : those of the season as it is; posts, credits and readings are read
    rule_name : which of the season's charts

    Raises
    ------
    RuleInvalid : nothing feeds a part of the rule.
    EvidenceError : a total is too large for exact points.
    TieUnresolved : two share a position, and the rule calls that an error.
    """
    rule = season.chart_rule(rule_name)
    use = next(use for use in season.charts if use.rule == rule_name)
    weeks = [week for week in season.chart_weeks(use) if week.id >= first_week]
    if not weeks:
        return {}
    readings, posts = tables.read("readings"), credited(tables.read("posts"), tables.read("credits"))
    coverage = tables.read("coverage") if tables.has("coverage") else None
    members = season.artists.members()
    made = measured(readings, posts, weeks, rule, season.sources, members, to_rows=tables.to_rows, coverage=coverage)
    measures = tables.materialize(made.measures)
    refuse_huge(tables.to_rows(too_large(measures, rule)))
    placed = positions(measures, made.verdicts, rule, season.artists.artists, to_rows=tables.to_rows)
    if rule.ties.then == "raise":
        refuse_ties(_shared(rule_name, placed))
    return _standings(placed)


def chart_as_made(tables: Evidence, rule_name: str, weeks: Iterable[str]) -> Standings:
    """Give the positions that the table entries has, in some weeks of a chart."""
    entries = tables.read("entries")
    wanted = entries.filter(entries.chart == rule_name, entries.week.isin(sorted(weeks)))
    return _standings(tables.to_rows(wanted.select("week", "artist", "position")))


def charted_weeks(tables: Evidence, rule_name: str) -> list[str]:
    """Give the weeks in which there is a chart, in order."""
    weeks = tables.read("weeks")
    wanted = weeks.filter(weeks.chart == rule_name, weeks.verdict != "uncharted")
    return [row["week"] for row in tables.to_rows(wanted.select("week").order_by("week"))]


def _standings(rows: Iterable[dict[str, Any]]) -> Standings:
    return {(row["week"], row["artist"]): Standing(row["position"]) for row in rows}


def _shared(rule_name: str, placed: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give the entries that share a position, as `refuse_ties` wants them."""
    held = Counter((row["week"], row["position"]) for row in placed)
    shared = [{**row, "chart": rule_name} for row in placed if held[row["week"], row["position"]] > 1]
    return sorted(shared, key=lambda row: (row["week"], row["position"], row["artist"]))
