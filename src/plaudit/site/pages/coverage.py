"""What was seen and what was not: sources by day, gaps, weeks without a chart, rows set aside."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from plaudit.certify.statement import source_stated
from plaudit.publish.coverage import unknown_accounts
from plaudit.publish.mapped import mapped
from plaudit.site.geometry import calendar
from plaudit.site.kinds import MenuItem, Page, PageKind
from plaudit.site.pages.edition import nominee_names
from plaudit.site.seen import TIMED, unattributed_posts
from plaudit.words.message import with_names
from plaudit.words.texts import N_

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plaudit.publish.charts import Chart
    from plaudit.rulebook.sources import Source
    from plaudit.site.site_data import SiteData
    from plaudit.words.words import Words

__all__ = ["COVERAGE", "source_facts"]

_SHOWN: Final = 25


def source_facts(source: Source) -> dict[str, Any]:
    """Give what any page says of a source."""
    return {**source_stated(source), "url": source.url}


def _pages(site_data: SiteData) -> Iterator[Page]:
    by_day = site_data.rows_by_day
    unknown, unattributed = unknown_accounts(site_data.tables), unattributed_posts(site_data.tables)
    yield Page(
        "coverage.html",
        {
            "sources": [
                {
                    **source_facts(source),
                    "days": sorted(by_day.get(source.id, {}).items()),
                    "has_days": source.kind in TIMED and not _is_sealed(site_data, source),
                    "is_sealed": _is_sealed(site_data, source),
                }
                for source in site_data.season.sources
            ],
            "mapping": [
                {"title": source["title"], "mapping": source["mapping"]}
                for source in site_data.statement["evidence"]["sources"]
                if source.get("mapping")
            ],
            "names": nominee_names(site_data),
            "ways": list(site_data.season.live.ways) if site_data.season.live else [],
            "charts": [_weeks(chart) for chart in site_data.charts],
            "set_aside": sorted(site_data.statement["set_aside"].items()),
            "unknown": _most(unknown, "rows"),
            "unknown_count": len(unknown),
            "unattributed": _most(unattributed, "posts"),
            "unattributed_count": sum(row["posts"] for row in unattributed),
        },
    )


def _is_sealed(site_data: SiteData, source: Source) -> bool:
    """Say whether a source's rows may not be told yet, not even how many there are: they are votes."""
    return site_data.is_still_sealed and source.holds_votes


def _weeks(chart: Chart) -> dict[str, Any]:
    lacking = [week for week in chart.weeks if week.verdict != "final"]
    return {
        "name": chart.name,
        "title": chart.rule.title,
        "weeks": len(chart.weeks),
        "lacking": [{"week": week.week, "verdict": week.verdict, "missing": week.days_missing} for week in lacking],
    }


def _most(rows: list[dict[str, Any]], what: str) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: (-row[what], row["account"]))[:_SHOWN]


def _view(facts: dict[str, Any], words: Words) -> dict[str, object]:
    did = [words.html(with_names(one, facts["names"])) for one in mapped(facts["mapping"])]
    return {"sources": [{**source, **_drawn(source)} for source in facts["sources"]], "mapping": did}


def _drawn(source: dict[str, Any]) -> dict[str, Any]:
    """Give a source's calendar, and its months as a table: days declared, days with rows, rows."""
    first, last = date.fromisoformat(source["from"]), date.fromisoformat(source["to"])
    days = {day: rows for day, rows in source["days"] if source["from"] <= day <= source["to"]}
    grid, wide = calendar(days, source["from"], source["to"])
    months: dict[str, list[int]] = {}
    for number in range((last - first).days + 1):
        day = (first + timedelta(days=number)).isoformat()
        month = months.setdefault(day[:7], [0, 0, 0])
        month[0] += not any(gap["from"] <= day <= gap["to"] for gap in source["gaps"] if not gap["account"])
        month[1] += day in days
        month[2] += days.get(day, 0)
    return {
        "calendar": grid,
        "calendar_weeks": wide,
        "months": sorted(months.items()),
        "seen": len(days),
        "declared": sum(month[0] for month in months.values()),
        "rows": sum(days.values()),
        "outside": sum(rows for _, rows in source["days"]) - sum(days.values()),
    }


def _menu(_site_data: SiteData) -> Iterable[MenuItem]:
    return [MenuItem("coverage.html", N_("Coverage"))]


COVERAGE: Final = PageKind("coverage", "coverage.html", _pages, _view, menu=_menu)
