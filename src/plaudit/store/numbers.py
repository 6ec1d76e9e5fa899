"""Exact arithmetic in expressions: integers only, the same on every engine.

Ibis writes `a // b` as a floor over a floating-point quotient, which is wrong
from 2**53 on; here the engine's own integer division is called.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import ibis

if TYPE_CHECKING:
    from ibis.expr.types import IntegerValue

__all__ = ["TRILLION", "fine_share", "quotient", "share_points"]

TRILLION: Final = 10**12
"""What `fine_share` counts in."""


@ibis.udf.scalar.builtin(name="divide")  # type: ignore[untyped-decorator]
def _divide(numerator: int, denominator: int) -> int:  # type: ignore[empty-body]
    """Give the integer quotient, as the engine computes it."""


def quotient(numerator: IntegerValue, denominator: IntegerValue | int) -> IntegerValue:
    """Give the whole quotient of two non-negative integers, exactly."""
    return _divide(numerator, denominator)


def share_points(value: IntegerValue, total: IntegerValue, weight_ppm: IntegerValue | int) -> IntegerValue:
    """Give weight × value ÷ total, rounded half to even; the expression of `base.numbers.share_points`.

    Exact while 0 ≤ value ≤ total ≤ 2**52 and the weight is at most a million: it
    is taken by thousands and by ones, so that no product passes 2**63.
    """
    divisor = ibis.greatest(total, 1)
    by_thousands = value * quotient(weight_ppm, 1000)
    thousands = quotient(by_thousands, divisor)
    left = (by_thousands - thousands * divisor) * 1000 + value * (weight_ppm % 1000)
    ones = quotient(left, divisor)
    whole, doubled_rest = thousands * 1000 + ones, (left - ones * divisor) * 2
    rounds_up = (doubled_rest > divisor) | ((doubled_rest == divisor) & (whole % 2 == 1))
    return (whole + rounds_up.cast("int64")).cast("int64")


def fine_share(value: IntegerValue, total: IntegerValue) -> IntegerValue:
    """Give value ÷ total in trillionths, rounded down, by long division three digits at a time.

    Exact while 0 ≤ value ≤ total ≤ 2**52: a rest times 1000 stays below 2**62. Times a
    weight of at most a million it is below 2**60, and too small by less than the weight.
    """
    divisor = ibis.greatest(total, 1)
    whole, rest = quotient(value, divisor), value % divisor
    for _ in range(4):
        whole = whole * 1000 + quotient(rest * 1000, divisor)
        rest = (rest * 1000) % divisor
    return whole.cast("int64")
