"""The latest week, any week, and the list of weeks of each chart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from plaudit.site.geometry import bars, run_path, run_point
from plaudit.site.kinds import MenuItem, Page, PageKind
from plaudit.words.texts import N_

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plaudit.site.site_data import ChartData, Row, SiteData
    from plaudit.words.words import Words

__all__ = ["LATEST", "WEEK", "WEEKS", "latest_path", "week_facts", "week_path"]

_RUN_WEEKS: Final = 26
_SHOWN: Final = (
    "artist",
    "position",
    "last_week",
    "peak",
    "weeks_on_chart",
    "weeks_at_no_1",
    "streak_at_no_1",
    "status",
    "points",
    "flags",
)


def latest_path(chart: str) -> str:
    """Give where a chart's latest week lies."""
    return f"chart/{chart}/index.html"


def week_path(chart: str, week: str) -> str:
    """Give where one week of a chart lies."""
    return f"chart/{chart}/{week}.html"


def week_facts(site_data: SiteData, chart: ChartData, week: Row) -> dict[str, Any]:
    """Give what one week's page is made from; nothing of later weeks but the next one's date."""
    place = next(number for number, other in enumerate(chart.weeks) if other["week"] == week["week"])
    ids = [other["week"] for other in chart.weeks]
    so_far = [other for other in chart.charted if other <= week["week"]][-_RUN_WEEKS:]
    entries = chart.by_week[week["week"]]
    return {
        "chart": chart_head(chart),
        "week": {
            "id": week["week"],
            "verdict": week["verdict"],
            "days_seen": week["days_seen"],
            "missing": week["missing"].split(),
        },
        "previous": ids[place - 1] if place else None,
        "next": ids[place + 1] if place + 1 < len(ids) else None,
        "entries": [
            {key: entry[key] for key in _SHOWN}
            | {
                "names": site_data.names(entry["artist"]),
                "run": _run(chart, entry["artist"], so_far),
                "parts": [
                    {key: part[key] for key in ("measure", "value", "total", "points")}
                    for part in chart.parts[week["week"], entry["artist"]]
                ],
            }
            for entry in entries
        ],
    }


def chart_head(chart: ChartData) -> dict[str, Any]:
    """Give what every page of a chart says of its rule."""
    rule = chart.rule
    return {
        "name": chart.name,
        "title": rule.title,
        "positions": rule.positions,
        "zone": rule.week.zone,
        "full_days": rule.coverage.full_days,
        "edge_gap_hours": rule.gain.edge_gap_hours,
        "parts": [{"measure": part.measure, "weight_ppm": part.weight_ppm} for part in rule.part],
    }


def _run(chart: ChartData, artist: str, weeks: list[str]) -> list[int | None]:
    positions = {entry["week"]: entry["position"] for entry in chart.by_artist[artist]}
    run = [positions.get(week) for week in weeks]
    first = next((place for place, position in enumerate(run) if position is not None), 0)
    return run[max(first - 1, 0) :]


def _menu(site_data: SiteData) -> Iterable[MenuItem]:
    if len(site_data.charts) == 1:
        return [MenuItem(latest_path(site_data.charts[0].name), N_("This week"))]
    return [MenuItem(latest_path(chart.name), chart.rule.title) for chart in site_data.charts]


def _latest(site_data: SiteData) -> Iterator[Page]:
    for chart in site_data.charts:
        weeks = [week for week in chart.weeks if week["verdict"] != "uncharted"] or chart.weeks
        recent = [other["week"] for other in chart.weeks[::-1][:8]]
        yield Page(latest_path(chart.name), {**week_facts(site_data, chart, weeks[-1]), "recent": recent})


def _every(site_data: SiteData) -> Iterator[Page]:
    for chart in site_data.charts:
        for week in chart.weeks:
            yield Page(week_path(chart.name, week["week"]), week_facts(site_data, chart, week))


def _weeks(site_data: SiteData) -> Iterator[Page]:
    for chart in site_data.charts:
        rows = [
            {
                "week": week["week"],
                "verdict": week["verdict"],
                "missing": week["missing"].split(),
                "no_1": [
                    {"artist": entry["artist"], "names": site_data.names(entry["artist"])}
                    for entry in chart.by_week[week["week"]]
                    if entry["position"] == 1
                ],
            }
            for week in chart.weeks[::-1]
        ]
        yield Page(f"chart/{chart.name}/weeks.html", {"chart": chart_head(chart), "weeks": rows})


def _view(facts: dict[str, Any], _words: Words) -> dict[str, object]:
    """Add sparklines, stacked bars and what is worth calling out."""
    entries = facts["entries"]
    most = max((entry["points"] for entry in entries), default=0)
    measures = [part["measure"] for part in facts["chart"]["parts"]]
    drawn = []
    for entry in entries:
        parts = {part["measure"]: part for part in entry["parts"]}
        points = [parts[measure]["points"] if measure in parts else 0 for measure in measures]
        drawn.append(
            {
                **entry,
                "path": run_path(entry["run"], facts["chart"]["positions"]),
                "width": 4 * len(entry["run"]),
                "dot": run_point(len(entry["run"]) - 1, entry["position"], facts["chart"]["positions"]),
                "bars": bars(points, most),
                "by_measure": parts,
            }
        )
    climbs = [entry["last_week"] - entry["position"] for entry in entries if entry["status"] == "up"]
    climb = max(climbs, default=0)
    return {
        "entries": drawn,
        "measures": measures,
        "debuts": [entry for entry in entries if entry["status"] == "debut"],
        "re_entries": [entry for entry in entries if entry["status"] == "re-entry"],
        "climb": climb,
        "climbers": [e for e in entries if e["status"] == "up" and e["last_week"] - e["position"] == climb],
        "leaders": [entry for entry in entries if entry["position"] == 1],
    }


LATEST: Final = PageKind("latest", "week.html", _latest, _view, menu=_menu)
WEEK: Final = PageKind("week", "week.html", _every, _view)
WEEKS: Final = PageKind("weeks", "weeks.html", _weeks)
