"""Exact numbers: parts per million and rounding, in integers only."""

from __future__ import annotations

from typing import Final

__all__ = ["COUNTER_MOST", "MILLION", "TOTAL_MOST", "half_even", "share_points"]

MILLION: Final = 1_000_000
COUNTER_MOST: Final = 2**53
"""The largest counter taken: above it, many tools that wrote it could not count."""
TOTAL_MOST: Final = 2**52
"""The largest total that points are shared out of: up to it, 64-bit integers stay exact."""


def half_even(numerator: int, denominator: int) -> int:
    """Give the quotient, rounded to the nearest integer, ties to the even one.

    Both arguments are whole; `denominator` is positive.

    Examples
    --------
    >>> [half_even(n, 2) for n in (1, 3, 5)]
    [0, 2, 2]
    """
    quotient, remainder = divmod(numerator, denominator)
    if remainder * 2 > denominator or (remainder * 2 == denominator and quotient % 2):
        quotient += 1
    return quotient


def share_points(value: int, total: int, weight_ppm: int) -> int:
    """Give the points a share of `value` in `total` earns, in parts per million.

    Nobody earns points where the total is nothing.

    Examples
    --------
    >>> share_points(1, 3, 600_000)
    200000
    >>> share_points(0, 0, 600_000)
    0
    """
    return half_even(weight_ppm * value, total) if total else 0
