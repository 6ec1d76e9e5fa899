"""History: last week, peak, weeks, streaks and status, as of each chart.

Every figure looks back only: a window ends at its own row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
from ibis import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plaudit.rulebook.chart_rule import ChartRule

__all__ = ["history"]


def history(positions: ibis.Table, weeks: Sequence[tuple[str, str]], rule: ChartRule) -> ibis.Table:
    """Give each entry its last week, peak, weeks on chart, streaks and status.

    Parameters
    ----------
    positions : one row per week and artist on the chart, with its position
    weeks : every week of the chart and its verdict, in order

    Returns
    -------
    The rows with
        last_week : position on the chart before, null where it was not there
        peak : best position up to and including this chart
        weeks_on_chart, weeks_at_no_1 : charts, this one included
        streak, streak_at_no_1 : charts in a row up to and including this one
        status : 'debut' | 're-entry' | 'up' | 'down' | 'same'

    References
    ----------
    Rule key `[history]`, docs/reference/rules.md
    """
    numbers = _chart_numbers(weeks, rule)
    number = positions.week.cases(*numbers.items(), else_=-1) if numbers else ibis.literal(-1)
    numbered = positions.mutate(number=number)
    of_artist = ibis.window(group_by="artist", order_by="number")
    so_far = ibis.cumulative_window(group_by="artist", order_by="number")
    at_no_1 = (numbered.position == 1).cast("int64")
    known = numbered.mutate(
        before=_.position.lag().over(of_artist),
        before_number=_.number.lag().over(of_artist),
        peak=_.position.min().over(so_far),
        weeks_on_chart=ibis.row_number().over(of_artist) + 1,
        weeks_at_no_1=at_no_1.sum().over(so_far),
    )
    known = known.mutate(
        last_week=ibis.ifelse(known.before_number == known.number - 1, known.before, ibis.null("int32")),
        island=known.number - known.weeks_on_chart,
        # at no. 1 the weeks there grow with the chart's number; at other positions the island is not used
        island_at_no_1=known.number - known.weeks_at_no_1,
    )
    run = ibis.window(group_by=["artist", "island"], order_by="number")
    run_at_no_1 = ibis.window(group_by=["artist", "island_at_no_1", known.position == 1], order_by="number")
    status = ibis.cases(
        (known.weeks_on_chart == 1, "debut"),
        (known.last_week.isnull(), "re-entry"),
        (known.position < known.last_week, "up"),
        (known.position > known.last_week, "down"),
        else_="same",
    )
    return known.mutate(
        streak=ibis.row_number().over(run) + 1,
        streak_at_no_1=ibis.ifelse(known.position == 1, ibis.row_number().over(run_at_no_1) + 1, 0),
        status=status,
    ).drop("number", "before", "before_number", "island", "island_at_no_1")


def _chart_numbers(weeks: Sequence[tuple[str, str]], rule: ChartRule) -> dict[str, int]:
    """Number the charts; an uncharted week takes a number only where it breaks streaks."""
    breaks = rule.history.uncharted_week == "break"
    counted = [week for week, verdict in weeks if breaks or verdict != "uncharted"]
    return {week: number for number, week in enumerate(counted)}
