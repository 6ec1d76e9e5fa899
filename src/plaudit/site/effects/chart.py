"""Who would stand elsewhere on a chart under the version that its rule replaced.

Charts are recomputed from the readings for the newest weeks alone, so that a long
season's pages stay quick to make.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from plaudit.base.weeks import weeks_between
from plaudit.chart.chart import positions
from plaudit.measure.coverage import day_boundaries, weeks_seen
from plaudit.measure.credits import credited
from plaudit.measure.feeds import Read, days_with_readings
from plaudit.measure.gains import gains
from plaudit.measure.measure import measure

if TYPE_CHECKING:
    from plaudit.rulebook.chart_rule import ChartRule
    from plaudit.rulebook.season_file import ChartUse
    from plaudit.site.site_data import ChartMaterial, Row, SiteData

__all__ = ["WEEKS_MOST", "chart_moves", "chart_positions"]

WEEKS_MOST: Final = 8
"""How many weeks, the newest, are charted again."""


def chart_moves(site_data: SiteData, chart: ChartMaterial, old: ChartRule) -> dict[str, Any]:
    """Give who stands elsewhere under an older rule, in the newest weeks of a chart.

    Returns
    -------
    weeks : the weeks charted by both rules and compared
    moved : week, artist, and the position under either rule, None where not on the chart
    """
    newest = chart.charted[-WEEKS_MOST:]
    use = next(use for use in site_data.season.charts if use.rule == chart.name)
    before = chart_positions(site_data, use, old, newest[0]) if newest else {}
    after = {(entry["week"], entry["artist"]): entry["position"] for week in newest for entry in chart.by_week[week]}
    both = sorted({week for week, _ in before} & {week for week, _ in after})
    pairs = sorted(pair for pair in {*before, *after} if pair[0] in both and before.get(pair) != after.get(pair))
    moved = [
        {"week": week, "artist": artist, "old": before.get((week, artist)), "new": after.get((week, artist))}
        for week, artist in pairs
    ]
    return {"weeks": both, "entries": sum(week in both for week, _ in after), "moved": sorted(moved, key=_by_week)}


def chart_positions(site_data: SiteData, use: ChartUse, rule: ChartRule, first_week: str) -> dict[tuple[str, str], int]:
    """Give positions by week and artist under any chart rule, for weeks from a date on."""
    season, tables = site_data.season, site_data.tables
    every = weeks_between(use.first_on, use.last_on, rule.week.starts_on, rule.week.zone)
    weeks = [week for week in every if week.id >= first_week]
    if not weeks:
        return {}
    readings, posts = tables.read("readings"), credited(tables.read("posts"), tables.read("credits"))
    sources = [source for source in season.sources if source.platform]
    read = [Read(**row) for row in tables.to_rows(days_with_readings(readings, day_boundaries(weeks)))]
    verdicts = [(seen.week.id, seen.verdict) for seen in weeks_seen(rule, weeks, sources, read)]
    measures = measure(gains(readings, posts, weeks, rule, sources), posts, weeks, rule, sources)
    rows = positions(measures, verdicts, rule, season.artists.artists, to_rows=tables.to_rows)
    return {(row["week"], row["artist"]): row["position"] for row in rows}


def _by_week(row: Row) -> tuple[str, int, str]:
    newest_first = "".join(chr(0x10FFFF - ord(letter)) for letter in row["week"])
    return newest_first, min(place for place in (row["old"], row["new"]) if place is not None), row["artist"]
