"""When votes came: counts by nominee and hour or day, or totals as they stood whenever they were read.

A ballot has an instant of its own. Of totals that somebody else counted only readings
are known: between two of them nobody knows when votes came, and of one there is
nothing to draw.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from ibis import _

from plaudit.base.weeks import EPOCH, local_midnights
from plaudit.store.intervals import interval_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plaudit.rulebook.counting_rule import Day
    from plaudit.rulebook.season import Season
    from plaudit.rulebook.windows import VotingWindow
    from plaudit.store.evidence import Evidence

__all__ = ["SERIES", "VotesOverTime", "has_totals", "votes_over_time"]

_Counts = list[tuple[str, dict[str, int]]]
"""Votes by nominee, in the order of the instants that they are labelled with."""

SERIES: Final = 6
"""How many lines a picture has; with more nominees, the last line is all others together, or the others have none."""
_HOUR: Final = 3_600_000_000
_HOURS_MOST: Final = 24 * 8
_READINGS_MOST: Final = 200


@dataclass(frozen=True)
class VotesOverTime:
    """Votes cast, by hour or by day of the rule's zone; or running totals at each reading of them.

    is_running : whether a row is a reading, and its votes all that were counted until then
    nominees : those with a line of their own, the first in the result first
    has_others : whether the last column is everybody else; running totals of many would dwarf each one's
    rows : local time as 2018-05-14T09:00 or 2018-05-14, and the votes of each line
    """

    zone: str
    is_hourly: bool
    is_running: bool
    nominees: tuple[str, ...]
    has_others: bool
    rows: tuple[tuple[str, tuple[int, ...]], ...]


def votes_over_time(season: Season, tables: Evidence, ranked: Sequence[str]) -> VotesOverTime | None:
    """Give the votes over time: of the ballots, or without any of the totals; None where neither has two instants.

    Parameters
    ----------
    ranked : every nominee, the first in the result first
    """
    if season.vote is None:
        return None
    found = _of_ballots(season, tables) or _of_totals(season, tables)
    if found is None:
        return None
    counts, is_hourly, is_running = found
    own = ranked[:SERIES] if is_running or len(ranked) <= SERIES else ranked[: SERIES - 1]
    others = [] if is_running else ranked[len(own) :]
    rows = [(label, _votes(of_all, own, others)) for label, of_all in counts]
    zone = season.counting_rule().day.zone
    return VotesOverTime(zone, is_hourly, is_running, tuple(own), bool(others), tuple(rows))


def has_totals(season: Season, tables: Evidence) -> bool:
    """Say whether there are totals that somebody else counted; of a single reading there is nothing to draw."""
    return season.vote is not None and bool(_readings(season, tables))


def _votes(of_all: dict[str, int], own: Sequence[str], others: Sequence[str]) -> tuple[int, ...]:
    votes = [of_all.get(nominee, 0) for nominee in own]
    if others:
        votes.append(sum(of_all.get(nominee, 0) for nominee in others))
    return tuple(votes)


def _of_ballots(season: Season, tables: Evidence) -> tuple[_Counts, bool, bool] | None:
    day = season.counting_rule().day
    edges = _edges(season.windows(), day)
    is_hourly = edges[1] - edges[0] == _HOUR
    counts = _counts(tables, edges) if tables.has("ballots") else {}
    if not counts:
        return None
    labels = [_label(start, day.zone, is_hourly=is_hourly) for start in edges[:-1]]
    return [(label, counts.get(number, {})) for number, label in enumerate(labels)], is_hourly, False


def _of_totals(season: Season, tables: Evidence) -> tuple[_Counts, bool, bool] | None:
    readings = _readings(season, tables)
    if len(readings) < 2:
        return None
    zone = season.counting_rule().day.zone
    labelled = [(_label(instant, zone, is_hourly=True), totals) for instant, totals in readings]
    is_hourly = len(labelled) <= _READINGS_MOST
    if not is_hourly:  # the last reading of each day
        labelled = list({label[:10]: (label[:10], totals) for label, totals in labelled}.values())
    return labelled, is_hourly, True


def _readings(season: Season, tables: Evidence) -> list[tuple[int, dict[str, int]]]:
    """Give the totals of all channels together, by nominee, as they stood at each reading before the vote closed.

    A source may leave a nominee out of a reading; the total it gave last stands then, as in the tally.
    """
    if not tables.has("source_totals"):
        return []
    totals = tables.read("source_totals")
    closes_at = max(window.closes_at for window in season.windows())
    rows = tables.to_rows(
        totals.filter(totals.observed_at < closes_at)
        .select("observed_at", "channel", "nominee", "votes")
        .order_by("observed_at", "channel", "nominee")
    )
    last: dict[tuple[str, str], int] = {}
    sums: dict[str, int] = {}
    found = []
    for instant, read in groupby(rows, key=itemgetter("observed_at")):
        for row in read:
            key = row["channel"], row["nominee"]
            sums[row["nominee"]] = sums.get(row["nominee"], 0) + row["votes"] - last.get(key, 0)
            last[key] = row["votes"]
        found.append((instant, dict(sums)))
    return found


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


def _counts(tables: Evidence, edges: list[int]) -> dict[int, dict[str, int]]:
    """Give the votes cast between two edges, by the number of the first and by nominee."""
    ballots = tables.read("ballots")
    timed = ballots.select("nominee", "votes", number=interval_number(ballots.cast_at, edges))
    inside = timed.filter(timed.number >= 0, timed.number < len(edges) - 1)
    sums = inside.group_by("number", "nominee").agg(votes=_.votes.sum().cast("int64"))
    found: dict[int, dict[str, int]] = {}
    for row in tables.to_rows(sums.order_by("number", "nominee")):
        found.setdefault(row["number"], {})[row["nominee"]] = row["votes"]
    return found


def _label(instant: int, zone: str, *, is_hourly: bool) -> str:
    local = (EPOCH + timedelta(microseconds=instant)).astimezone(ZoneInfo(zone))
    return local.strftime("%Y-%m-%dT%H:%M") if is_hourly else local.date().isoformat()
