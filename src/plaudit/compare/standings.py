"""Who stands where under one set of rules, and who stands elsewhere under another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Move", "Pair", "Standing", "Standings", "moves"]


@dataclass(frozen=True)
class Standing:
    """Where one artist or nominee stands; what does not apply is None or empty.

    position : on a chart, or in the result
    value : points of a nominee's charts; votes, or parts per million, of a result
    ground : on which somebody is a nominee
    """

    position: int | None = None
    value: int | None = None
    ground: str = ""


Standings = dict[tuple[str, str], Standing]
"""By week and artist of a chart; else the week is empty, and it is by nominee."""


@dataclass(frozen=True)
class Pair:
    """One number under the older rule and under the newer."""

    old: int
    new: int


@dataclass(frozen=True)
class Move:
    """One who stands elsewhere; where they do not stand at all, it is an empty standing.

    week : of the chart; empty where there is none
    """

    who: str
    old: Standing
    new: Standing
    week: str = ""


def moves(old: Standings, new: Standings) -> list[Move]:
    """Give whoever stands elsewhere: the newest week first, then by the best position or value on either side.

    Examples
    --------
    >>> gone = moves({("", "a"): Standing(1), ("", "b"): Standing(2)}, {("", "a"): Standing(1)})
    >>> [(move.who, move.old.position, move.new.position) for move in gone]
    [('b', 2, None)]
    """
    nowhere = Standing()
    pairs = ((key, old.get(key, nowhere), new.get(key, nowhere)) for key in {*old, *new})
    moved = [Move(who, before, after, week) for (week, who), before, after in pairs if before != after]
    return _in_order(moved)


def _in_order(moved: Iterable[Move]) -> list[Move]:
    by_place = sorted(moved, key=lambda move: (_best(move), move.who))
    return sorted(by_place, key=lambda move: move.week, reverse=True)


def _best(move: Move) -> int:
    return min((place for place in (move.old.position, move.new.position) if place is not None), default=0)
