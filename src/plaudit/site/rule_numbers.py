"""Numbers of rules as a language writes them: exact, because a rule's number is never rounded."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from babel.dates import get_day_names
from babel.numbers import format_percent
from markupsafe import Markup

if TYPE_CHECKING:
    from plaudit.words.words import Words

__all__ = ["Section", "clock", "exact_percent", "weekday_name"]

Section = tuple[Markup, list[Markup]]
"""A heading and its sentences."""
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def exact_percent(ppm: int, words: Words) -> str:
    """Give parts per million as a percentage with every digit it has.

    Examples
    --------
    >>> from plaudit.words.words import words_of
    >>> exact_percent(125_000, words_of("en")), exact_percent(250_000, words_of("ko"))
    ('12.5%', '25%')
    """
    return format_percent(Decimal(ppm) / 1_000_000, format="#,##0.####%", locale=words.locale)


def clock(time: str) -> str:
    """Give a local time to the minute, or to the second where it has seconds.

    Examples
    --------
    >>> clock("07:00:00"), clock("23:59:59")
    ('07:00', '23:59:59')
    """
    return time.removesuffix(":00") if time.count(":") == 2 else time


def weekday_name(weekday: str, words: Words) -> str:
    """Give a weekday's whole name."""
    return str(get_day_names("wide", "stand-alone", words.locale)[_WEEKDAYS.index(weekday)])
