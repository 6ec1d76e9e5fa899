"""Check two-ways: the totals, counted again by another query, are the same cell by cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plaudit.audit.checks.judged import Judged, finding, some
from plaudit.audit.checks.second_count import CELLS, second_count
from plaudit.audit.checks.second_query import second_query
from plaudit.audit.checks.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from plaudit.audit.checks.counted import Counted

__all__ = ["CHECK", "WORDINGS", "check", "two_ways"]

CHECK: Final = "two-ways"
_CELL: Final = Wording("{column} of {nominee}")
_APART: Final = Wording("{cell}: {first:,} and {second:,}")
_APART_CELL: Final = Wording(_APART.english.replace("{cell}", _CELL.english))
_SAME: Final = Wording("{numbers:,} numbers are the same")
_EXPECTED: Final = Wording("the same numbers from both counts")
WORDINGS: Final = (_APART_CELL, _APART, _SAME, _EXPECTED)


def two_ways(first: Mapping[str, int], second: Mapping[str, int]) -> Judged:
    """Say whether two counts give the same numbers; what one of them lacks is 0.

    Examples
    --------
    IU's votes of MAMA 2017, had the freeze changed them silently:

    >>> two_ways({"counted": 3_340_000}, {"counted": 0}).found
    'counted: 3,340,000 and 0'
    """
    apart = [
        _APART(cell=name, first=first.get(name, 0), second=second.get(name, 0))
        for name in sorted({*first, *second})
        if first.get(name, 0) != second.get(name, 0)
    ]
    found = some(apart) or _SAME(numbers=len({*first, *second}))
    return Judged("fails" if apart else "passes", found, _EXPECTED())


def check(counted: Counted) -> Iterator[dict[str, str]]:
    """Give one finding per channel."""
    second = second_count(counted)
    first = {(row["nominee"], row["channel"], column): row[column] for row in counted.totals for column in CELLS}
    known = {channel.id for channel in counted.rule.channel}
    for channel in sorted({*known, *(key[1] for key in (*first, *second))}):
        one, other = (
            {_CELL(column=key[2], nominee=key[0]): number for key, number in cells.items() if key[1] == channel}
            for cells in (first, second)
        )
        yield finding(CHECK, channel, two_ways(one, other), second_query(channel, counted))
