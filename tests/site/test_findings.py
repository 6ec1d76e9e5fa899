"""What checks found and what a result cannot show, in the reader's language."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from msgspec import structs

from plaudit.certify.limits import KNOWN, season_limits
from plaudit.certify.statement import sealed_statement
from plaudit.rulebook.live import Live
from plaudit.site.limits import limits_html
from plaudit.vote.log import cited_log
from plaudit.words.words import languages_known, words_of
from tests.site.kinds import files_of, site_data_of
from tests.site.pages import Seen

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = {"source": "made", "title": "Ballots <b>made</b> up"}
DAYS = {"first": "2018-05-20", "last": "2018-05-21", "why": "it <b>rained</b>"}
OWN = [
    {"code": "limits.synthetic", "values": SOURCE},
    {"code": "limits.totals", "values": SOURCE},
    {"code": "limits.choice", "values": {"rule": "one-a-day@1", "key": "ties", "choice": "We chose."}},
    {"code": "unseen.gap", "values": {**SOURCE, **DAYS}},
    {"code": "unseen.gap-of-account", "values": {**SOURCE, **DAYS, "account": "bts"}},
    {
        "code": "limits.closed-early",
        "values": {"at": "2018-05-20T00:00:00Z", "end": "2018-05-21T00:00:00Z", "why": "a <b>flood</b>"},
    },
]


def text_of(html: object) -> str:
    return re.sub(r"<[^>]*>", "", str(html))


@pytest.mark.parametrize("limit", OWN, ids=lambda limit: limit["code"])
def test_a_limit_is_a_sentence_in_korean_with_the_seasons_own_words_marked(limit: dict[str, Any]) -> None:
    [said] = limits_html([limit], {}, words_of("ko"))

    assert re.search("[가-힣]", said)
    assert "<b>" not in said
    assert 'lang="en"' in said


def test_the_instants_of_an_early_close_are_written_as_each_language_does() -> None:
    english, korean = (limits_html(OWN[-1:], {}, words_of(language))[0] for language in ("en", "ko"))

    assert "at May 20, 2018 00:00 UTC" in english
    assert "2018년 5월 20일 00:00 UTC" in korean


def test_a_winner_under_other_rules_has_the_readers_name() -> None:
    limit = {"code": "limits.another-winner", "values": {"kind": "none", "scenario": "no purge", "winners": "bts"}}
    names = {"bts": {"en": "BTS", "ko": "방탄소년단"}}

    assert text_of(limits_html([limit], names, words_of("ko"))[0]).endswith("방탄소년단.")
    assert text_of(limits_html([limit], {}, words_of("en"))[0]).endswith(": bts.")


def test_prose_of_the_first_certificates_stands_as_it_is_in_english() -> None:
    [said] = limits_html(["counts is <i>synthetic</i>"], {}, words_of("ko"))

    assert said == '<bdi lang="en">counts is &lt;i&gt;synthetic&lt;/i&gt;</bdi>'


@pytest.mark.parametrize("made", ["made_template", "made_social"])
def test_every_limit_of_the_certificate_is_said_in_each_language(made: str, request: pytest.FixtureRequest) -> None:
    stated = site_data_of(request.getfixturevalue(made)).statement["limits"]

    assert {limit["code"] for limit in stated} <= set(KNOWN)
    for language in languages_known():
        said = limits_html(stated, {}, words_of(language))
        assert len(said) == len(stated)
        assert not any('{"code"' in one for one in said)


def test_a_guests_vote_that_closed_early_has_these_limits_first(made_template: Path) -> None:
    site_data: Any = site_data_of(made_template)
    live = structs.replace(site_data.season.vote, live=Live(guests=True))
    season = replace(site_data.season, vote=live)
    log = {**cited_log(season), "closed_at": "2026-01-17T00:00:00Z", "because": "a fire"}
    stated = sealed_statement(season, site_data.tables, log)

    assert [limit["code"] for limit in stated["limits"]][:2] == ["limits.guests", "limits.closed-early"]
    assert len(stated["limits"]) == len(season_limits(season, log))


def test_no_finding_stands_in_english_on_a_korean_page(made_social: Path) -> None:
    page = files_of(made_social, "edition")["ko/edition.html"]
    checks = page[page.index(b'id="checks"') : page.index(b'id="certificate"')]

    assert b'lang="en"' not in checks
    assert "최대 공약수" in Seen(checks).text
