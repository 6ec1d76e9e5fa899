"""A growth rule: which counters are followed day by day, what a burst is, and which milestones are told."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct, field

from plaudit.rulebook.chart_rule import WeekRule
from plaudit.rulebook.values import Positive, Ppm, Text

__all__ = ["Burst", "FirstHours", "GrowthRule"]


class Burst(Struct, frozen=True, forbid_unknown_fields=True):
    """When a day's gain is a burst, and what of those days is named beside it.

    A day is compared with the median of the days before it, and with the level the day
    before; the grain is given away: of what a day may have gained, the least is compared.

    baseline_days : how many days before the day are looked at.
    least_days : of how many of them the gain must be known; with fewer, no burst is found.
    times : a burst is at least so many times the median.
    least_ppm : and at least this part of the level the day before, in parts per million.
    days_before : posts and events of so many days before the burst are named with it.
    days_after : and of so many days after it.
    """

    baseline_days: Annotated[int, Meta(ge=1, le=366)]
    least_days: Annotated[int, Meta(ge=1, le=366)]
    times: Positive
    least_ppm: Ppm
    days_before: Annotated[int, Meta(ge=0, le=31)] = 0
    days_after: Annotated[int, Meta(ge=0, le=31)] = 0


class FirstHours(Struct, frozen=True, forbid_unknown_fields=True):
    """At which ages a post's counters are told; age is counted from its first reading.

    metrics : counters of posts.
    hours : ages in hours.
    milestones : counts whose first reading is told.
    """

    metrics: tuple[Text, ...] = ()
    hours: tuple[Positive, ...] = ()
    milestones: tuple[Positive, ...] = ()


class GrowthRule(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="growth"):
    """A growth rule file as an object.

    id : the rule's name, in lower case with hyphens.
    version : 1 for the first; a change is the next version.
    title : what is followed.
    because : why the rule is as it is.
    week : when a week starts; days start at midnight in its time zone.
    metrics : counters of accounts that are followed day by day.
    milestones : counts whose first reading is told.
    burst : when a day's gain is a burst.
    first_hours : at which ages a post's counters are told.
    sources : where the rule was published.
    not_found : what no source says, with the choice made here and its reason.
    supersedes : the rule id@version that this one replaces.
    """

    id: Text
    version: Positive
    title: Text
    because: Text
    week: WeekRule
    metrics: tuple[Text, ...]
    milestones: tuple[Positive, ...]
    burst: Burst
    first_hours: FirstHours = FirstHours()
    sources: tuple[str, ...] = ()
    not_found: dict[str, str] = field(default_factory=dict)
    supersedes: str = ""

    @property
    def name(self) -> str:
        """The rule's citation, id@version."""
        return f"{self.id}@{self.version}"
