"""What of each week was seen, and whether that is enough for a chart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plaudit.base.weeks import local_midnights
from plaudit.measure.feeds import POST_KINDS, needs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date

    import ibis

    from plaudit.base.weeks import Week
    from plaudit.measure.feeds import Need, Read
    from plaudit.rulebook.chart_rule import ChartRule
    from plaudit.rulebook.sources import Source

__all__ = ["WeekSeen", "day_boundaries", "verdicts", "weeks_seen"]


@dataclass(frozen=True)
class WeekSeen:
    """One row of the table weeks.

    verdict : `final`, `provisional` or `uncharted`.
    missing : the days not seen, by date.
    unfed : the measures of parts that no source fed in the week, by name.
    """

    week: Week
    missing: tuple[date, ...]
    verdict: str
    unfed: tuple[str, ...] = ()

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
            "unfed": " ".join(self.unfed),
        }


def day_boundaries(weeks: Sequence[Week]) -> list[int]:
    """Give the local midnights of the weeks' days."""
    return local_midnights(weeks[0].starts_on, weeks[-1].next.starts_on, weeks[0].zone)


def weeks_seen(
    rule: ChartRule,
    weeks: Sequence[Week],
    sources: Iterable[Source],
    days_read: Iterable[Read],
    days_answered: Iterable[tuple[str, str, int]] = (),
) -> list[WeekSeen]:
    """Give each week's missing days, the parts that nothing fed, and the verdict.

    Every part is asked by itself, on every platform that feeds it: a day was seen if
    a source that feeds the part there declares it and, where gains are observed
    between readings, has a reading of it. Of a source that stores changes or rises alone,
    a declared day was seen, for the last value holds. Of a live source a day was seen
    if its platform answered.

    Parameters
    ----------
    days_answered : source, metric and day for each day on which a live source was answered
    """
    read, answered = set(days_read), set(days_answered)
    feeds = _feeds(rule, list(sources), read)
    first = weeks[0].starts_on
    found = []
    for week in weeks:
        numbers = {day: (day - first).days for day in week.days}
        seen = {
            day: bool(feeds)
            and all(_is_seen(rule, need, fed, (day, number), read, answered) for (_, need), fed in feeds.items())
            for day, number in numbers.items()
        }
        lacking = tuple(day for day in week.days if not seen[day])
        unread = _unfed(rule, feeds, week, set(numbers.values()), read)
        found.append(WeekSeen(week, lacking, _verdict(rule, 7 - len(lacking)), unread))
    return found


def verdicts(
    weeks: ibis.Table, rule_name: str, *, to_rows: Callable[[ibis.Table], list[dict[str, Any]]]
) -> list[tuple[str, str]]:
    """Give each week of a chart and whether it is final, provisional or uncharted.

    Parameters
    ----------
    weeks : the table of that name
    """
    rows = to_rows(weeks.filter(weeks.chart == rule_name).order_by("week"))
    return [(row["week"], row["verdict"]) for row in rows]


def _feeds(rule: ChartRule, sources: list[Source], read: set[Read]) -> dict[tuple[str, Need], list[Source]]:
    """Give, per part's measure and need, the sources that feed it; a need that none feeds is left out."""
    given = {(one.source, one.metric, one.of_post) for one in read}
    found: dict[tuple[str, Need], list[Source]] = {}
    for part in rule.part:
        for need in needs(part.measure, rule):
            fed = [
                source
                for source in sources
                if (
                    source.kind in POST_KINDS
                    and need.of_post
                    and (not need.metrics or need.metrics & {*source.metrics})
                )
                or any((source.id, metric, need.of_post) in given for metric in need.metrics)
            ]
            if fed:
                found[part.measure, need] = fed
    return found


def _is_seen(
    rule: ChartRule,
    need: Need,
    fed: list[Source],
    day_and_number: tuple[date, int],
    read: set[Read],
    answered: set[tuple[str, str, int]],
) -> bool:
    day, number = day_and_number
    spanning = [source for source in fed if source.coverage.first_on <= day <= source.coverage.last_on]
    for platform in {source.platform for source in spanning}:
        declared = [
            source
            for source in spanning
            if source.platform == platform and _saw(source, need, day_and_number, answered)
        ]
        holds = any(source.holds for source in declared)
        is_read = any(
            one.day == number
            and one.platform == platform
            and one.of_post == need.of_post
            and one.metric in need.metrics
            for one in read
        )
        asks = rule.gain.attribution == "observed" and bool(need.metrics) and not holds
        if not declared or (asks and not is_read):
            return False
    return bool(spanning)


def _saw(source: Source, need: Need, day: tuple[date, int], answered: set[tuple[str, str, int]]) -> bool:
    """Say whether a source saw a day: as it declares, or, if it is live, as it was answered."""
    if not source.is_live:
        return not _in_gap(source, day[0])
    return any(
        of == source.id and number == day[1] and metric in (need.metrics or {metric}) for of, metric, number in answered
    )


def _in_gap(source: Source, day: date) -> bool:
    return any(gap.first_on <= day <= gap.last_on for gap in source.coverage.gaps if not gap.account)


def _unfed(
    rule: ChartRule, feeds: dict[tuple[str, Need], list[Source]], week: Week, numbers: set[int], read: set[Read]
) -> tuple[str, ...]:
    """Give the measures of parts that nothing fed in a week."""
    found = []
    for part in rule.part:
        for need in needs(part.measure, rule):
            fed = feeds.get((part.measure, need), [])
            held = not need.metrics or rule.gain.attribution == "published" or any(_holds(one, week) for one in fed)
            is_read = any(
                one.day in numbers and one.of_post == need.of_post and one.metric in need.metrics for one in read
            )
            if part.measure not in found and not (fed and (held or is_read)):
                found.append(part.measure)
    return tuple(sorted(found))


def _holds(source: Source, week: Week) -> bool:
    return source.holds and source.coverage.first_on <= week.days[-1] <= source.coverage.last_on


def _verdict(rule: ChartRule, days: int) -> str:
    if days >= rule.coverage.full_days:
        return "final"
    return "provisional" if days >= rule.coverage.least_days else "uncharted"
