from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plaudit.rulebook.chart_rule import ChartRule
from plaudit.rulebook.counting_rule import Cap, CountingRule
from plaudit.rulebook.library import SHIPPED, RuleLibrary
from plaudit.rulebook.nomination_rule import NominationRule
from plaudit.rulebook.render import render

if TYPE_CHECKING:
    from collections.abc import Iterator

RULES = {cited.name: cited.rule for cited in RuleLibrary()}


def integers(value: Any, key: str = "") -> Iterator[tuple[str, int]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from integers(inner, name)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from integers(inner, key)
    elif isinstance(value, int) and not isinstance(value, bool):
        yield key, value


def forms(key: str, number: int) -> list[str]:
    return [f"{number / 10_000:g} %"] if key.endswith("_ppm") else [f" {number:,} "]


@pytest.mark.parametrize("name", RULES)
def test_every_number_of_the_file_is_in_the_text(name: str) -> None:
    document = tomllib.loads((SHIPPED / f"{name}.toml").read_text("utf-8"))
    text = render(RULES[name])

    for key, number in integers(document):
        if key != "version":
            assert any(form in text for form in forms(key, number)), (key, number)


@pytest.mark.parametrize("name", RULES)
def test_every_text_of_the_file_but_choices_is_in_the_text(name: str) -> None:
    rule = RULES[name]
    text = render(rule)

    assert rule.because in text
    assert f"`{rule.name}`" in text
    assert all(line in text for line in [*rule.sources, *rule.not_found.values(), rule.supersedes])
    if isinstance(rule, CountingRule):
        assert rule.day.zone in text
        assert all(channel.because in text and channel.name in text for channel in rule.channel)
    if isinstance(rule, ChartRule):
        assert all(part.because in text and part.measure in text for part in rule.part)


def variants() -> Iterator[tuple[str, CountingRule | ChartRule | NominationRule]]:
    counting, chart, nomination = RULES["bbma-2018@1"], RULES["social-weekly@1"], RULES["chart-and-named@1"]
    assert isinstance(counting, CountingRule)
    assert isinstance(chart, ChartRule)
    assert isinstance(nomination, NominationRule)
    replace = msgspec.structs.replace
    web = counting.channel[1]
    assert web.cap is not None
    for change in (
        {"deleted": "void"},
        {"private": "counts"},
        {"account_age_days": 30},
        {"cap": None},
        {"cap": replace(web.cap, per="window")},
        {"cap": replace(web.cap, per="vote")},
        {"cap": replace(web.cap, scope="nominee")},
        {"gestures": replace(web.gestures, repost="void")},
        {"tags_most": 3},
    ):
        yield str(change), replace(counting, channel=(counting.channel[0], replace(web, **change)))
    yield "keep", replace(counting, keep="last")
    yield "partial", replace(counting, partial="refuse")
    yield "ties", replace(counting, ties=replace(counting.ties, then="share"))
    yield "chart ties", replace(chart, ties=replace(chart.ties, then="raise"))
    yield "history", replace(chart, history=replace(chart.history, uncharted_week="break"))
    yield "attribution", replace(chart, gain=replace(chart.gain, attribution="published"))
    yield "kinds", replace(chart, eligibility=replace(chart.eligibility, kinds=("group",)))
    yield "excluded", replace(chart, eligibility=replace(chart.eligibility, excluded=("x",)))
    yield "nomination ties", replace(nomination, ties=replace(nomination.ties, then="raise"))
    assert nomination.chart is not None
    yield "final", replace(nomination, chart=replace(nomination.chart, counts="final"))


@pytest.mark.parametrize(("what", "rule"), list(variants()))
def test_a_changed_choice_changes_the_text(what: str, rule: CountingRule | ChartRule | NominationRule) -> None:
    assert render(rule) != render(RULES[rule.name])


@given(st.integers(1, 10**9))
def test_any_cap_is_in_the_text(votes: int) -> None:
    rule = RULES["one-a-day@1"]
    assert isinstance(rule, CountingRule)
    channel = msgspec.structs.replace(rule.channel[0], cap=Cap(votes, "day"))

    text = render(msgspec.structs.replace(rule, channel=(channel,)))

    assert f"at most {votes:,} vote{'s' if votes > 1 else ''} on each voting day" in text
