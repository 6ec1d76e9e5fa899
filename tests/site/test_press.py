"""The press kit: what it says, what it rests on, and what it never says."""

from __future__ import annotations

import csv
import io
import re
from hashlib import sha256
from html import unescape
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plaudit.site.press.kit import kits
from plaudit.words.counted import ordinal
from plaudit.words.spans import in_markdown
from plaudit.words.words import words_of
from tests.made import made_once
from tests.site.kinds import files_of, site_data_of
from tests.site.pages import Seen
from tests.some import some

if TYPE_CHECKING:
    from pathlib import Path

KINDS = ("press", "press-files", "cards", "downloads")
PAGES = ("press", "press/2017", "press/2011")
_SENTENCES = re.compile(r'<ul class="claims">.*?</ul>|<div class="release">.*?</div>', re.DOTALL)
_ONE = re.compile(r"<(?:li|p|h3)>(.*?)</(?:li|p|h3)>", re.DOTALL)
_NOTE = re.compile(r'<li id="note-(\d+)">(.*?)</li>', re.DOTALL)


@pytest.fixture(scope="module")
def social(made_social: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The press kit, the cards and the downloads of the example with the real record."""
    return made_once(
        tmp_path_factory,
        "press-social",
        lambda _folder: files_of(made_social, *KINDS),
    )


@pytest.fixture(scope="module")
def template(made_template: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The same of the template's season, which is made up."""
    return made_once(
        tmp_path_factory,
        "press-template",
        lambda _folder: files_of(made_template, *KINDS),
    )


def text_of(page: bytes) -> str:
    return " ".join("".join(Seen(page).texts).split())


def test_the_record_of_2017_says_what_the_news_said(social: dict[str, bytes]) -> None:
    page = text_of(social["en/press/2017.html"])

    assert (
        "BTS won Top Social Artist at the 2017 Billboard Music Awards, over "
        "Ariana Grande, Justin Bieber, Selena Gomez, and Shawn Mendes." in page
    )
    assert "BTS is the first K-pop group to win it" in page
    assert "The titles before it went to Justin Bieber, 6 times in a row." in page


def test_the_record_of_2018_is_the_second_year_in_a_row(social: dict[str, bytes]) -> None:
    english, korean = text_of(social["en/press.html"]), text_of(social["ko/press.html"])

    assert "BTS won for the second year in a row." in english
    assert "방탄소년단은 2년 연속으로 이 상을 받았다." in korean
    assert "제치고 2018 빌보드 뮤직 어워드 ‘톱 소셜 아티스트’를 수상했다." in korean


def test_an_edition_is_told_as_it_stood_then(social: dict[str, bytes]) -> None:
    for language in ("en", "ko"):
        for ending in ("fact-sheet.md", "release.md"):
            told = social[f"{language}/press/2017-{ending}"].decode()

            assert not re.search(r"20(18|19|20|21) (Billboard|빌보드)|edition = 20(18|19|20|21)", told)


def test_the_first_edition_of_the_record_has_no_firsts(social: dict[str, bytes]) -> None:
    assert "to win it since" not in text_of(social["en/press/2011.html"])


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_sentence_of_the_kit_has_a_note_that_leads_to_published_rows(
    social: dict[str, bytes], page: str, language: str
) -> None:
    text = social[f"{language}/{page}.html"].decode()
    sentences = [one for part in _SENTENCES.findall(text) for one in _ONE.findall(part)]
    notes = dict(_NOTE.findall(text))

    assert len(sentences) >= 3
    for one in sentences:
        called = re.findall(r'href="#note-(\d+)"', one)
        assert called, one
        assert set(called) <= set(notes), one
    for note in notes.values():
        file = re.search(r'href="[./]*(data/[^"]+\.csv)"', note)
        assert file
        data = social[file[1].replace("%40", "@")]
        assert sha256(data).hexdigest() in note
        wanted = dict(re.findall(r"(\w+) = <bdi>(.*?)</bdi>", note))
        rows = list(csv.DictReader(io.StringIO(data.decode(), newline="")))
        assert [row for row in rows if all(row[column] == unescape(value) for column, value in wanted.items())], note


def test_every_note_of_the_markdown_is_called_and_given(social: dict[str, bytes], template: dict[str, bytes]) -> None:
    for files in (social, template):
        for path, data in some(files.items()):
            if path.endswith(".md"):
                body, _, given_notes = data.decode().partition("\n[^")
                called = set(re.findall(r"\[\^(\d+)\]", body))

                assert called == set(re.findall(r"(?m)^\[?\^?(\d+)\]:", given_notes)), path
                for line in body.splitlines():
                    if line.startswith("- "):
                        assert re.search(r"\[\^\d+\]$", line), line


def test_both_languages_hold_the_same_facts(social: dict[str, bytes], template: dict[str, bytes]) -> None:
    for files in (social, template):
        for path, data in some(files.items()):
            if path.startswith("en/") and path.endswith(".md"):
                english, korean = data.decode(), files[f"ko/{path.removeprefix('en/')}"].decode()

                for pattern in (r"\[\^\d+\]", r"\d{1,3}(?:,\d{3})+", r"[0-9a-f]{64}"):
                    assert sorted(re.findall(pattern, english)) == sorted(re.findall(pattern, korean)), path


def test_made_up_ballots_make_no_winner(social: dict[str, bytes], template: dict[str, bytes]) -> None:
    release = social["en/press-release.md"].decode()
    sheet = social["en/press-fact-sheet.md"].decode()
    count = sheet[sheet.index("## This season's count") :]

    assert "count" not in release.replace("counts", "")
    assert "synthetic" in count.splitlines()[0]
    assert "no award rests on them" in count.splitlines()[2]
    assert not re.search(r"\bwon\b|title", template["en/press-release.md"].decode())
    assert "지어낸" in template["ko/press-release.md"].decode()


def test_a_season_without_chart_or_record_tells_its_count(made_hottest: Path) -> None:
    files = files_of(made_hottest, "press", "press-files", "cards")

    assert "First in this count" in files["en/press-fact-sheet.md"].decode()
    assert "over 211 other nominees" in files["en/press-fact-sheet.md"].decode()
    assert files["cards/en/edition.png"].startswith(b"\x89PNG")


def test_cards_are_1200_by_630_and_the_same_twice(made_template: Path, template: dict[str, bytes]) -> None:
    cards = {path: data for path, data in template.items() if path.endswith(".png")}

    assert "cards/ko/chart/social-weekly@1.png" in cards
    assert {data[16:24].hex() for data in cards.values()} == {"000004b000000276"}
    assert cards == files_of(made_template, "cards")


def test_no_more_than_ten_artists_have_a_card(social: dict[str, bytes]) -> None:
    assert len([path for path in social if path.startswith("cards/en/artist/")]) == 10


def test_places_are_counted_in_the_words_of_newspapers() -> None:
    english, korean = words_of("en"), words_of("ko")
    numbers = (2, 9, 10, 11, 12, 13, 21, 22, 23, 111, 112)

    assert [english.plain(ordinal(n)) for n in numbers] == [
        *("second", "ninth", "10th", "11th", "12th", "13th", "21st", "22nd", "23rd", "111th", "112th")
    ]
    assert [korean.plain(ordinal(n)) for n in numbers] == [str(n) for n in numbers]


@given(st.text(alphabet=st.characters(codec="utf-8"), min_size=1, max_size=80))
def test_text_in_markdown_has_no_markup_left(text: str) -> None:
    shown = str(in_markdown(text))
    bare = re.sub(r"\\.", "", shown)

    assert not re.search(r"[\\`*_{}\[\]<>&#|~^$@!]|://|(?i:www\.)", bare)
    assert not re.match(r"[-+=]|\d+[.)]", shown)
    assert "\n" not in shown


def test_a_hostile_name_is_shown_letter_by_letter_in_markdown() -> None:
    shown = str(in_markdown('1. <script>[x](http://y) *b* `c` \u202e# "q"'))

    assert shown == r'1\. \<script\>\[x\](http\://y) \*b\* \`c\` \# "q"'


def test_a_claim_is_noted_once_though_it_is_called_twice(made_social: Path) -> None:
    for kit in some(kits(site_data_of(made_social)).values()):
        assert len({repr(note) for note in kit.notes}) == len(kit.notes)
        called = {number for section in kit.sections for claim in section.claims for number in claim.notes}
        assert called == set(range(len(kit.notes)))
