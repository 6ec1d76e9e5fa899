"""What one chart is made from: its weeks, what each post and account gained in them, and the measures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plaudit.measure.coverage import day_boundaries, weeks_seen
from plaudit.measure.credits import with_groups
from plaudit.measure.feeds import Read, days_answered, days_with_readings, refuse_unfed
from plaudit.measure.gains import gains, named_weeks
from plaudit.measure.grain import refuse_rounded
from plaudit.measure.measure import measure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import ibis

    from plaudit.base.weeks import Week
    from plaudit.measure.coverage import WeekSeen
    from plaudit.rulebook.chart_rule import ChartRule
    from plaudit.rulebook.sources import Source

__all__ = ["Measured", "measured"]


@dataclass(frozen=True)
class Measured:
    """The weeks of one chart, and the tables gains and measures for it, as expressions."""

    seen: list[WeekSeen]
    gains: ibis.Table
    measures: ibis.Table

    @property
    def verdicts(self) -> list[tuple[str, str]]:
        """Each week and whether it is final, provisional or uncharted."""
        return [(seen.week.id, seen.verdict) for seen in self.seen]


def measured(
    readings: ibis.Table,
    posts: ibis.Table,
    weeks: Sequence[Week],
    rule: ChartRule,
    sources: Iterable[Source],
    members: Sequence[tuple[str, str]] = (),
    *,
    to_rows: Callable[[ibis.Table], list[dict[str, Any]]],
    coverage: ibis.Table | None = None,
) -> Measured:
    """Measure the weeks of a chart.

    Parameters
    ----------
    posts : from `credited`
    sources : those of the season; the ones that tell of posts or readings are asked
    members : persons, each with a group; the rule says whether theirs is the group's too
    to_rows : computes a small expression and gives its rows
    coverage : what live sources were answered, where there are any

    Raises
    ------
    RuleInvalid : nothing feeds a part of the rule, or what feeds it is rounded and the rule takes no rounded counter.
    """
    sources = [source for source in sources if source.platform]
    boundaries = day_boundaries(weeks)
    read = [Read(**row) for row in to_rows(days_with_readings(readings, boundaries))]
    rows = [] if coverage is None else to_rows(days_answered(coverage, boundaries))
    answered = [(row["source"], row["metric"], row["day"]) for row in rows]
    refuse_unfed(rule, sources, ((one.metric, one.of_post) for one in read))
    refuse_rounded(rule, sources)
    members = members if rule.members.counts == "both" else ()
    posts = with_groups(posts, members)
    gained = gains(readings, posts, weeks, rule, sources, members)
    return Measured(
        weeks_seen(rule, weeks, sources, read, answered),
        named_weeks(gained, weeks, rule),
        measure(gained, posts, weeks, rule, sources),
    )
