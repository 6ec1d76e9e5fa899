"""What `plaudit chart --explain` tells of growth in one week: additions, bursts and milestones."""

from __future__ import annotations

import json
from datetime import date, timedelta
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from plaudit.base.weeks import instant_text
from plaudit.cli.output import print_table, tell

if TYPE_CHECKING:
    from plaudit.store.evidence import Evidence

__all__ = ["grown_in", "print_grown"]

Rows = list[dict[str, Any]]


def grown_in(tables: Evidence, artist: str, week: str) -> dict[str, Rows]:
    """Give an artist's rows of growth, bursts and milestones in the seven days from a date on; empty without growth."""
    if not tables.has("growth"):
        return {}
    last = (date.fromisoformat(week) + timedelta(days=6)).isoformat()
    growth, bursts, milestones = (tables.read(name) for name in ("growth", "bursts", "milestones"))
    within = growth.filter(growth.artist == artist, growth.starts_on >= week, growth.starts_on <= last)
    during = bursts.filter(bursts.artist == artist, bursts.last_on >= week, bursts.first_on <= last)
    passed = milestones.filter(milestones.artist == artist, milestones.reached_on.between(week, last))
    return {
        "growth": tables.to_rows(within.order_by("platform", "account", "metric", "span", "starts_on")),
        "bursts": tables.to_rows(during.order_by("first_on", "platform", "account", "metric")),
        "milestones": tables.to_rows(
            passed.order_by("reached_at", "platform", "account", "post", "metric", "milestone")
        ),
    }


def print_grown(grown: dict[str, Rows]) -> None:
    """Print what `grown_in` gives."""
    if not any(grown.values()):
        return
    for (platform, account, metric), some in groupby(grown["growth"], itemgetter("platform", "account", "metric")):
        rows = list(some)
        print_table(
            f"What {platform}/{account} added in {metric}{_rises(rows[0])}; a day that is not here was not seen",
            ["", "days", "at its end", "change", "at least", "at most", "flags"],
            [
                [
                    f"{row['span']} {row['starts_on']}",
                    row["days"],
                    row["value"],
                    row["change"],
                    row["least"],
                    row["most"],
                    " ".join(flag for flag in ("fell", "recovered") if row[flag]),
                ]
                for row in rows
            ],
        )
    for row in grown["bursts"]:
        named = [*json.loads(row["posts"]), *row["events"].split()]
        tell(
            f"burst of {row['metric']} on {row['platform']}, {row['first_on']} to {row['last_on']}: {row['gain']:,}, "
            f"at least {row['least']:,}, where {row['median']:,} a day had been usual; "
            f"in those days: {', '.join(named) or 'no post or event'}{_rises(row)}"
        )
    for row in grown["milestones"]:
        of = row["post"] or row["account"]
        back = "; it fell below it again" if row["fell_back"] else ""
        tell(
            f"{row['milestone']:,} {row['metric']} of {row['platform']}/{of}, passed between "
            f"{instant_text(row['below_at'])} ({row['below']:,}) and {instant_text(row['reached_at'])} "
            f"({row['value']:,}){back}{_rises(row)}"
        )


def _rises(row: dict[str, Any]) -> str:
    return "; of a source that stores rises only" if row["rises_only"] else ""
