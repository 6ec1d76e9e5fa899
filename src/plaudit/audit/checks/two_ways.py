"""Check two-ways: the totals, counted again by another query, are the same cell by cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from plaudit.audit.checks.judged import Judged, finding, some
from plaudit.audit.checks.second_count import CELLS, second_count
from plaudit.audit.checks.second_query import second_query
from plaudit.words.message import Code
from plaudit.words.sentence import Sentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from plaudit.audit.checks.counted import Counted
    from plaudit.words.message import Message

__all__ = ["CHECK", "SENTENCES", "check", "two_ways"]

CHECK: Final = "two-ways"
Cell = str | tuple[str, str]
"""A number's name, or its column and nominee."""
_APART: Final = Sentence("two-ways.apart", "%(cell)s: %(first)s in one count and %(second)s in the other")
_APART_CELL: Final = Sentence(
    "two-ways.apart-cell",
    "%(nominee)s, %(column)s: %(first)s in one count and %(second)s in the other",
    column=Code,
)
_SAME: Final = Sentence("two-ways.same", "%(numbers)s numbers are the same")
_EXPECTED: Final = Sentence("two-ways.expected", "the same numbers from both counts")
SENTENCES: Final = (_APART_CELL, _APART, _SAME, _EXPECTED)


def two_ways(first: Mapping[Any, int], second: Mapping[Any, int]) -> Judged:
    """Say whether two counts give the same numbers; what one of them lacks is 0.

    Parameters
    ----------
    first, second : numbers by a name, or by column and nominee

    Examples
    --------
    IU's votes of MAMA 2017, had the freeze changed them silently:

    >>> two_ways({"counted": 3_340_000}, {"counted": 0}).said_found
    'counted: 3,340,000 in one count and 0 in the other'
    """
    apart = [
        _apart(cell, first.get(cell, 0), second.get(cell, 0))
        for cell in sorted({*first, *second}, key=str)
        if first.get(cell, 0) != second.get(cell, 0)
    ]
    found = some(apart) if apart else _SAME(numbers=len({*first, *second}))
    return Judged("fails" if apart else "passes", found, _EXPECTED())


def _apart(cell: Cell, first: int, second: int) -> Message:
    if isinstance(cell, str):
        return _APART(cell=cell, first=first, second=second)
    column, nominee = cell
    return _APART_CELL(nominee=nominee, column=column, first=first, second=second)


def check(counted: Counted) -> Iterator[dict[str, str]]:
    """Give one finding per channel."""
    second = second_count(counted)
    first = {(row["nominee"], row["channel"], column): row[column] for row in counted.totals for column in CELLS}
    known = {channel.id for channel in counted.rule.channel}
    for channel in sorted({*known, *(key[1] for key in (*first, *second))}):
        one, other = (
            {(key[2], key[0]): number for key, number in cells.items() if key[1] == channel}
            for cells in (first, second)
        )
        yield finding(CHECK, channel, two_ways(one, other), second_query(channel, counted))
