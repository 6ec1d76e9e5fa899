"""Every message has words in every language, and asks for the values its source gives."""

from __future__ import annotations

import io
import re
from importlib.resources import files
from itertools import chain
from typing import TYPE_CHECKING

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from plaudit.rulebook.counting_rule import CountingRule
from plaudit.rulebook.library import RuleLibrary
from plaudit.rulebook.sentences.rule import texts_of
from plaudit.site.site import LANGUAGES
from plaudit.words.words import languages_known, words_of
from tests.some import some

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

PLAUDIT, WORDS = files("plaudit"), files("plaudit.words")
ROOMS = ("audit", "certify", "frame", "publish", "rulebook", "site", "web/templates", "words")
"""Where public sentences are written."""
PAGES = ("frame", "site", "web")
"""Rooms that have templates."""
METHODS = [("**.py", "python"), ("**.html", "jinja2.ext.babel_extract")]
KEYWORDS = {"_": None, "text": None, "N_": None, "say": None, "Sentence": (2,), "ngettext": (1, 2), "count": (1, 2)}
_VALUE = re.compile(r"%\((\w+)[^)]*\)s")

Message = str | tuple[str, ...]


def shipped_texts() -> set[str]:
    """Give what shipped rules say in words of their own."""
    return {text for cited in RuleLibrary() for text in texts_of(cited.rule)}


def messages() -> set[Message]:
    """Give all that a page can say: messages in code and templates, what checks say, and shipped rules' own words."""
    found = chain.from_iterable(
        extract_from_dir(str(PLAUDIT / room), method_map=METHODS, keywords=KEYWORDS) for room in ROOMS
    )
    return {message for _, _, message, _, _ in found} | shipped_texts()


def catalog(language: str) -> Catalog:
    return read_po(io.BytesIO((WORDS / "locale" / language / "LC_MESSAGES" / "plaudit.po").read_bytes()))


def translations(language: str) -> dict[Message, tuple[str, ...]]:
    found: dict[Message, tuple[str, ...]] = {}
    for message in catalog(language):
        key = message.id if isinstance(message.id, str) else tuple(message.id)
        string = message.string or ""
        if key:
            found[key] = (string,) if isinstance(string, str) else tuple(string)
    return found


@pytest.mark.parametrize("language", languages_known()[1:])
def test_every_message_is_translated_and_no_translation_is_left_over(language: str) -> None:
    known = translations(language)

    assert len(messages()) > 100
    assert messages() - set(known) == set()
    assert set(known) - messages() == set()
    assert [message for message, strings in known.items() if not all(strings)] == []
    assert not any(message.fuzzy for message in catalog(language) if message.id)


def test_names_of_a_shipped_rules_channels_are_texts_to_translate() -> None:
    rules = [cited.rule for cited in RuleLibrary() if isinstance(cited.rule, CountingRule)]

    assert {channel.name for rule in rules for channel in rule.channel} <= shipped_texts()
    assert len(rules) > 5


@pytest.mark.parametrize("language", languages_known()[1:])
def test_a_translation_asks_for_the_values_its_message_gives(language: str) -> None:
    without_places = shipped_texts()  # a percent sign in them is one
    for message, strings in some(translations(language).items()):
        if message in without_places:
            continue
        source = message if isinstance(message, str) else message[-1]
        for string in some(strings):
            assert set(_VALUE.findall(string)) == set(_VALUE.findall(source)), message
            assert not re.search(r"%(?!%|\([^)]*\)s)", string.replace("%%", "")), message


def test_every_text_of_a_template_goes_through_a_message() -> None:
    for file in some(chain.from_iterable((PLAUDIT / room / "templates").iterdir() for room in PAGES)):
        text = re.sub(r"\{% block policy %\}.*?\{% endblock %\}", "", file.read_text("utf-8"))
        text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", text, flags=re.DOTALL)
        words = re.sub(r"<[^>]*>|&\w+;", " ", text)

        assert set(re.findall(r"[^\W\d_]{2,}", words)) <= {"plaudit", "verify", "FOLDER", "MusicBrainz", "doctype"}, (
            file.name
        )


def test_a_particle_fits_the_value_it_follows() -> None:
    words = words_of("ko")
    message = "In the week of %(week)s, %(artist)s is no. 1 with %(points)s of a million points."
    said = [words.text(message, week="5월 18일", artist=name, points="1") for name in ("BTS", "방탄소년단")]

    assert ["BTS는" in said[0], "방탄소년단은" in said[1]] == [True, True]


def test_values_of_a_message_are_text() -> None:
    assert words_of("en").text("fandom: %(fandom)s", fandom="<b>%(x)s</b>") == "fandom: &lt;b&gt;%(x)s&lt;/b&gt;"


def test_numbers_dates_and_plurals_are_the_languages_own() -> None:
    english, korean = words_of("en"), words_of("ko")

    assert (english.day("2018-05-18"), korean.day("2018-05-18")) == ("May 18, 2018", "2018년 5월 18일")
    assert (english.compact(89_767_718), korean.compact(89_767_718)) == ("89.8M", "8976.8만")
    assert english.percent(273_400) == "27%"
    assert english.percent(1_234) == "0.1%"
    assert [str(english.count("%(n)s week there", "%(n)s weeks there", n)) for n in (1, 2)] == [
        "1 week there",
        "2 weeks there",
    ]
    assert str(korean.count("%(n)s week there", "%(n)s weeks there", 2)) == "2주"
    assert (english.duration(93_600), korean.duration(93_600)) == ("26 hours", "26시간")


def test_a_name_is_shown_in_the_readers_script_with_the_other_beside_it() -> None:
    names = {"en": "BTS", "ko": "방탄소년단"}

    assert words_of("en").shown(names) == [("en", "BTS"), ("ko", "방탄소년단")]
    assert words_of("ko").shown(names) == [("ko", "방탄소년단"), ("en", "BTS")]
    assert words_of("ko").shown({"ja": "嵐"}) == [("ja", "嵐")]
    assert words_of("ko").shown({"en": "IU", "ko": "IU"}) == [("ko", "IU")]


def test_every_language_that_has_messages_is_built() -> None:
    assert list(LANGUAGES) == languages_known()
    assert {"en", "ko"} <= set(LANGUAGES)
