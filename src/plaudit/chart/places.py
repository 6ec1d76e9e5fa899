"""Positions by exact points: a week's parts added as fractions, and rounded once."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING, Any

from plaudit.base.numbers import half_even, told_apart

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plaudit.rulebook.chart_rule import ChartRule

__all__ = ["places"]


def places(near: Iterable[dict[str, Any]], rule: ChartRule) -> list[dict[str, Any]]:
    """Give position and points of those on the chart.

    Parameters
    ----------
    near : rows of `contenders.near`: at least everybody who is on a chart of the rule

    Returns
    -------
    The rows that are on the chart, with
        position : by exact points, then by what settles ties; what is equal shares it
        points : exact points, rounded once, half to even; who rounds to 0 is not on the chart
        exact : the points with the decimals that tell an entry from others of the same
            week whose points round to the same number; else empty
    """
    by_week: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in near:
        by_week[row["week"]].append(row)
    return [placed for week in sorted(by_week) for placed in _week(by_week[week], rule)]


def _week(rows: list[dict[str, Any]], rule: ChartRule) -> list[dict[str, Any]]:
    parts, ties = range(len(rule.part)), range(len(rule.ties.order))
    whole = lcm(*(row[f"total_{n}"] for row in rows for n in parts))
    found = []
    for row in rows:
        exact = sum(
            part.weight_ppm * row[f"value_{n}"] * (whole // row[f"total_{n}"]) for n, part in enumerate(rule.part)
        )
        if points := half_even(exact, whole):
            merit = (exact, *(row[f"tie_{n}"] for n in ties))
            found.append((merit, row["artist"], row | {"points": points}))
    found.sort(key=lambda item: (*(-merit for merit in item[0]), item[1]))
    placed: list[tuple[int, dict[str, Any]]] = []
    position = 0
    for number, (merit, _artist, row) in enumerate(found, start=1):
        position = position if number > 1 and merit == found[number - 2][0] else number
        if position > rule.positions:
            break
        placed.append((merit[0], row | {"position": position}))
    told = _told([exact for exact, _ in placed], whole)
    return [row | {"exact": told.get(exact, "")} for exact, row in placed]


def _told(exact: list[int], whole: int) -> dict[int, str]:
    """Give the decimals of sums over a common denominator, where rounding hides which is greater."""
    by_points: dict[int, set[int]] = defaultdict(set)
    for value in exact:
        by_points[half_even(value, whole)].add(value)
    hidden = {Fraction(value, whole): value for alike in by_points.values() if len(alike) > 1 for value in alike}
    return {hidden[value]: text for value, text in told_apart(hidden).items()}
