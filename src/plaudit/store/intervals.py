"""Which interval an instant lies in, as an exact expression."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from plaudit.store.numbers import quotient

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ibis.expr.types import IntegerValue

__all__ = ["interval_number"]


def interval_number(instant: IntegerValue, boundaries: Sequence[int]) -> IntegerValue:
    """Give the position of the half-open interval an instant lies in.

    -1 before the first boundary; the number of intervals from the last one on.
    Runs of equal intervals cost one division; the 23 and 25 hour days of a
    change of clocks are runs of their own, so the result is exact in any zone.
    """
    last = len(boundaries) - 1
    branches = [(instant < boundaries[0], ibis.literal(-1, "int64"))]
    start = 0
    while start < last:
        length = boundaries[start + 1] - boundaries[start]
        end = start + 1
        while end < last and boundaries[end + 1] - boundaries[end] == length:
            end += 1
        inside = quotient(instant - boundaries[start], length) + start
        branches.append((instant < boundaries[end], inside.cast("int64")))
        start = end
    return ibis.cases(*branches, else_=ibis.literal(last, "int64"))
