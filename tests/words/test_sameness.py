"""Every sentence says the same in Markdown, in HTML and on a terminal, in every language."""

from __future__ import annotations

import typing
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plaudit.rulebook.chart_rule import ChartRule
from plaudit.rulebook.counting_rule import CountingRule
from plaudit.rulebook.library import RuleLibrary
from plaudit.rulebook.purge_rule import Method, PurgeRule
from plaudit.rulebook.sentences.rule import rule_blocks, rule_sections
from plaudit.words.blocks import Grid, Heading, Items, Paragraph
from plaudit.words.document import as_html, as_markdown, as_text
from plaudit.words.message import Code, Listed, Named, Own, say
from plaudit.words.words import languages_known, words_of
from tests.words.choices import choices
from tests.words.stripped import outputs

if TYPE_CHECKING:
    from plaudit.words.blocks import Block

HOSTILE = "<script>alert(1)</script> | *bold* [x](javascript:y) `c` ![p](http://z) # 1."
SHIPPED = {cited.name: cited.rule for cited in RuleLibrary()}
CHOICES = {name: rule for shipped in SHIPPED.values() for name, rule in choices(shipped)}


def same_in_all(blocks: list[Block]) -> None:
    said = {language: outputs(blocks, words_of(language)) for language in languages_known()}
    for language, found in said.items():
        assert found["markdown"] == found["terminal"], language
        assert found["html"] == found["terminal"], language


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_rule_says_the_same_everywhere(name: str) -> None:
    same_in_all(rule_blocks(SHIPPED[name]))


def test_every_value_of_every_choice_of_a_rule_says_the_same_everywhere() -> None:
    words = words_of("en")
    each = [Paragraph(said) for rule in CHOICES.values() for _, found in rule_sections(rule) for said in found]
    distinct = {as_text([said], words): said for said in each}

    assert len(distinct) > 200
    same_in_all(list(distinct.values()))


@pytest.mark.parametrize("language", languages_known())
def test_every_choice_changes_what_a_rule_says(language: str) -> None:
    words = words_of(language)
    before = {name: as_text(rule_blocks(rule), words) for name, rule in SHIPPED.items()}
    silent = {name for name, rule in CHOICES.items() if as_text(rule_blocks(rule), words) == before[rule.name]}

    assert {name for name in silent if not is_moot(name)} == set()


def is_moot(name: str) -> bool:
    """Say whether a choice decides nothing, because another leaves it nothing to decide."""
    rule, key = SHIPPED[name.split(" ", maxsplit=1)[0]], name.split(" ", 1)[1]
    if isinstance(rule, ChartRule):
        return key.startswith("gain.smooth_weeks") and rule.gain.rounded != "smooth"
    if not isinstance(rule, CountingRule):
        return False
    if "share_ppm" in key:
        return rule.combine.method == "sum"
    if key.startswith("channel["):
        return rule.channel[int(key[8])].counts == "totals"
    if key.startswith("intake."):
        return all(channel.counts == "totals" for channel in rule.channel)
    return key.startswith(("keep", "same_instant")) and not any(channel.cap for channel in rule.channel)


def test_every_method_is_among_the_rules_that_are_said() -> None:
    said = {type(rule.method) for rule in SHIPPED.values() if isinstance(rule, PurgeRule)}

    assert said == set(typing.get_args(Method))


@given(st.text(max_size=40), st.sampled_from(languages_known()))
def test_no_name_is_markup_in_any_output(name: str, language: str) -> None:
    words, text = words_of(language), f"{HOSTILE}{name}"
    blocks: list[Block] = [
        Heading(2, text),
        Paragraph(say("Sources"), is_strong=True),
        Items([say("It replaces %(old)s.", old=value) for value in (text, Code(text), Own(text), Named({"en": text}))]),
        Grid(say("Sources"), [text, "b"], [[text, 1], [Listed((text, Code("a"))), 2]]),
    ]
    markdown, html = as_markdown(blocks, words), as_html(blocks, words)

    assert "<script" not in html
    assert "<script" not in markdown.replace("\\<script", "")
    assert "](" not in markdown.replace("\\](", "")
    assert "\x1b" not in as_text(blocks, words)


def test_a_rule_of_a_season_cannot_bring_markup() -> None:
    own = {"title": HOSTILE, "because": HOSTILE, "not_found": {"a": HOSTILE}, "sources": (HOSTILE,)}
    hostile = msgspec.structs.replace(SHIPPED["one-a-day@1"], **own)
    html = as_html(rule_blocks(hostile), words_of("en"))

    assert "<script" not in html
    assert "<img" not in html
    same_in_all(rule_blocks(hostile))
