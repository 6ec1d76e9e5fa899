"""The picture of each artist's run on a chart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from plaudit.site.kinds import FileKind, Page
from plaudit.site.pictures import in_dark, run_chart, svg_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plaudit.publish.charts import Chart
    from plaudit.site.site_data import SiteData

__all__ = ["RUNS", "heaviest", "run_picture"]


def run_picture(chart: str, artist: str) -> str:
    """Give where the picture lies; its dark twin ends in `-dark.svg`."""
    return f"pictures/{chart}/{artist}.svg"


def heaviest(chart: Chart) -> str:
    """Give the measure that weighs most in a chart's points."""
    return max(chart.rule.part, key=lambda part: part.weight_ppm).measure


def _pages(site_data: SiteData) -> Iterator[Page]:
    for chart in site_data.charts:
        for artist in sorted(chart.by_artist):
            if artist in site_data.artists:
                yield Page(run_picture(chart.name, artist), _facts(site_data, chart, artist))


def _facts(site_data: SiteData, chart: Chart, artist: str) -> dict[str, Any]:
    """Give the run from a week before the first entry to a week after the last."""
    positions = {entry.week: entry.position for entry in chart.by_artist[artist]}
    measures = site_data.measures.get((chart.name, artist), {})
    ids = [week.week for week in chart.weeks]
    first, last = (ids.index(week) for week in (min(positions), max(positions)))
    wanted = heaviest(chart)
    return {
        "positions": chart.rule.positions,
        "weeks": [
            {"week": week, "position": positions.get(week), "gain": measures.get(week, {}).get(wanted, (0, False))[0]}
            for week in ids[max(first - 1, 0) : last + 2]
        ],
    }


def _render(facts: dict[str, Any]) -> list[bytes]:
    light = svg_of(run_chart(facts["weeks"], facts["positions"]))
    return [light, in_dark(light)]


def _paths(path: str) -> list[str]:
    return [path, path.removesuffix(".svg") + "-dark.svg"]


RUNS: Final = FileKind("runs", _pages, _render, _paths)
