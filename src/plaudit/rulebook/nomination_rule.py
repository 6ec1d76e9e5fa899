"""A nomination rule: how nominees are found."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, field

from plaudit.rulebook.values import Positive, Text

__all__ = ["ChartGround", "NamedGround", "NominationRule", "NominationTies"]


class ChartGround(Struct, frozen=True, forbid_unknown_fields=True):
    """Nominate by the chart: the artists with most points over the eligibility period.

    places : how many artists.
    counts : which charts count, `all` or only those that are not `provisional`.
    """

    places: Positive
    counts: Literal["all", "final"] = "all"


class NamedGround(Struct, frozen=True, forbid_unknown_fields=True):
    """Nominate by a list of names, each with its source.

    places : the most names the list may hold.
    """

    places: Positive


class NominationTies(Struct, frozen=True, forbid_unknown_fields=True):
    """What settles the last place.

    order : compared in turn: more `weeks_at_no_1`, the better `peak`, more `weeks_on_chart`.
    then : all who are still equal are nominated (`include`), or it is an error (`raise`).
    """

    order: tuple[Literal["weeks_at_no_1", "peak", "weeks_on_chart"], ...] = ()
    then: Literal["include", "raise"] = "raise"


class NominationRule(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="nomination"):
    """A nomination rule file as an object; with both grounds, named nominees come first.

    id : the rule's name, in lower case with hyphens.
    version : 1 for the first; a change is the next version.
    title : what the rule is called.
    because : why the rule is as it is.
    chart : nominate by the chart.
    named : nominate by a list of names.
    ties : what settles the last place by the chart.
    sources : where the rule was published.
    not_found : what no source says, with the choice made here and its reason.
    supersedes : the rule id@version that this one replaces.
    """

    id: Text
    version: Positive
    title: Text
    because: Text
    chart: ChartGround | None = None
    named: NamedGround | None = None
    ties: NominationTies = NominationTies()
    sources: tuple[str, ...] = ()
    not_found: dict[str, str] = field(default_factory=dict)
    supersedes: str = ""

    @property
    def name(self) -> str:
        """The rule's citation, id@version."""
        return f"{self.id}@{self.version}"
