"""Numbers in words that can be read aloud."""

from __future__ import annotations

from decimal import Decimal

__all__ = ["counted", "percent"]


def counted(number: int, noun: str, plural: str = "") -> str:
    """Give a number with its noun, in the plural where it is not one.

    Examples
    --------
    >>> counted(1, "vote"), counted(7500, "vote"), counted(0, "entry", "entries")
    ('1 vote', '7,500 votes', '0 entries')
    """
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


def percent(ppm: int) -> str:
    """Give parts per million as a percentage.

    Examples
    --------
    >>> percent(125_000)
    '12.5 %'
    """
    return f"{(Decimal(ppm) / 10_000).normalize():f} %"
