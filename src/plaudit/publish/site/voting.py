"""When votes came: counts by nominee and hour or day, from the ballots.

Only ballots have an instant of their own; of totals that somebody else counted
there is nothing to draw.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from ibis import _

from plaudit.base.weeks import EPOCH, local_midnights
from plaudit.store.intervals import interval_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plaudit.publish.site.material import Material
    from plaudit.rulebook.counting_rule import Day
    from plaudit.rulebook.windows import VotingWindow

__all__ = ["SERIES", "VotesOverTime", "votes_over_time"]

SERIES: Final = 6
"""How many nominees a picture tells apart; with more, the last line is all others together."""
_HOUR: Final = 3_600_000_000
_HOURS_MOST: Final = 24 * 8


@dataclass(frozen=True)
class VotesOverTime:
    """Votes cast, by hour or by day of the rule's zone.

    nominees : those with a line of their own, the first in the result first
    has_others : whether the last column is everybody else
    rows : local time as 2018-05-14T09:00 or 2018-05-14, and the votes of each line
    """

    zone: str
    is_hourly: bool
    nominees: tuple[str, ...]
    has_others: bool
    rows: tuple[tuple[str, tuple[int, ...]], ...]


def votes_over_time(material: Material) -> VotesOverTime | None:
    """Give the votes over time, or None where no ballot has a time."""
    season, result = material.season, material.statement.get("result")
    if season.vote is None or result is None or not material.tables.has("ballots"):
        return None
    day = season.counting_rule().day
    zone = day.zone
    edges = _edges(season.windows(), day)
    is_hourly = edges[1] - edges[0] == _HOUR
    counts = _counts(material, edges)
    if not counts:
        return None
    ranked = [row["nominee"] for row in result["positions"]]
    own = ranked if len(ranked) <= SERIES else ranked[: SERIES - 1]
    others = ranked[len(own) :]
    rows = []
    for number, start in enumerate(edges[:-1]):
        votes = [counts.get((number, nominee), 0) for nominee in own]
        if others:
            votes.append(sum(counts.get((number, nominee), 0) for nominee in others))
        rows.append((_label(start, zone, is_hourly=is_hourly), tuple(votes)))
    return VotesOverTime(zone, is_hourly, tuple(own), bool(others), tuple(rows))


def _edges(windows: Sequence[VotingWindow], day: Day) -> list[int]:
    """Give the starts of the hours, or of the days if the vote is long, and the end of the last one."""
    opens_at = min(window.opens_at for window in windows)
    closes_at = max(window.closes_at for window in windows)
    first, hours = opens_at // _HOUR, -(-closes_at // _HOUR) - opens_at // _HOUR
    if hours <= _HOURS_MOST:
        return [(first + number) * _HOUR for number in range(hours + 1)]
    days = [
        (EPOCH + timedelta(microseconds=at)).astimezone(ZoneInfo(day.zone)).date() for at in (opens_at, closes_at - 1)
    ]
    return local_midnights(days[0], days[1] + timedelta(days=1), day.zone, day.starts_at)


def _counts(material: Material, edges: list[int]) -> dict[tuple[int, str], int]:
    ballots = material.tables.read("ballots")
    timed = ballots.select("nominee", "votes", number=interval_number(ballots.cast_at, edges))
    inside = timed.filter(timed.number >= 0, timed.number < len(edges) - 1)
    sums = inside.group_by("number", "nominee").agg(votes=_.votes.sum().cast("int64"))
    return {
        (row["number"], row["nominee"]): row["votes"]
        for row in material.tables.to_rows(sums.order_by("number", "nominee"))
    }


def _label(instant: int, zone: str, *, is_hourly: bool) -> str:
    local = (EPOCH + timedelta(microseconds=instant)).astimezone(ZoneInfo(zone))
    return local.strftime("%Y-%m-%dT%H:%M") if is_hourly else local.date().isoformat()
