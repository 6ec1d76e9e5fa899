"""Small pictures as numbers: paths and rectangles that templates put into SVG.

They carry no colour and no size but their view box, so that the style sheet gives
both and one page serves light, dark and print. All coordinates are whole numbers.
"""

from __future__ import annotations

from datetime import date, timedelta
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["bars", "calendar", "curve_path", "hours", "run_path", "run_point"]

_STEP: Final = 4
_LEVELS: Final = 4


def run_path(positions: Sequence[int | None], last_position: int, height: int = 24) -> str:
    """Give an artist's run as a path, no. 1 at the top; it is broken where the artist was not on the chart.

    Examples
    --------
    >>> run_path([2, 1, None, 3], 3)
    'M2 12L6 2M14 22h0'
    """
    points = [
        run_point(place, position, last_position, height)
        for place, position in enumerate(positions)
        if position is not None
    ]
    return _path(points, _STEP)


def run_point(place: int, position: int, last_position: int, height: int = 24) -> tuple[int, int]:
    """Give where one week of a run lies in the picture."""
    return 2 + _STEP * place, 2 + (position - 1) * (height - 4) // max(last_position - 1, 1)


def curve_path(readings: Sequence[tuple[int, int]], width: int = 120, height: int = 32) -> str:
    """Give a counter's readings as a path from publishing, at the lower left, to the last reading.

    Examples
    --------
    >>> curve_path([(0, 0), (50, 80), (100, 100)])
    'M2 30L60 8L118 2'
    """
    last_at = max((at for at, _ in readings), default=0)
    most = max((value for _, value in readings), default=0)
    if last_at <= 0 or most <= 0:
        return ""
    points = [
        (2 + at * (width - 4) // last_at, height - 2 - value * (height - 4) // most)
        for at, value in readings
        if at >= 0
    ]
    return _path(points, width)


def bars(values: Sequence[int], most: int, width: int = 120) -> list[tuple[int, int]]:
    """Give each value of a stacked bar as its start and its length; `most` fills the width.

    Examples
    --------
    >>> bars([50, 25], 100)
    [(0, 60), (60, 30)]
    """
    if most <= 0:
        return [(0, 0) for _ in values]
    edges = [total * width // most for total in accumulate(values, initial=0)]
    return [(start, end - start) for start, end in pairwise(edges)]


def calendar(days: Mapping[str, int], first_on: str, last_on: str) -> tuple[list[str], int]:
    """Give a calendar of counts: a path of squares per level, and how many weeks it is wide.

    A column is a week from Monday; a square is 9 wide in a grid of 10. Level 0
    holds the days without a post.
    """
    first, last = date.fromisoformat(first_on), date.fromisoformat(last_on)
    start = first - timedelta(days=first.weekday())
    most = max(days.values(), default=0)
    paths = [""] * (_LEVELS + 1)
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        column, row = divmod((day - start).days, 7)
        paths[_level(days.get(day.isoformat(), 0), most)] += f"M{column * 10} {row * 10}h9v9h-9z"
    return paths, ((last - start).days // 7) + 1


def hours(counts: Mapping[tuple[int, int], int]) -> list[str]:
    """Give a grid of 7 weekdays by 24 hours as a path of squares per level; see `calendar`."""
    most = max(counts.values(), default=0)
    paths = [""] * (_LEVELS + 1)
    for weekday in range(7):
        for hour in range(24):
            square = f"M{hour * 10} {weekday * 10}h9v9h-9z"
            paths[_level(counts.get((weekday, hour), 0), most)] += square
    return paths


def _level(count: int, most: int) -> int:
    return 0 if count == 0 else 1 + (count - 1) * _LEVELS // most if most > _LEVELS else count


def _path(points: Sequence[tuple[int, int]], most_step: int) -> str:
    """Join points; a step longer than `most_step` starts anew, and a point alone is a dot."""
    pieces: list[list[tuple[int, int]]] = []
    for point in points:
        if pieces and point[0] - pieces[-1][-1][0] <= most_step:
            pieces[-1].append(point)
        else:
            pieces.append([point])
    return "".join("M" + "L".join(f"{x} {y}" for x, y in piece) + ("h0" if len(piece) == 1 else "") for piece in pieces)
