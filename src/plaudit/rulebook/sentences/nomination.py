"""How a nomination rule finds nominees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plaudit.words.message import Message, count, say

if TYPE_CHECKING:
    from plaudit.rulebook.nomination_rule import NominationRule, NominationTies
    from plaudit.rulebook.sentences.section import Section

__all__ = ["nomination_sections"]

_SETTLED: Final = {
    "weeks_at_no_1": say("If artists are equal, whoever had more weeks at no. 1 is ahead."),
    "peak": say("If artists are equal, whoever had the better peak is ahead."),
    "weeks_on_chart": say("If artists are equal, whoever had more weeks on the chart is ahead."),
}


def nomination_sections(rule: NominationRule) -> list[Section]:
    """Give every choice of a nomination rule."""
    found: list[Section] = []
    if rule.named:
        named = count(
            "A list names at most %(n)s nominee, with a source for it.",
            "A list names at most %(n)s nominees, with a source for each.",
            rule.named.places,
        )
        found.append((say("By name"), [named, *([say("Named nominees come first.")] if rule.chart else [])]))
    if rule.chart:
        most = count(
            "The %(n)s artist with the most chart points is nominated.",
            "The %(n)s artists with the most chart points are nominated.",
            rule.chart.places,
        )
        final = say("Provisional charts count too.")
        if rule.chart.counts == "final":
            final = say("Provisional charts do not count.")
        found.append((say("By the chart"), [most, say("Points are added up over the eligibility period."), final]))
    if rule.chart and rule.named:
        found.append((say("On both grounds"), [say("An artist who qualifies on both grounds is one nominee.")]))
    return [*found, (say("Ties"), [*_ties(rule.ties)])]


def _ties(ties: NominationTies) -> list[Message]:
    settled = [_SETTLED[one] for one in ties.order]
    if ties.then == "raise":
        return [*settled, say("A tie that remains is an error: nothing is decided until the rule says how.")]
    return [*settled, say("All who are still equal are nominated.")]
