"""History one chart at a time: what stood before a chart, and what stands after it.

An artist's standing is what their last entry said: which chart it was, their position
on it, peak, charts and streaks. `history.history` gives the same for all charts at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Standing", "Standings", "next_entries"]


class Standing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one artist had reached with their last entry.

    chart : the number of that chart, from 1; 0 is the chart before the first
    is_given : whether somebody gave any of it, and it was not computed
    """

    chart: int
    position: int
    peak: int
    weeks_on_chart: int
    weeks_at_no_1: int
    streak: int
    streak_at_no_1: int
    is_given: bool = False


Standings = dict[str, Standing]
"""Standings by artist."""
_REACHED: Final = ("position", "peak", "weeks_on_chart", "weeks_at_no_1", "streak", "streak_at_no_1")
_MOVES: Final = {-1: "up", 0: "same", 1: "down"}


def next_entries(
    placed: Iterable[Mapping[str, Any]], before: Standings, chart: int
) -> tuple[list[dict[str, Any]], Standings]:
    """Give the entries of one chart with their history, and what stands after it.

    Parameters
    ----------
    placed : rows with artist and position, each artist once
    chart : the chart's number, one more than that of the chart before

    Returns
    -------
    The rows with last_week, peak, weeks_on_chart, weeks_at_no_1, streak, streak_at_no_1 and status.

    Examples
    --------
    >>> rows, after = next_entries([{"artist": "bts", "position": 2}], {}, 1)
    >>> rows, after = next_entries([{"artist": "bts", "position": 1}], after, 2)
    >>> rows[0]["last_week"], rows[0]["peak"], rows[0]["status"]
    (2, 1, 'up')
    """
    rows, after = [], dict(before)
    for row in placed:
        was = before.get(row["artist"])
        made = _with_history(row, was, chart)
        reached = {name: made[name] for name in _REACHED}
        after[row["artist"]] = Standing(chart, **reached, is_given=was is not None and was.is_given)
        rows.append(made)
    return rows, after


def _with_history(row: Mapping[str, Any], was: Standing | None, chart: int) -> dict[str, Any]:
    position: int = row["position"]
    is_first, is_there = position == 1, was is not None and was.chart == chart - 1 and was.position > 0
    last = was if is_there else None
    status = "debut" if was is None else "re-entry"
    if last is not None:
        status = _MOVES[(position > last.position) - (position < last.position)]
    return {
        **row,
        "last_week": last.position if last else None,
        "peak": min(position, was.peak) if was else position,
        "weeks_on_chart": (was.weeks_on_chart if was else 0) + 1,
        "weeks_at_no_1": (was.weeks_at_no_1 if was else 0) + is_first,
        "streak": (last.streak if last else 0) + 1,
        "streak_at_no_1": (last.streak_at_no_1 if last else 0) + 1 if is_first else 0,
        "status": status,
    }
