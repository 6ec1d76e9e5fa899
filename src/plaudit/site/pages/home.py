"""The door, where a language is chosen, and the first page of each language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from plaudit.site.kinds import MenuItem, Page, PageKind
from plaudit.words.texts import N_

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plaudit.publish.charts import Chart
    from plaudit.site.site_data import SiteData

__all__ = ["DOOR", "HOME"]

_SHOWN: Final = 10
_NOMINEES_SHOWN: Final = 8


def _door(_site_data: SiteData) -> Iterator[Page]:
    yield Page("index.html", {})


def _home(site_data: SiteData) -> Iterator[Page]:
    charts = [found for chart in site_data.charts if (found := _top(chart))]
    yield Page("index.html", {"charts": charts, "edition": _edition(site_data)})


def _edition(site_data: SiteData) -> dict[str, Any] | None:
    """Give the nominees and, once that is told, the winners and the votes counted."""
    if site_data.season.nomination is None:
        return None
    nominees = [row["nominee"] for row in site_data.statement.get("nominees", [])]
    result = site_data.statement.get("result")
    return {
        "count": len(nominees),
        "nominees": [_nominee(site_data, nominee) for nominee in nominees[:_NOMINEES_SHOWN]],
        "winners": [_nominee(site_data, winner) for winner in result["winners"]] if result else [],
        "votes_counted": sum(row["votes_counted"] for row in result["totals"]) if result else None,
        "is_sealed": site_data.is_still_sealed,
    }


def _nominee(site_data: SiteData, nominee: str) -> dict[str, Any]:
    return {"nominee": nominee, "names": site_data.names(nominee), "has_page": nominee in site_data.artists}


def _top(chart: Chart) -> dict[str, Any] | None:
    """Give the first positions of a chart's latest week."""
    latest = chart.latest
    if latest is None:
        return None
    return {"name": chart.name, "title": chart.rule.title, "week": latest.week, "entries": latest.top(_SHOWN)}


def _menu(_site_data: SiteData) -> Iterable[MenuItem]:
    return [MenuItem("index.html", N_("Home"))]


DOOR: Final = PageKind("door", "door.html", _door, is_door=True)
HOME: Final = PageKind("home", "home.html", _home, menu=_menu)
