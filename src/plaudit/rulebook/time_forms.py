"""The forms that times of a source may have: strptime's, Unix time and Excel's days."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

__all__ = ["EXCEL", "NUMBERED", "UNIX_UNITS", "has_time_of_day", "wrong_form"]

UNIX_UNITS: Final = {"unix s": 1_000_000, "unix ms": 1_000, "unix us": 1}
"""Forms of time since 1970 in UTC, and how many microseconds one unit has."""
EXCEL: Final = "excel"
"""Days since 1900 as Excel counts them, in local time; the part of a day is the time of day."""
NUMBERED: Final = frozenset({*UNIX_UNITS, EXCEL})
"""Forms that are numbers, and so may have decimal marks."""
_HOURS: Final = ("%H", "%I", "%c", "%X")
_PROBES: Final = (datetime(2026, 11, 23, 15, 4, 5, tzinfo=UTC), datetime(2024, 2, 29, 3, 17, 58, tzinfo=UTC))


def has_time_of_day(form: str) -> bool:
    """Say whether a strptime form names an hour; else it is one of a bare date."""
    return any(code in form.replace("%%", "") for code in _HOURS)


def wrong_form(form: str) -> str:
    """Say why a form cannot be read by; nothing where it can.

    Examples
    --------
    >>> wrong_form("%d/%m/%Y %H:%M"), wrong_form("unix ms")
    ('', '')
    >>> wrong_form("%d/%m")
    'it does not give the year, month and day'
    """
    if form in NUMBERED:
        return ""
    if "%" not in form:
        return f"it is none of {', '.join([*UNIX_UNITS, EXCEL])}, and no strptime form"
    if "%z" in form and "%Z" in form:
        return "it names both %z and %Z; keep the one that holds the offset"
    tried = (_wrong_with(form.replace("%Z", "%z"), probe) for probe in _PROBES)
    return next((wrong for wrong in tried if wrong), "")


def _wrong_with(form: str, probe: datetime) -> str:
    """Say what is lost when an instant is written and read by a form."""
    try:
        found = datetime.strptime(probe.strftime(form), form)  # noqa: DTZ007
    except (ValueError, re.error) as error:
        return _told(str(error), form)
    if found.date() != probe.date():
        return "it does not give the year, month and day"
    if has_time_of_day(form) and found.hour != probe.hour:
        return "it does not say which half of the day an hour belongs to; add %p"
    return ""


def _told(error: str, form: str) -> str:
    if "%s" in form:
        return "strptime has no %s; for Unix time say unix s"
    if "redefinition of group" in error:
        found = re.search(r"group name '(\w+)'", error)
        return f"it names %{found[1] if found else '?'} twice"
    return f"strptime cannot read it: {error}"
