"""Medians with intervals that assume nothing of how the values are distributed.

The interval's ends are two of the values themselves: of n values in order, the j-th
from below and the j-th from above hold the median between them in at least 95 of
100 samples, because each value lies below the median like a tossed coin.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from plaudit.base.numbers import half_even

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["LEAST_VALUES", "Median", "median", "order_statistic"]

LEAST_VALUES: Final = 6
"""With fewer values even the least and the greatest do not hold the median in 95 of 100 samples."""


@dataclass(frozen=True)
class Median:
    """The middle of some values and the interval around it; None where there are too few values."""

    middle: int
    least: int | None
    most: int | None
    values: int


def median(values: Iterable[int]) -> Median | None:
    """Give the median of whole numbers, half to even, and its 95 % interval; None without a value.

    Examples
    --------
    >>> median([1, 2, 3, 4, 5, 100])
    Median(middle=4, least=1, most=100, values=6)
    >>> median([1, 2, 9])
    Median(middle=2, least=None, most=None, values=3)
    """
    ordered = sorted(values)
    n = len(ordered)
    if not n:
        return None
    middle = half_even(ordered[(n - 1) // 2] + ordered[n // 2], 2)
    j = order_statistic(n)
    return Median(middle, ordered[j - 1], ordered[n - j], n) if j else Median(middle, None, None, n)


@lru_cache(4_096)
def order_statistic(n: int) -> int:
    """Give the greatest j whose interval holds the median in 95 of 100 samples of n, or 0.

    Examples
    --------
    >>> [order_statistic(n) for n in (5, 6, 9, 20)]
    [0, 1, 2, 6]
    """
    chosen, outside, j = 1, 1, 0  # C(n, j), and the ways in which at most j values lie below
    while 40 * outside <= 2**n:  # both tails, each at most 1/40 of 2ⁿ
        j += 1
        chosen = chosen * (n - j + 1) // j
        outside += chosen
    return j
