"""How a growth rule follows counters day by day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plaudit.words.message import Listed, Message, Ppm, Value, Weekday, count, say
from plaudit.words.names import known

if TYPE_CHECKING:
    from plaudit.rulebook.growth_rule import Burst, FirstHours, GrowthRule
    from plaudit.rulebook.sentences.section import Section

__all__ = ["growth_sections"]


def growth_sections(rule: GrowthRule) -> list[Section]:
    """Give every choice of a growth rule."""
    starts = say(
        "A week starts on %(weekday)s at midnight in the time zone %(zone)s.",
        weekday=Weekday(rule.week.starts_on),
        zone=rule.week.zone,
    )
    followed = say("These counters of accounts are followed: %(metrics)s.", metrics=_metrics(rule.metrics))
    gaps = say("A day without a reading is a gap, and never 0.")
    bounds = say("What a rounded counter gained is told with the least and the most that it can have gained.")
    found: list[Section] = [
        (say("Days and weeks"), [starts, followed, gaps, bounds]),
        (say("Bursts"), [*_bursts(rule.burst)]),
    ]
    if rule.milestones:
        found.append((say("Milestones"), [*_milestones(rule.milestones)]))
    if rule.first_hours.metrics:
        found.append((say("A post's first hours"), [*_first_hours(rule.first_hours)]))
    return found


def _bursts(burst: Burst) -> list[Message]:
    return [
        say(
            "A day is a burst if the least it can have gained is at least %(times)s times the median of the "
            "%(days)s days before it, and at least %(share)s of the level the day before.",
            times=burst.times,
            days=burst.baseline_days,
            share=Ppm(burst.least_ppm),
        ),
        count(
            "The gain of at least %(n)s of those days must be known.",
            "The gains of at least %(n)s of those days must be known.",
            burst.least_days,
        ),
        say("Bursts are not in the median. A return from a fall is no gain."),
        say(
            "Posts and events are named with a burst from %(before)s days before it to %(after)s days after it. "
            "They happened at the same time; no counter says why.",
            before=burst.days_before,
            after=burst.days_after,
        ),
    ]


def _milestones(counts: tuple[int, ...]) -> list[Message]:
    return [
        say("These counts are milestones: %(counts)s.", counts=Listed.of(counts)),
        say("A milestone was passed between the last reading below it and the first one at it or above."),
    ]


def _first_hours(rule: FirstHours) -> list[Message]:
    found = [
        say("These counters of posts are told at some ages: %(metrics)s.", metrics=_metrics(rule.metrics)),
        say("The age is counted from the first reading."),
    ]
    if rule.hours:
        found.append(say("The ages in hours are: %(hours)s.", hours=Listed.of(rule.hours)))
    return [*found, *(_milestones(rule.milestones) if rule.milestones else [])]


def _metrics(metrics: tuple[str, ...]) -> Value:
    return Listed.of(known("metric", metric) for metric in metrics)
