"""What of each week was seen, and whether that is enough for a chart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from plaudit.base.weeks import local_midnights
from plaudit.store.intervals import interval_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    import ibis

    from plaudit.base.weeks import Week
    from plaudit.rulebook.chart_rule import ChartRule
    from plaudit.rulebook.sources import Source

__all__ = ["WeekSeen", "days_with_readings", "weeks_seen"]


@dataclass(frozen=True)
class WeekSeen:
    """One row of the table weeks.

    verdict : `final`, `provisional` or `uncharted`.
    missing : the days not seen, by date.
    """

    week: Week
    missing: tuple[date, ...]
    verdict: str

    def as_row(self, chart: str) -> dict[str, object]:
        """Give the row, for the chart of that rule."""
        return {
            "chart": chart,
            "week": self.week.id,
            "starts_at": self.week.starts_at,
            "ends_at": self.week.ends_at,
            "days_seen": 7 - len(self.missing),
            "verdict": self.verdict,
            "missing": " ".join(day.isoformat() for day in self.missing),
        }


def days_with_readings(readings: ibis.Table, weeks: Sequence[Week]) -> ibis.Table:
    """Give the numbers of the local days, counted from the first week's start, that have a reading."""
    boundaries = _midnights(weeks)
    number = interval_number(readings.observed_at, boundaries)
    days = readings.select(day=number).distinct()
    return days.filter(days.day >= 0, days.day < len(boundaries) - 1).order_by("day")


def weeks_seen(
    rule: ChartRule, weeks: Sequence[Week], sources: Iterable[Source], days_read: Iterable[int]
) -> list[WeekSeen]:
    """Give each week's missing days and verdict.

    A day was seen if a source declares it and, where gains are observed between
    readings, if it has a reading.
    """
    declared = [source.coverage for source in sources]
    first = weeks[0].starts_on
    read = set(days_read)
    found = []
    for week in weeks:
        missing = []
        for day in week.days:
            is_declared = any(
                coverage.first_on <= day <= coverage.last_on
                and not any(gap.first_on <= day <= gap.last_on for gap in coverage.gaps if not gap.account)
                for coverage in declared
            )
            is_read = rule.gain.attribution == "published" or (day - first).days in read
            if not (is_declared and is_read):
                missing.append(day)
        found.append(WeekSeen(week, tuple(missing), _verdict(rule, 7 - len(missing))))
    return found


def _verdict(rule: ChartRule, days: int) -> str:
    if days >= rule.coverage.full_days:
        return "final"
    return "provisional" if days >= rule.coverage.least_days else "uncharted"


def _midnights(weeks: Sequence[Week]) -> list[int]:
    return local_midnights(weeks[0].starts_on, weeks[-1].next.starts_on, weeks[0].zone)
