"""An artist: the run on each chart, what was posted, what it drew, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from plaudit.honour.honours import records
from plaudit.site.geometry import calendar, curve_path, emblem, hours
from plaudit.site.kinds import Page, PageKind
from plaudit.site.medians import median
from plaudit.site.pages.cards import carded
from plaudit.site.pages.grown import grown
from plaudit.site.pages.posts import posts_facts
from plaudit.site.pages.reasons import Reason, best_weeks, reasons
from plaudit.site.pages.runs import heaviest, run_picture
from plaudit.words.message import Message
from plaudit.words.texts import N_

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plaudit.publish.charts import Chart
    from plaudit.site.site_data import SiteData
    from plaudit.words.words import Words

__all__ = ["ARTIST", "artist_path", "run_of"]

_MOMENTS: Final = {
    "this week": N_("This week"),
    "last week on the chart": N_("Last week on the chart"),
    "peak": N_("Peak"),
    "last rise": N_("Last rise"),
    "last fall": N_("Last fall"),
}
_RATIOS: Final = ("response_per_1000_views", "response_per_1000_followers")


def artist_path(artist: str) -> str:
    """Give where an artist's page lies."""
    return f"artist/{artist}.html"


def _pages(site_data: SiteData) -> Iterator[Page]:
    best = {chart.name: best_weeks(site_data, chart) for chart in site_data.charts}
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
                "moments": [
                    {"kinds": kinds, "reason": reason}
                    for chart in charts
                    for kinds, reason in _moments(site_data, chart, artist.id, best[chart.name][artist.id])
                ],
                "emblem": run_of(charts[0], artist.id) if charts else None,
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


def run_of(chart: Chart, artist: str) -> dict[str, Any]:
    """Give an artist's position in every week of a chart, and the chart's last position."""
    positions = {entry.week: entry.position for entry in chart.by_artist[artist]}
    return {"run": [positions.get(week.week) for week in chart.charted], "positions": chart.rule.positions}


def _moments(site_data: SiteData, chart: Chart, artist: str, best: Reason) -> list[tuple[list[str], Reason]]:
    """Give the weeks that a reader asks for: the last on the chart, the peak, the last rise and the last fall."""
    told, entries = reasons(site_data, chart), chart.by_artist[artist][::-1]
    latest = chart.latest
    is_now = latest is not None and entries[0].week == latest.week
    found = [("this week" if is_now else "last week on the chart", told[entries[0].week, artist]), ("peak", best)]
    for kind, status in (("last rise", "up"), ("last fall", "down")):
        found += [(kind, told[entry.week, artist]) for entry in entries if entry.status == status][:1]
    kinds: dict[str, list[str]] = {}
    for kind, reason in found:
        kinds.setdefault(reason.week, []).append(kind)
    return [(said, told[week, artist]) for week, said in kinds.items()]


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
        "parts": [part.measure for part in chart.rule.part],
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
        "moments": _told(facts, words),
        "emblem": emblem(facts["emblem"]["run"], facts["emblem"]["positions"]) if facts["emblem"] else None,
        "shown": drawn,
        "calendar": grid,
        "calendar_weeks": wide,
        "months": _months(days),
        "hours": hours({(weekday, hour): count for weekday, hour, count in posts["hours"]}),
        "by_hour": _by_hour(posts["hours"]),
        "by_weekday": _by_weekday(posts["hours"]),
    }


def _told(facts: dict[str, Any], words: Words) -> list[dict[str, Any]]:
    parts = {chart["name"]: chart["parts"] for chart in facts["charts"]}
    found = []
    for moment in facts["moments"]:
        reason = msgspec.convert(moment["reason"], Reason)
        found.append(
            {
                "title": " · ".join(words.plain(Message(_MOMENTS[kind])) for kind in moment["kinds"]),
                "week": reason.week,
                "source": reason.source,
                "position": words.html(reason.position_said(facts["names"])),
                "why": reason.shown(words, parts[reason.chart]),
            }
        )
    return found


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
