"""The latest week, any week, and the list of weeks of each chart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import structs

from plaudit.base.weeks import instant_text
from plaudit.publish.charts import Week
from plaudit.site.geometry import NOT_SEEN, bars, run_drawn
from plaudit.site.kinds import MenuItem, Page, PageKind
from plaudit.site.pages.reasons import Reason, reasons
from plaudit.words.texts import N_

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plaudit.publish.charts import Chart, Entry
    from plaudit.site.site_data import SiteData
    from plaudit.words.words import Words

__all__ = [
    "LATEST",
    "WEEK",
    "WEEKS",
    "chart_head",
    "drawn_entries",
    "entry_facts",
    "latest_path",
    "week_facts",
    "week_path",
]

_RUN_WEEKS: Final = 26


def latest_path(chart: str) -> str:
    """Give where a chart's latest week lies."""
    return f"chart/{chart}/index.html"


def week_path(chart: str, week: str) -> str:
    """Give where one week of a chart lies."""
    return f"chart/{chart}/{week}.html"


def week_facts(site_data: SiteData, chart: Chart, week: Week) -> dict[str, Any]:
    """Give what one week's page is made from; nothing of later weeks but the next one's date."""
    ids = [other.week for other in chart.weeks]
    place = ids.index(week.week)
    return {
        "chart": chart_head(chart),
        "week": week,
        "missing": week.days_missing,
        "previous": ids[place - 1] if place else None,
        "next": ids[place + 1] if place + 1 < len(ids) else None,
        **entry_facts(site_data, chart, week, week.entries),
    }


def entry_facts(site_data: SiteData, chart: Chart, week: Week, entries: list[Entry]) -> dict[str, Any]:
    """Give the runs of some entries of a week, and why they stand there."""
    so_far = [other for other in chart.weeks if other.week <= week.week][-_RUN_WEEKS:]
    told = reasons(site_data, chart)
    return {
        "runs": [_run(chart, entry.artist, so_far) for entry in entries],
        "reasons": [told[week.week, entry.artist] for entry in entries],
    }


def chart_head(chart: Chart) -> dict[str, Any]:
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


def _run(chart: Chart, artist: str, weeks: list[Week]) -> list[int | None]:
    """Give the position in each week, or nothing; `NOT_SEEN` where the week has no chart."""
    positions = {entry.week: entry.position for entry in chart.by_artist[artist]}
    return [NOT_SEEN if week.verdict == "uncharted" else positions.get(week.week) for week in weeks]


def _menu(site_data: SiteData) -> Iterable[MenuItem]:
    if len(site_data.charts) == 1:
        return [MenuItem(latest_path(site_data.charts[0].name), N_("This week"))]
    return [MenuItem(latest_path(chart.name), chart.rule.title) for chart in site_data.charts]


def _latest(site_data: SiteData) -> Iterator[Page]:
    for chart in site_data.charts:
        week = chart.latest or chart.weeks[-1]
        recent = [other.week for other in chart.weeks[::-1][:8]]
        yield Page(latest_path(chart.name), {**week_facts(site_data, chart, week), "recent": recent})


def _every(site_data: SiteData) -> Iterator[Page]:
    for chart in site_data.charts:
        for week in chart.weeks:
            yield Page(week_path(chart.name, week.week), week_facts(site_data, chart, week))


def _weeks(site_data: SiteData) -> Iterator[Page]:
    for chart in site_data.charts:
        rows = [
            {"week": week.week, "verdict": week.verdict, "missing": week.days_missing, "no_1": week.leaders}
            for week in chart.weeks[::-1]
        ]
        yield Page(f"chart/{chart.name}/weeks.html", {"chart": chart_head(chart), "weeks": rows})


def drawn_entries(facts: dict[str, Any], entries: list[Entry], words: Words) -> list[dict[str, Any]]:
    """Give entries with what a page draws of them: run, stacked bar, and why they stand where they stand.

    Parameters
    ----------
    facts : with `chart`, `runs` and `reasons`, as `chart_head` and `entry_facts` give them
    """
    most = max((entry.points for entry in entries), default=0)
    measures, positions = [part["measure"] for part in facts["chart"]["parts"]], facts["chart"]["positions"]
    why = msgspec.convert(facts["reasons"], list[Reason])
    drawn = []
    for entry, run, reason in zip(entries, facts["runs"], why, strict=True):
        parts = {part.measure: part for part in entry.parts}
        points = [parts[measure].points if measure in parts else 0 for measure in measures]
        drawn.append(
            {
                **structs.asdict(entry),
                "run": run_drawn(run, positions),
                "bars": bars(points, most),
                "by_measure": parts,
                "why": reason.shown(words, measures),
            }
        )
    return drawn


def _view(facts: dict[str, Any], words: Words) -> dict[str, object]:
    """Add what is drawn of each entry, and what is worth calling out."""
    week = msgspec.convert(facts["week"], Week)
    climbs = {entry.artist: _climb(entry) for entry in week.entries}
    climb = max(climbs.values(), default=0)
    return {
        "entries": drawn_entries(facts, week.entries, words),
        "measures": [part["measure"] for part in facts["chart"]["parts"]],
        "debuts": [entry for entry in week.entries if entry.status == "debut"],
        "re_entries": [entry for entry in week.entries if entry.status == "re-entry"],
        "climb": climb,
        "climbers": [entry for entry in week.entries if climb and climbs[entry.artist] == climb],
        "leaders": week.leaders,
        "has_given": any("history_given" in entry.flags.split("; ") for entry in week.entries),
        "corrections": [
            {"day": instant_text(one.released_at)[:10], "because": one.because} for one in week.corrections
        ],
    }


def _climb(entry: Entry) -> int:
    return entry.last_week - entry.position if entry.status == "up" and entry.last_week else 0


LATEST: Final = PageKind("latest", "week.html", _latest, _view, menu=_menu)
WEEK: Final = PageKind("week", "week.html", _every, _view)
WEEKS: Final = PageKind("weeks", "weeks.html", _weeks)
