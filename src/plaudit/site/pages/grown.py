"""What an artist's page tells of growth: each counter with its gaps, weeks, bursts and milestones."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

from plaudit.rulebook.languages import by_language

if TYPE_CHECKING:
    from plaudit.site.site_data import SiteData

__all__ = ["grown", "path_with_gaps"]

Row = dict[str, Any]
_TOLD: Final = ("platform", "account", "metric")
_WIDTH: Final = 600
_HEIGHT: Final = 120


def grown(site_data: SiteData) -> dict[str, dict[str, Any]]:
    """Give, by artist, what is told of growth; nothing where the season does not follow it."""
    season, tables = site_data.season, site_data.tables
    if season.growth is None or not tables.has("growth"):
        return {}
    days = (season.growth.last_on - season.growth.first_on).days + 1
    titles = {event.id: by_language(event.title) for event in season.events}
    rows = tables.to_rows(tables.read("growth").order_by("artist", *_TOLD, "span", "starts_on"))
    found: dict[str, dict[str, Any]] = defaultdict(lambda: {"counters": [], "milestones": [], "bursts": []})
    for (artist, *_), some in groupby(rows, itemgetter("artist", *_TOLD)):
        found[artist]["counters"].append(_counter([*some], days, season.growth.first_on))
    for row in tables.to_rows(tables.read("milestones").order_by("reached_at", *_TOLD, "post", "milestone")):
        found[row["artist"]]["milestones"].append(row)
    for row in tables.to_rows(tables.read("bursts").order_by("first_on", *_TOLD)):
        named = [titles[event] for event in row["events"].split()]
        found[row["artist"]]["bursts"].append(row | {"events": named, "posts": len(json.loads(row["posts"]))})
    return dict(found)


def path_with_gaps(known: list[tuple[int, int]], days: int) -> str:
    """Give a counter's levels by day as a path that is broken where days were not seen.

    Examples
    --------
    >>> path_with_gaps([(0, 10), (1, 20), (4, 30)], 5)
    'M0 118L150 60M600 2h1'
    """
    low = min((value for _, value in known), default=0)
    height = max(max((value for _, value in known), default=0) - low, 1)
    path = ""
    for at, (day, value) in enumerate(known):
        x, y = day * _WIDTH // max(days - 1, 1), _HEIGHT - 2 - (value - low) * (_HEIGHT - 4) // height
        follows = at > 0 and known[at - 1][0] == day - 1
        is_alone = not follows and (at + 1 == len(known) or known[at + 1][0] != day + 1)
        path += f"{'L' if follows else 'M'}{x} {y}{'h1' if is_alone else ''}"
    return path


def _counter(rows: list[Row], days: int, first_on: date) -> Row:
    of_days = [row for row in rows if row["span"] == "day"]
    levels = [((date.fromisoformat(row["starts_on"]) - first_on).days, row["value"]) for row in of_days]
    told = ("starts_on", "value", "change", "least", "most", "days_known", "fell", "recovered")
    return {
        **{key: rows[0][key] for key in _TOLD},
        "grain": max(row["grain"] for row in rows),
        "rises_only": any(row["rises_only"] for row in rows),
        "days": days,
        "days_seen": len(of_days),
        "first": of_days[0]["value"],
        "last": of_days[-1]["value"],
        "path": path_with_gaps(levels, days),
        "weeks": [{key: row[key] for key in told} for row in rows if row["span"] == "week"],
    }
