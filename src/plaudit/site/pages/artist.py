"""An artist: the run on each chart, what was posted, what it drew, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from plaudit.honour.honours import records
from plaudit.site.geometry import calendar, curve_path, hours
from plaudit.site.kinds import Page, PageKind
from plaudit.site.medians import median
from plaudit.site.pages.cards import carded
from plaudit.site.pages.grown import grown
from plaudit.site.pages.posts import posts_facts
from plaudit.site.pages.reasons import Reason, best_weeks
from plaudit.site.pages.runs import heaviest, run_picture

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plaudit.publish.charts import Chart
    from plaudit.site.site_data import SiteData
    from plaudit.words.words import Words

__all__ = ["ARTIST", "artist_path"]

_RATIOS: Final = ("response_per_1000_views", "response_per_1000_followers")


def artist_path(artist: str) -> str:
    """Give where an artist's page lies."""
    return f"artist/{artist}.html"


def _pages(site_data: SiteData) -> Iterator[Page]:
    reasons = {chart.name: best_weeks(site_data, chart) for chart in site_data.charts}
    with_card, growth = carded(site_data), grown(site_data)
    held = {(record.award, record.artist): record for record in records(site_data.honours)}
    for artist in site_data.artists.values():
        charts = [chart for chart in site_data.charts if artist.id in chart.by_artist]
        yield Page(
            artist_path(artist.id),
            {
                "artist": artist.id,
                "names": artist.names,
                "kind": artist.kind,
                "country": artist.country,
                "genres": list(artist.genres),
                "fandom": artist.fandom,
                "musicbrainz": artist.musicbrainz,
                "accounts": [[account.platform, account.account] for account in artist.accounts],
                "charts": [_chart_facts(site_data, chart, artist.id) for chart in charts],
                "reasons": [reasons[chart.name][artist.id] for chart in charts],
                "posts": posts_facts(site_data, artist.id),
                "honours": [
                    {key: getattr(honour, key) for key in ("award", "edition", "outcome", "source", "grade")}
                    for honour in site_data.honours
                    if honour.artist == artist.id
                ],
                "records": [
                    {
                        "award": record.award,
                        "titles": len(record.titles),
                        "nominations": len(record.nominations),
                        "longest_streak": record.longest_streak,
                        "current_streak": record.current_streak,
                    }
                    for (_award, holder), record in held.items()
                    if holder == artist.id
                ],
                "has_card": artist.id in with_card,
                "growth": growth.get(artist.id),
                "lacks": _lacks(site_data, artist.id),
            },
        )


def _chart_facts(site_data: SiteData, chart: Chart, artist: str) -> dict[str, Any]:
    """Give the run, week by week, with the measures of each week."""
    entries = {entry.week: entry for entry in chart.by_artist[artist]}
    measured = site_data.measures.get((chart.name, artist), {})
    verdicts = {week.week: week.verdict for week in chart.weeks}
    columns = [part.measure for part in chart.rule.part]
    columns += [
        name for name in ("posts", *_RATIOS) if name not in columns and any(name in m for m in measured.values())
    ]
    peak = min(entry.position for entry in entries.values())
    last = entries[max(entries)]
    return {
        "name": chart.name,
        "title": chart.rule.title,
        "picture": run_picture(chart.name, artist),
        "drawn": heaviest(chart),
        "columns": columns,
        "peak": peak,
        "peak_weeks": [week for week, entry in entries.items() if entry.position == peak],
        "weeks_on_chart": last.weeks_on_chart,
        "weeks_at_no_1": last.weeks_at_no_1,
        "longest_streak": max(entry.streak for entry in entries.values()),
        "longest_streak_at_no_1": max(entry.streak_at_no_1 for entry in entries.values()),
        "debut": min(entries),
        "last": last.week,
        "ratios": _ratios(measured),
        "weeks": [
            {
                "week": week,
                "verdict": verdicts[week],
                "position": entries[week].position if week in entries else None,
                "points": entries[week].points if week in entries else None,
                "status": entries[week].status if week in entries else None,
                "values": [measured.get(week, {}).get(column) for column in columns],
            }
            for week in sorted(set(entries) | set(measured), reverse=True)
        ],
    }


def _ratios(measured: dict[str, dict[str, tuple[int, bool]]]) -> dict[str, dict[str, int | None]]:
    """Give the median of each ratio over the weeks, with its interval, beside the views gained."""
    found = {}
    for name in (*_RATIOS, "views_gain"):
        middle = median(values[name][0] for values in measured.values() if name in values)
        if middle:
            found[name] = vars(middle)
    return found


def _lacks(site_data: SiteData, artist: str) -> dict[str, bool]:
    """Give what nothing in the evidence says of this artist."""
    seen = {
        name
        for chart in site_data.charts
        for week in site_data.measures.get((chart.name, artist), {}).values()
        for name in week
    }
    return {
        "followers": not any(name.startswith(("followers_", "subscribers_")) for name in seen),
        "media": all(post["media"] == "unknown" for post in site_data.posts[artist]),
    }


def _view(facts: dict[str, Any], words: Words) -> dict[str, object]:
    posts = facts["posts"]
    drawn = [
        {**post, "path": curve_path([(0, 0), *((at, value) for at, value in post["curve"])])} for post in posts["shown"]
    ]
    days = dict(posts["days"])
    grid, wide = calendar(days, min(days), max(days)) if days else ([], 0)
    return {
        "name": words.name(facts["names"]),
        "sentences": [
            {"text": words.html(said), "source": reason.source, "minding": words.html(minding) if minding else None}
            for reason in msgspec.convert(facts["reasons"], list[Reason])
            for said, minding in reason.said(facts["names"])
        ],
        "shown": drawn,
        "calendar": grid,
        "calendar_weeks": wide,
        "months": _months(days),
        "hours": hours({(weekday, hour): count for weekday, hour, count in posts["hours"]}),
        "by_hour": _by_hour(posts["hours"]),
        "by_weekday": _by_weekday(posts["hours"]),
    }


def _months(days: dict[str, int]) -> dict[str, int]:
    found: dict[str, int] = {}
    for day, count in days.items():
        found[day[:7]] = found.get(day[:7], 0) + count
    return found


def _by_hour(hours_: list[list[int]]) -> list[int]:
    return [sum(count for _, at, count in hours_ if at == hour) for hour in range(24)]


def _by_weekday(hours_: list[list[int]]) -> list[int]:
    return [sum(count for day, _, count in hours_ if day == weekday) for weekday in range(7)]


ARTIST: Final = PageKind("artist", "artist.html", _pages, _view)
