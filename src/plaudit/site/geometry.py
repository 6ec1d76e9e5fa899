"""Small pictures as numbers: paths and rectangles that templates put into SVG.

They carry no colour and no size but their view box, so that the style sheet gives
both and one page serves light, dark and print. All coordinates are whole numbers.
"""

from __future__ import annotations

from datetime import date, timedelta
from itertools import accumulate, pairwise
from math import cos, pi, sin
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["NOT_SEEN", "Run", "bars", "calendar", "curve_path", "emblem", "hours", "run_drawn"]

_STEP: Final = 4
_LEVELS: Final = 4


class Run(NamedTuple):
    """A run as paths: weeks on the chart, the floor where it was not, weeks not seen; and the last point."""

    on: str
    off: str
    unseen: str
    width: int
    dot: tuple[int, int]


NOT_SEEN: Final = 0
"""In a run, the position of a week that has no chart."""


def run_drawn(positions: Sequence[int | None], last_position: int, height: int = 22) -> Run:
    """Give an artist's run, no. 1 at the top, with the floor below it; `NOT_SEEN` is a week without a chart.

    Examples
    --------
    >>> run_drawn([None, 2, 1, NOT_SEEN, None, 3], 3)
    Run(on='M6 11L10 2M22 20h0', off='M2 24L6 11M10 2L14 24L18 24L22 20', unseen='M14 22v4', width=24, dot=(22, 20))
    """
    floor = height + 2
    points = [
        (_STEP * place + 2, 2 + (position - 1) * (height - 4) // max(last_position - 1, 1) if position else floor)
        for place, position in enumerate(positions)
    ]
    is_on = [bool(position) for position in positions]
    on = [point for point, here in zip(points, is_on, strict=True) if here]
    off = ""
    for place, (before, after) in enumerate(pairwise(points)):
        if not (is_on[place] and is_on[place + 1]):
            off += f"L{after[0]} {after[1]}" if off.endswith(f"{before[0]} {before[1]}") else _line(before, after)
    unseen = "".join(
        f"M{x} {floor - 2}v4" for (x, _), position in zip(points, positions, strict=True) if position == NOT_SEEN
    )
    return Run(_path(on, _STEP), off, unseen, _STEP * len(positions), on[-1] if on else points[-1])


def _line(start: tuple[int, int], end: tuple[int, int]) -> str:
    return f"M{start[0]} {start[1]}L{end[0]} {end[1]}"


def emblem(positions: Sequence[int | None], last_position: int) -> dict[str, str]:
    """Give an artist's sign, drawn from its run: a ray a week, clockwise from the top, long where the position is high.

    on, top, off : paths of the weeks on the chart, of those at no. 1, and of those without a position
    """
    drawn = {"on": "", "top": "", "off": ""}
    for place, position in enumerate(positions):
        turn = 2 * pi * place / max(len(positions), 1)
        length = 60 * (last_position - position) // max(last_position - 1, 1) if position else 0
        ends = [
            f"{round(reach * sin(turn))} {-round(reach * cos(turn))}" for reach in (74, 92 + length if position else 74)
        ]
        part = ("top" if position == 1 else "on") if position else "off"
        drawn[part] += f"M{ends[0]}L{ends[1]}" if position else f"M{ends[0]}h0"
    return drawn


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
    """Join points; after a step longer than `most_step` a new path starts, and a point alone is a dot."""
    pieces: list[list[tuple[int, int]]] = []
    for point in points:
        if pieces and point[0] - pieces[-1][-1][0] <= most_step:
            pieces[-1].append(point)
        else:
            pieces.append([point])
    return "".join("M" + "L".join(f"{x} {y}" for x, y in piece) + ("h0" if len(piece) == 1 else "") for piece in pieces)
