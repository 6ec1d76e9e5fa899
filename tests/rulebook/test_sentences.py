from __future__ import annotations

import re
import tomllib
import typing
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plaudit.rulebook.chart_rule import ChartRule
from plaudit.rulebook.counting_rule import Cap, CountingRule
from plaudit.rulebook.library import RuleLibrary
from plaudit.rulebook.nomination_rule import NominationRule
from plaudit.rulebook.purge_rule import AccountState, Method, PurgeRule
from plaudit.rulebook.sentences.purge import how_found
from plaudit.rulebook.sentences.rule import rule_blocks
from plaudit.words.document import as_text
from plaudit.words.spans import plain
from plaudit.words.words import words_of
from tests.some import some

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plaudit.rulebook.library import Rule
    from plaudit.words.message import Message

RULES = {cited.name: cited.rule for cited in RuleLibrary()}
PURGES = {name: rule for name, rule in RULES.items() if isinstance(rule, PurgeRule)}


def render(rule: Rule, language: str = "en") -> str:
    """Give a rule as a terminal shows it, on one line."""
    return " ".join(as_text(rule_blocks(rule), words_of(language)).split())


def said(messages: list[Message]) -> list[str]:
    return [plain(words_of("en").spans(message)) for message in messages]


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
    return [f"{number / 10_000:g}%"] if key.endswith("_ppm") else [f" {number:,} "]


@pytest.mark.parametrize("name", RULES)
def test_every_number_of_the_file_is_in_the_text(name: str) -> None:
    document = tomllib.loads(RuleLibrary().cited(name).path.read_text("utf-8"))
    text = re.sub(r"[.,](?= |$)", " ", render(RULES[name]))

    for key, number in some(integers(document)):
        if key != "version" and (key, number) != ("account_age_days", 0):
            assert any(form in text for form in forms(key, number)), (key, number)


@pytest.mark.parametrize("name", RULES)
def test_every_text_of_the_file_but_choices_is_in_the_text(name: str) -> None:
    rule = RULES[name]
    text = render(rule)

    assert rule.because in text
    assert rule.name in text
    assert all(" ".join(line.split()) in text for line in [*rule.sources, *rule.not_found.values(), rule.supersedes])
    if isinstance(rule, CountingRule):
        assert rule.day.zone in text
        assert all(channel.because in text and channel.name in text for channel in rule.channel)
    if isinstance(rule, ChartRule):
        assert all(part.because in text and part.measure in text for part in rule.part)


@pytest.mark.parametrize("name", PURGES)
def test_a_purge_rule_says_what_it_does_and_what_the_voter_is_told(name: str) -> None:
    rule = PURGES[name]
    other = "flag only" if rule.does == "set aside" else "set aside"
    text = render(rule)

    assert rule.told in text
    assert text != render(msgspec.structs.replace(rule, does=other))
    assert "no other channel" not in text
    assert "It checks post and no other channel." in render(msgspec.structs.replace(rule, channels=("post",)))
    two = render(msgspec.structs.replace(rule, channels=("post", "web", "app")))
    assert "It checks post, web, and app and no other channel." in two


@pytest.mark.parametrize("shape", typing.get_args(Method))
def test_every_number_of_every_purge_method_is_in_a_sentence(shape: type[Any]) -> None:
    numbers: dict[str, Any] = {}
    for field, least in zip(msgspec.structs.fields(shape), (3, 5, 7, 11, 12, 13, 14), strict=False):
        numbers[field.name] = 130_000 + least * 10_000 if field.name.endswith("_ppm") else least
    if shape is AccountState:
        numbers = {"states": ("closed",)}
    text = "\n".join(f" {sentence} " for sentence in said(how_found(shape(**numbers))))

    assert shape is AccountState or list(integers(numbers))
    for key, number in integers(numbers):
        assert any(form in text for form in forms(key, number)), (key, number)
    for key, number in list(integers(numbers)):
        one = said(how_found(shape(**{**numbers, key: number + 10_000 if key.endswith("_ppm") else number + 1})))
        assert one != said(how_found(shape(**numbers))), key


@pytest.mark.parametrize("states", [("closed",), ("suspended",), ("closed", "suspended")])
def test_the_states_of_accounts_are_in_a_sentence(states: tuple[Any, ...]) -> None:
    first = said(how_found(AccountState(states)))[0]

    assert first == f"Accounts are matched if their platform has {' or '.join(states)} them."


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
