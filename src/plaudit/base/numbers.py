"""Exact numbers: parts per million and rounding, in integers and fractions only."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "COUNTER_MOST",
    "MILLION",
    "TOTAL_MOST",
    "counted",
    "exact_points",
    "half_even",
    "share_points",
    "told_apart",
]

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


def exact_points(parts: Iterable[tuple[int, int, int]]) -> Fraction:
    """Give the points of several shares together, not rounded.

    Parameters
    ----------
    parts : value, total and weight in parts per million of each

    Examples
    --------
    >>> exact_points([(1, 3, 500_000), (2, 3, 500_000)])
    Fraction(500000, 1)
    """
    return sum((Fraction(weight * value, total) for value, total, weight in parts if total), Fraction(0))


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


def told_apart(values: Iterable[Fraction]) -> dict[Fraction, str]:
    """Give unequal values that round to one integer with as many decimals as tell them apart.

    Values that the rounded integer tells apart already are left out. The decimals
    are the value's own, cut off and not rounded.

    Examples
    --------
    >>> told = told_apart([Fraction(1000, 3), Fraction(999, 3), Fraction(7), Fraction(5)])
    >>> {str(value): text for value, text in sorted(told.items())}
    {'333': '333.0', '1000/3': '333.3'}
    """
    found: dict[Fraction, str] = {}
    by_rounded: dict[int, set[Fraction]] = {}
    for value in values:
        by_rounded.setdefault(half_even(value.numerator, value.denominator), set()).add(value)
    for alike in by_rounded.values():
        if len(alike) == 1:
            continue
        places = 1
        while len(texts := {value: _decimal(value, places) for value in alike}) > len(set(texts.values())):
            places += 1
        found |= texts
    return found


def _decimal(value: Fraction, places: int) -> str:
    """Write a value of 0 or more with its first decimals."""
    digits = str(value.numerator * 10**places // value.denominator).zfill(places + 1)
    return f"{digits[:-places]}.{digits[-places:]}"


def counted(number: int, noun: str, plural: str = "") -> str:
    """Give a number with its noun for a terminal, in the plural where it is not one.

    Examples
    --------
    >>> counted(1, "vote"), counted(7500, "vote"), counted(0, "entry", "entries")
    ('1 vote', '7,500 votes', '0 entries')
    """
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"
