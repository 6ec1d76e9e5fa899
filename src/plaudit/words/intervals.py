"""A week as readers write it: from its first day to its last."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from babel.dates import format_interval

if TYPE_CHECKING:
    from babel import Locale

__all__ = ["week_text"]

_LAST: Final = timedelta(days=6)
_SPACED_DASH: Final = re.compile("\\s*–\\s*")


def week_text(first_on: date, locale: Locale) -> str:
    """Give the seven days from a date on.

    Examples
    --------
    >>> from babel import Locale
    >>> week_text(date(2018, 6, 8), Locale("en")), week_text(date(2018, 6, 8), Locale("ko"))
    ('Jun 8–14, 2018', '2018년 6월 8~14일')
    >>> week_text(date(2018, 5, 28), Locale("en")), week_text(date(2018, 5, 28), Locale("ko"))
    ('May 28 – Jun 3, 2018', '2018년 5월 28일~6월 3일')
    """
    last_on = first_on + _LAST
    text = str(format_interval(first_on, last_on, "yMMMMd", locale=locale))
    if first_on.month != last_on.month:
        return _SPACED_DASH.sub(" – ", text)
    return re.sub(r"일~(?=\d+일)", "~", _SPACED_DASH.sub("–", text))
