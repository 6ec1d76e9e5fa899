"""Instants in the calendar of a zone, as a reader's language writes them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from babel.dates import format_date, format_skeleton, format_time, get_timezone, get_timezone_name

if TYPE_CHECKING:
    from plaudit.words.words import Words

__all__ = ["local_hour", "local_instant"]


def local_instant(instant: int, zone: str, words: Words) -> str:
    """Give an instant with weekday, date, time and the zone's name.

    Examples
    --------
    >>> from plaudit.words.words import words_of
    >>> local_instant(1526313600000000, "America/Los_Angeles", words_of("en"))
    'Monday, May 14, 2018, 09:00 (Pacific Daylight Time)'
    """
    moment = datetime.fromtimestamp(instant // 1_000_000, UTC).astimezone(get_timezone(zone))
    name = get_timezone_name(moment, width="long", locale=words.locale)
    time = format_time(moment, "HH:mm", tzinfo=get_timezone(zone), locale=words.locale)
    return f"{format_date(moment, 'full', words.locale)}, {time} ({name})"


def local_hour(text: str, words: Words) -> str:
    """Give a local time written `2018-05-14T09:00` without its year, or a day written `2018-05-14`."""
    if "T" not in text:
        return words.short_day(text)
    moment = datetime.fromisoformat(text)
    return f"{format_skeleton('MMMd', moment, locale=words.locale)}, {text[-5:]}"
