"""What was seen and what was not: sources by day, gaps, weeks without a chart, rows set aside."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from plaudit.certify.statement import source_stated
from plaudit.publish.coverage import unknown_accounts
from plaudit.publish.site.geometry import calendar
from plaudit.publish.site.kinds import N_, MenuItem, Page, PageKind
from plaudit.store.numbers import quotient

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plaudit.publish.site.material import ChartMaterial, Material
    from plaudit.publish.site.words import Words
    from plaudit.rulebook.sources import Source

__all__ = ["COVERAGE", "source_facts"]

_DAY: Final = 86_400_000_000
_TIMED: Final = {
    "counters": ("readings", "observed_at"),
    "readings": ("readings", "observed_at"),
    "posts": ("posts", "published_at"),
    "ballots": ("ballots", "cast_at"),
    "totals": ("source_totals", "observed_at"),
}
"""By kind of source: the table its rows are in, and their instant."""
_SHOWN: Final = 25


def source_facts(source: Source) -> dict[str, Any]:
    """Give what any page says of a source."""
    return {**source_stated(source), "url": source.url}


def _pages(material: Material) -> Iterator[Page]:
    by_day = _rows_by_day(material)
    unknown, unknown_count = _unknown_accounts(material)
    nobodys, nobodys_count = _posts_of_nobody(material)
    yield Page(
        "coverage.html",
        {
            "sources": [
                {
                    **source_facts(source),
                    "days": sorted(by_day.get(source.id, {}).items()),
                    "has_days": source.kind in _TIMED and not _is_sealed(material, source),
                    "is_sealed": _is_sealed(material, source),
                }
                for source in material.season.sources
            ],
            "ways": list(material.season.live.ways) if material.season.live else [],
            "charts": [_weeks(chart) for chart in material.charts],
            "set_aside": sorted(material.statement["set_aside"].items()),
            "unknown": unknown,
            "unknown_count": unknown_count,
            "nobodys": nobodys,
            "nobodys_count": nobodys_count,
        },
    )


def _is_sealed(material: Material, source: Source) -> bool:
    """Say whether a source's rows may not be told yet, not even how many there are: they are votes."""
    return material.is_still_sealed and source.kind in ("ballots", "totals", "voters")


def _rows_by_day(material: Material) -> dict[str, dict[str, int]]:
    """Give each source's rows by the UTC day they speak of."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    kinds = {source.kind for source in material.season.sources}
    for name, column in sorted({_TIMED[kind] for kind in kinds if kind in _TIMED}):
        if not material.tables.has(name):
            continue
        rows = material.tables.read(name)
        dated = rows.select("source", day=quotient(rows[column], _DAY))
        counts = dated.group_by("source", "day").agg(rows=dated.count()).order_by("source", "day")
        for row in material.tables.to_rows(counts):
            found[row["source"]][datetime.fromtimestamp(row["day"] * 86_400, UTC).date().isoformat()] = row["rows"]
    return found


def _weeks(chart: ChartMaterial) -> dict[str, Any]:
    lacking = [week for week in chart.weeks if week["verdict"] != "final"]
    return {
        "name": chart.name,
        "title": chart.rule.title,
        "weeks": len(chart.weeks),
        "lacking": [
            {"week": week["week"], "verdict": week["verdict"], "missing": week["missing"].split()} for week in lacking
        ],
    }


def _unknown_accounts(material: Material) -> tuple[list[dict[str, Any]], int]:
    counts = unknown_accounts(material.tables)
    return sorted(counts, key=lambda row: (-row["rows"], row["account"]))[:_SHOWN], len(counts)


def _posts_of_nobody(material: Material) -> tuple[list[dict[str, Any]], int]:
    if not material.tables.has("posts"):
        return [], 0
    posts = material.tables.read("posts")
    nobodys = posts.filter(posts.artist.isnull())
    counts = material.tables.to_rows(
        nobodys.group_by("platform", "account").agg(posts=nobodys.count()).order_by("platform", "account")
    )
    most = sorted(counts, key=lambda row: (-row["posts"], row["account"]))[:_SHOWN]
    return most, sum(row["posts"] for row in counts)


def _view(facts: dict[str, Any], _words: Words) -> dict[str, object]:
    return {"sources": [{**source, **_drawn(source)} for source in facts["sources"]]}


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


def _menu(_material: Material) -> Iterable[MenuItem]:
    return [MenuItem("coverage.html", N_("Coverage"))]


COVERAGE: Final = PageKind("coverage", "coverage.html", _pages, _view, menu=_menu)
