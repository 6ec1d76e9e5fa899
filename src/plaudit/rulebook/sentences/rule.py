"""A rule in plain words, made from the rule alone: every number and every choice of it, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from plaudit.rulebook.chart_rule import ChartRule
from plaudit.rulebook.counting_rule import CountingRule
from plaudit.rulebook.growth_rule import GrowthRule
from plaudit.rulebook.nomination_rule import NominationRule
from plaudit.rulebook.purge_rule import PurgeRule
from plaudit.rulebook.sentences.chart import chart_sections
from plaudit.rulebook.sentences.counting import counting_sections
from plaudit.rulebook.sentences.growth import growth_sections
from plaudit.rulebook.sentences.nomination import nomination_sections
from plaudit.rulebook.sentences.purge import purge_sections
from plaudit.words.blocks import Block, Heading, Items, Paragraph
from plaudit.words.message import Code, Own, say

if TYPE_CHECKING:
    from collections.abc import Callable

    from plaudit.rulebook.library import Rule
    from plaudit.rulebook.sentences.section import Section, Sentences

__all__ = ["KIND_NAMES", "rule_blocks", "rule_sections", "texts_of"]

KIND_NAMES: Final = {
    "chart": say("chart rule"),
    "growth": say("growth rule"),
    "nomination": say("nomination rule"),
    "counting": say("counting rule"),
    "purge": say("purge rule"),
}


def rule_blocks(rule: Rule) -> list[Block]:
    """Give the whole rule as a document.

    Examples
    --------
    >>> from plaudit.rulebook.library import RuleLibrary
    >>> from plaudit.words.document import as_text
    >>> from plaudit.words.words import words_of
    >>> text = as_text(rule_blocks(RuleLibrary().cited("one-a-day@1").rule), words_of("en"))
    >>> print(text[text.index("Voting days") : text.index("  - What does not count")])
    Voting days
    <BLANKLINE>
      A voting day starts at 00:00 in the time zone UTC.
    <BLANKLINE>
    Channel web: the vote's site
    <BLANKLINE>
      - Each ballot is checked.
      - What counts: a vote on a site or in an app.
    <BLANKLINE>
    """
    blocks: list[Block] = [Heading(1, Own(rule.title)), Paragraph(_opening(rule)), Paragraph(Own(rule.because))]
    for heading, found in rule_sections(rule):
        blocks += [Heading(2, heading), Items(found) if len(found) > 1 else Paragraph(found[0])]
    if rule.not_found:
        silent = [say("%(key)s: %(choice)s", key=Code(key), choice=Own(text)) for key, text in rule.not_found.items()]
        blocks += [Heading(2, say("What no source says, and what was chosen")), Items(silent)]
    if rule.sources:
        blocks += [Heading(2, say("Sources")), Items([*map(Own, rule.sources)])]
    return blocks


def _opening(rule: Rule) -> Sentences:
    name = Code(rule.name)
    this = {
        ChartRule: say("This is the chart rule %(name)s.", name=name),
        CountingRule: say("This is the counting rule %(name)s.", name=name),
        GrowthRule: say("This is the growth rule %(name)s.", name=name),
        NominationRule: say("This is the nomination rule %(name)s.", name=name),
        PurgeRule: say("This is the purge rule %(name)s.", name=name),
    }[type(rule)]
    return (this, say("It replaces %(old)s.", old=Code(rule.supersedes))) if rule.supersedes else this


def rule_sections(rule: Rule) -> list[Section]:
    """Give every choice of a rule, as headed sections of sentences."""
    of_kind: dict[type[Any], Callable[[Any], list[Section]]] = {
        ChartRule: chart_sections,
        CountingRule: counting_sections,
        GrowthRule: growth_sections,
        NominationRule: nomination_sections,
        PurgeRule: purge_sections,
    }
    return of_kind[type(rule)](rule)


def texts_of(rule: Rule) -> list[str]:
    """Give what a rule says in words of its own, which languages have words for: its title, reasons and choices."""
    told = [rule.told] if isinstance(rule, PurgeRule) else []
    if isinstance(rule, CountingRule):
        told += [text for channel in rule.channel for text in (channel.name, channel.because)]
        told += [multiplier.because for multiplier in rule.multiplier]
    if isinstance(rule, ChartRule):
        told += [part.because for part in rule.part]
    return [text for text in (rule.title, rule.because, *told, *rule.not_found.values()) if text]
