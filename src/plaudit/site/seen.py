"""What was seen of each source: its rows by day, and those that belong to nobody."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from plaudit.store.numbers import quotient

if TYPE_CHECKING:
    from plaudit.rulebook.season import Season
    from plaudit.store.evidence import Evidence

__all__ = ["TIMED", "rows_by_day", "unattributed_posts"]

_DAY: Final = 86_400_000_000
TIMED: Final = {
    "counters": ("readings", "observed_at"),
    "live": ("readings", "observed_at"),
    "readings": ("readings", "observed_at"),
    "posts": ("posts", "published_at"),
    "ballots": ("ballots", "cast_at"),
    "totals": ("source_totals", "observed_at"),
}
"""By kind of source: the table its rows are in, and their instant."""


def rows_by_day(season: Season, tables: Evidence) -> dict[str, dict[str, int]]:
    """Give each source's rows by the UTC day they speak of."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    kinds = {source.kind for source in season.sources}
    for name, column in sorted({TIMED[kind] for kind in kinds if kind in TIMED}):
        if not tables.has(name):
            continue
        rows = tables.read(name)
        dated = rows.select("source", day=quotient(rows[column], _DAY))
        counts = dated.group_by("source", "day").agg(rows=dated.count()).order_by("source", "day")
        for row in tables.to_rows(counts):
            found[row["source"]][datetime.fromtimestamp(row["day"] * 86_400, UTC).date().isoformat()] = row["rows"]
    return found


def unattributed_posts(tables: Evidence) -> list[dict[str, Any]]:
    """Give the shared accounts with posts that name no artist of the season: platform, account and posts."""
    if not tables.has("posts"):
        return []
    posts = tables.read("posts")
    unattributed = posts.filter(posts.artist.isnull())
    counts = unattributed.group_by("platform", "account").agg(posts=unattributed.count())
    return tables.to_rows(counts.order_by("platform", "account"))
