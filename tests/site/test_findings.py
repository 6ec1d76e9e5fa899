"""What checks found and what a result cannot show, in the reader's language."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from plaudit.audit.checks.findings import WORDINGS
from plaudit.certify.statement import sealed_statement
from plaudit.rulebook.live import Live
from plaudit.site.finding_words import finding_text, subject_name
from plaudit.site.limit_words import limit_facts, limit_sentence, unseen_facts
from plaudit.vote.log import cited_log
from plaudit.words.words import languages_known, words_of
from tests.site.kinds import files_of, material_of
from tests.site.pages import Seen

if TYPE_CHECKING:
    from pathlib import Path

    from plaudit.audit.checks.wording import Wording

ALL = [(check, wording) for check, wordings in WORDINGS.items() for wording in wordings]
ENGLISH = re.compile(r"\b(the|of|and|votes|ballots|totals|counted)\b")
ROW = {"check": "gaps", "subject": "web", "verdict": "fails", "found": "no ballots", "expected": ""}
SOURCE = {"source": "made", "title": "Ballots <b>made</b> up"}
FACTS: list[dict[str, Any]] = [
    {"kind": "guests"},
    {"kind": "early", "at": 1_526_774_400_000_000, "end": 1_526_860_800_000_000, "said": "a <b>flood</b>"},
    {"kind": "synthetic", **SOURCE},
    {"kind": "totals", **SOURCE},
    {"kind": "choice", "rule": "one-a-day@1", "key": "ties", "said": "We chose."},
    {"kind": "gap", **SOURCE, "account": "", "said": "it rained", "from": "2018-05-20", "to": "2018-05-21"},
    {"kind": "gap", **SOURCE, "account": "bts", "said": "it rained", "from": "2018-05-20", "to": "2018-05-21"},
    {**ROW, "kind": "unchecked"},
    {**ROW, "kind": "failed"},
    {
        "kind": "moved",
        "row": {"kind": "none", "scenario": "no purge", "winners": "bts"},
        "names": {"bts": {"en": "BTS"}},
    },
]


def text_of(html: object) -> str:
    return re.sub(r"<[^>]*>", "", str(html))


@pytest.mark.parametrize(("check", "wording"), ALL)
def test_what_a_check_can_say_is_said_in_korean(check: str, wording: Wording) -> None:
    said = wording(**{name: 12_345 if is_number else "BTS" for name, is_number in wording.places})
    korean, english = (str(finding_text(words_of(language), check, said)) for language in ("ko", "en"))

    assert text_of(english) == said
    assert "lang=" not in korean
    assert not ENGLISH.search(text_of(korean).replace("docs/reference/benchmarks.md", ""))
    assert korean.count("12,345") == said.count("12,345")


@given(st.text(min_size=1, max_size=40), st.sampled_from(sorted(WORDINGS)))
def test_a_text_of_no_wording_stands_as_it_is_and_no_markup_comes_through(said: str, check: str) -> None:
    shown = str(finding_text(words_of("en"), check, f"<i>{said}"))

    assert "<i>" not in shown
    assert re.fullmatch(r"<bdi>[^<]*</bdi>", shown)


def test_a_hostile_name_in_a_finding_is_text() -> None:
    said = "<script>: 1 and 2; x; y: 3 and 4"

    assert "<script>" not in finding_text(words_of("ko"), "two-ways", said)


def test_what_was_found_of_several_is_said_one_after_the_other() -> None:
    said = "5 totals; greatest common factor 1; no step; no gap twice"

    assert finding_text(words_of("ko"), "common-factor", said) == (
        "합계 5개; 최대 공약수 1; 공통 간격 없음; 두 번 나온 차이 없음"
    )
    assert finding_text(words_of("ko"), "common-factor", "") == ""


def test_a_channel_is_named_as_it_is_and_what_a_check_names_itself_is_translated() -> None:
    assert subject_name(words_of("ko"), "gaps", "ballots") == "<bdi>ballots</bdi>"
    assert subject_name(words_of("ko"), "log-holds-all", "ballots") == "모든 투표"


@pytest.mark.parametrize("made", ["made_template", "made_social", "made_hottest", "made_tweets"])
def test_every_limit_of_the_certificate_is_said_in_each_language(made: str, request: pytest.FixtureRequest) -> None:
    site_data = material_of(request.getfixturevalue(made))
    found = limit_facts(site_data)

    assert len(found) == len(site_data.statement["limits"])
    for language in languages_known():
        assert all(limit_sentence(limit, words_of(language)) for limit in found)
    for limit, stated in zip(found, site_data.statement["limits"], strict=True):
        for value in (limit.get("source"), limit.get("rule"), limit.get("said")):
            assert value is None or value in stated


def test_a_guests_vote_that_closed_early_has_these_limits_as_its_certificate_has(made_template: Path) -> None:
    site_data: Any = material_of(made_template)
    live = structs.replace(site_data.season.vote, live=Live(guests=True))
    site_data.season = replace(site_data.season, vote=live)
    log = {**cited_log(site_data.season), "closed_at": "2026-01-17T00:00:00Z", "because": "a fire"}
    site_data.statement = sealed_statement(site_data.season, site_data.tables, log)

    found = limit_facts(site_data)
    assert [limit["kind"] for limit in found][:2] == ["guests", "early"]
    assert len(found) == len(site_data.statement["limits"])


@pytest.mark.parametrize("facts", FACTS, ids=lambda facts: facts["kind"])
def test_each_kind_of_limit_is_a_sentence_in_korean_with_the_seasons_own_words_marked(facts: dict[str, Any]) -> None:
    said = str(limit_sentence(facts, words_of("ko")))

    assert re.search("[가-힣]", said)
    assert "<b>" not in said
    assert ('lang="en"' in said) == bool({"said", "title"} & facts.keys())


def test_a_source_is_called_by_its_title_and_by_its_id_only_without_one() -> None:
    titled, untitled = (
        text_of(limit_sentence({"kind": "totals", "source": "made", "title": title}, words_of("en")))
        for title in ("Hand counts", "")
    )

    assert titled.startswith("Hand counts holds totals")
    assert untitled.startswith("made holds totals")


def test_the_instants_of_an_early_close_are_written_as_each_language_does() -> None:
    facts = next(facts for facts in FACTS if facts["kind"] == "early")

    assert "at May 20, 2018 00:00 UTC" in limit_sentence(facts, words_of("en"))
    assert "2018년 5월 20일 00:00 UTC" in limit_sentence(facts, words_of("ko"))


def test_what_could_not_be_seen_is_as_long_as_the_published_notice_says(made_hottest: Path) -> None:
    site_data = material_of(made_hottest)
    found = site_data.audit_figures

    assert len(unseen_facts(site_data, found["findings"])) == len(found["not_seen"])


def test_no_finding_stands_in_english_on_a_korean_page(made_social: Path) -> None:
    page = files_of(made_social, "edition")["ko/edition.html"]
    checks = page[page.index(b'id="checks"') : page.index(b'id="certificate"')]

    assert b'lang="en"' not in checks
    assert "최대 공약수" in Seen(checks).text
