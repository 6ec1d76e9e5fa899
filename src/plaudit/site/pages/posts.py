"""What an artist posted: the posts with the biggest response and their curves, media mix and cadence."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from plaudit.site.cadence import cadence
from plaudit.site.curves import first_day_share, time_to_half
from plaudit.site.medians import median

if TYPE_CHECKING:
    from plaudit.site.curves import Span
    from plaudit.site.site_data import Row, SiteData

__all__ = ["media_mix", "posts_facts", "zone_of"]

_SECOND: Final = 1_000_000
_CURVE_POINTS: Final = 40
_TITLE_KEPT: Final = 200
_YOUTUBE: Final = re.compile(r"[A-Za-z0-9_-]{11}")


def posts_facts(site_data: SiteData, artist: str) -> dict[str, Any]:
    """Give what the page says of an artist's posts; empty lists where nothing was seen."""
    posts = site_data.posts[artist]
    zone = zone_of(site_data)
    when = cadence((post["published_at"] for post in posts), zone)
    read = {
        (post["platform"], post["post"]): site_data.curves.get((post["platform"], post["post"]), {})
        for post in site_data.shown_posts(artist)
    }
    return {
        "count": len(posts),
        "zone": zone,
        "days": list(when.days.items()),
        "hours": [[weekday, hour, count] for (weekday, hour), count in when.hours.items()],
        "active_days": when.active_days,
        "longest_pause_days": when.longest_pause_days,
        "metrics": list(site_data.response_metrics),
        "media": media_mix(posts),
        "shown": [
            _shown(post, read[post["platform"], post["post"]], ("views", *site_data.response_metrics))
            for post in site_data.shown_posts(artist)
        ],
        "has_readings": any(curves for curves in read.values()),
        "has_curves": any(len(series) > 1 for curves in read.values() for series in curves.values()),
    }


def zone_of(site_data: SiteData) -> str:
    """Give the zone in which days and hours of posts are told: the first chart's."""
    return site_data.charts[0].rule.week.zone if site_data.charts else "UTC"


def media_mix(posts: list[Row]) -> list[dict[str, Any]]:
    """Give each kind of post: how many, their share, and the median of the response seen."""
    by_media: dict[str, list[Row]] = defaultdict(list)
    for post in posts:
        by_media[post["media"]].append(post)
    found = []
    for media, some in sorted(by_media.items(), key=lambda item: (-len(item[1]), item[0])):
        middle = median(post["response"] for post in some if post["response"] is not None)
        found.append({"media": media, "posts": len(some), "response": vars(middle) if middle else None})
    return found


def _shown(post: Row, series: dict[str, list[tuple[int, int]]], order: tuple[str, ...]) -> dict[str, Any]:
    """Give one post: its last readings, and how its widest counter grew."""
    listed = [name for name in order if name in post["last"]]
    listed += sorted(set(post["last"]) - set(order))
    metric = "views" if "views" in series else min(series, default="")
    since = [((at - post["published_at"]) // _SECOND, value) for at, value in series.get(metric, [])]
    return {
        "platform": post["platform"],
        "post": post["post"][:_TITLE_KEPT],
        "title": post["title"][:_TITLE_KEPT] if post["title"] else "",
        "address": _address(post),
        "published_at": post["published_at"],
        "last": [[name, post["last"][name]] for name in listed],
        "metric": metric,
        "readings": len(since),
        "read_seconds": since[-1][0] if since else None,
        "half": _span(time_to_half(since)),
        "first_day": _span(first_day_share(since)),
        "curve": _thinned(since) if len(since) > 1 else [],
    }


def _thinned(readings: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Give a curve few enough to draw small; first and last stay."""
    if len(readings) <= _CURVE_POINTS:
        return readings
    steps = _CURVE_POINTS - 1
    return [readings[place * (len(readings) - 1) // steps] for place in range(_CURVE_POINTS)]


def _span(span: Span | None) -> list[int] | None:
    return [span.least, span.most] if span else None


def _address(post: Row) -> str | None:
    """Give where a post can be seen, where its id says so."""
    is_video = post["platform"] == "youtube" and _YOUTUBE.fullmatch(post["post"])
    return f"https://www.youtube.com/watch?v={post['post']}" if is_video else None
