"""Rules in words and in their own words, the methodology, and what a change of a chart rule does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from plaudit.rulebook.library import RuleLibrary
from plaudit.rulebook.season import read_season
from plaudit.rulebook.sentences.rule import texts_of
from plaudit.site.pages.rules import rule_said
from plaudit.words.words import words_of
from tests.conftest import run
from tests.site.kinds import files_of
from tests.site.pages import Seen
from tests.some import some

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SHIPPED = [cited.name for cited in RuleLibrary()]
SILENT = {"version", "combine", "standings"}


def values_of(rule: Any, key: str = "") -> Iterator[tuple[str, int]]:
    """Give every whole number of a rule, with its key."""
    if isinstance(rule, dict):
        for name, value in rule.items():
            yield from values_of(value, name)
    elif isinstance(rule, list | tuple):
        for value in rule:
            yield from values_of(value, key)
    elif isinstance(rule, int) and not isinstance(rule, bool):
        yield key, rule


def shown(key: str, value: int) -> set[str]:
    """Give the ways in which a number of a rule may stand in a sentence."""
    share = f"{value / 10_000:.4f}".rstrip("0").rstrip(".") + "%"
    return {share} if key.endswith("_ppm") else {f"{value:,}"}


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("name", SHIPPED)
def test_every_number_of_a_shipped_rule_is_said(name: str, language: str) -> None:
    rule = msgspec.to_builtins(RuleLibrary().cited(name).rule)
    text = " ".join(str(one) for _, said in rule_said(rule, words_of(language)) for one in said)
    numbers = set(re.findall(r"[\d,]*\d(?:\.\d+)?%?", text))
    counted = [channel for channel in rule.get("channel", ()) if channel["counts"] == "ballots"]
    unsaid = {"share_ppm"} if rule.get("combine", {}).get("method") != "shares" else set()
    unsaid |= set() if counted else {"clock_step_seconds", "repost_waits_hours", "reposts_waiting_most"}
    for key, value in some(values_of(rule)):
        if key in SILENT | unsaid or (key in {"account_age_days", "tags_most"} and (not counted or value == 0)):
            continue
        if key == "tags_most" and len(counted) < len(rule["channel"]):
            continue
        assert numbers & shown(key, value), (key, value, text)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_rules_own_words_are_translated_and_not_marked_as_english(name: str) -> None:
    for text in some(texts_of(RuleLibrary().cited(name).rule)):
        said = str(words_of("ko").own(text))
        assert re.search("[가-힣]", said)
        assert "lang=" not in said


def test_a_seasons_own_words_stand_as_written_and_are_marked_as_english() -> None:
    assert words_of("ko").own("Our <b> rule") == '<bdi lang="en">Our &lt;b&gt; rule</bdi>'
    assert words_of("en").own("Our <b> rule") == "<bdi>Our &lt;b&gt; rule</bdi>"


def test_a_rules_page_has_its_digest_and_its_whole_text(made_template: Path) -> None:
    files, season = files_of(made_template, "rule"), read_season(made_template)

    assert len(files) == 2 * len(season.rules)
    for name, cited in season.rules.items():
        for language in ("en", "ko"):
            page = Seen(files[f"{language}/rules/{name}.html"])
            assert cited.sha256 in page.text
            assert words_of(language).title(cited.rule.because)[:40] in page.text
            assert all(words_of(language).title(said)[:40] in page.text for said in cited.rule.not_found.values())


def test_where_no_rule_replaces_another_the_page_says_so(made_template: Path) -> None:
    page = Seen(files_of(made_template, "changes")["en/changes.html"]).text

    assert "No rule of this season replaces an earlier one" in page


def test_a_rule_that_replaces_another_is_shown_with_what_changed_and_who_moves(season_folder: Path) -> None:
    season = season_folder / "season.toml"
    season.write_text(season.read_text("utf-8").replace("social-weekly@1", "social-weekly@2"), "utf-8")
    for path in sorted((season_folder / "published").rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    files = files_of(run(season_folder), "changes")
    english, korean = Seen(files["en/changes.html"]).text, Seen(files["ko/changes.html"]).text

    assert "social-weekly@1 → social-weekly@2" in english
    assert "part[views_gain].weight_ppm 500000 450000" in english
    assert re.search(r"The newest (\d+ weeks|week) of the chart (was|were) computed again", english)
    assert "이전 판으로 다시 계산했습니다" in korean
