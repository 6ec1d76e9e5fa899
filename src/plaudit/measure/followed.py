"""What a season tells of growth: the tables growth, bursts, milestones and first_hours."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from plaudit.base.weeks import local_midnights, weeks_between
from plaudit.measure.bursts import Posted, bursts
from plaudit.measure.first_hours import first_hours
from plaudit.measure.growth import growth
from plaudit.measure.levels import closings, levels
from plaudit.measure.milestones import leaps, milestones
from plaudit.store.intervals import interval_number

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    import ibis

    from plaudit.rulebook.growth_rule import GrowthRule
    from plaudit.rulebook.season_file import Event
    from plaudit.rulebook.sources import Source

__all__ = ["followed"]

Rows = list[dict[str, Any]]


def followed(
    readings: ibis.Table,
    posts: ibis.Table,
    period: tuple[date, date],
    rule: GrowthRule,
    sources: Sequence[Source],
    events: Sequence[Event],
    *,
    to_rows: Callable[[ibis.Table], Rows],
) -> dict[str, Rows]:
    """Give the rows of each table, by its name.

    Parameters
    ----------
    posts : from `credited`; reposts of others' posts are no posts of the artist
    period : the first day and the last
    to_rows : computes an expression and gives its rows
    """
    first, last = period
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    zone = rule.week.zone
    boundaries = local_midnights(first, last + timedelta(days=1), zone)
    weeks = [week.days for week in weeks_between(first, last, rule.week.starts_on, zone)]
    asked = [source for source in sources if source.platform]
    known = levels(to_rows(closings(readings, boundaries, rule.metrics, asked)), days, asked)
    posted = [Posted(**row) for row in to_rows(_posted(posts, boundaries))]
    return {
        "growth": growth(known, days, weeks),
        "bursts": bursts(known, days, posted, events, rule),
        "milestones": milestones(to_rows(leaps(readings, rule, asked)), days, boundaries, asked, rule),
        "first_hours": first_hours(readings, boundaries, rule, asked, to_rows=to_rows),
    }


def _posted(posts: ibis.Table, boundaries: Sequence[int]) -> ibis.Table:
    """Give the artists' own posts of the period with the number of their day."""
    own = posts.filter(~posts.is_repost)
    own = own.select("artist", "platform", "post", day=interval_number(own.published_at, boundaries)).distinct()
    return own.filter(own.day >= 0, own.day < len(boundaries) - 1)
