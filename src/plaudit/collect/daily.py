"""Figures of single days, as page views are, made a running total: what the tables hold are counters."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from plaudit.base.weeks import to_instant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plaudit.archive.reader import Placed
    from plaudit.platforms.contract import Said

__all__ = ["Daily"]


class Daily:
    """The days of one source, until all of its answers are read.

    A later answer's figure of a day takes the place of an earlier one's: a platform may still be counting.
    """

    def __init__(self) -> None:
        self._days: dict[tuple[str, str], dict[date, tuple[int, Placed]]] = {}

    def take(self, placed: Placed, said: Said) -> str:
        """Take one day's figure; give what is wrong with its day, if anything is."""
        values = said.values
        text, value = values["day"], values.get("value")
        try:
            day = date.fromisoformat(str(text))
        except ValueError:
            return f"{text!r} is no day"
        if isinstance(value, bool) or not isinstance(value, int):
            return f"{value!r} is no figure"
        key = (str(values.get("account", "")), str(values.get("metric", "")))
        self._days.setdefault(key, {})[day] = (value, placed)
        return ""

    def totals(self) -> Iterator[tuple[Placed, dict[str, Any]]]:
        """Give the running total at the end of each day (UTC), and 0 at the beginning of the first.

        A day without a figure has no reading: its end is a gap, and what it may have had is in no total.
        """
        for (account, metric), days in sorted(self._days.items()):
            first_on, total = min(days), 0
            named = {"account": account, "metric": metric}
            yield days[first_on][1], {**named, "value": 0, "observed_at": str(_midnight(first_on))}
            for day in sorted(days):
                value, placed = days[day]
                total += value
                yield placed, {**named, "value": total, "observed_at": str(_midnight(day + timedelta(days=1)))}


def _midnight(day: date) -> int:
    return to_instant(datetime.combine(day, time(0), UTC))
