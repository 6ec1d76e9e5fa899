"""What a certificate or a notice can cite says the same in every output, in every language."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from plaudit.certify.limits import KNOWN
from plaudit.words.blocks import Paragraph
from plaudit.words.message import Message
from plaudit.words.sentence import Sentence, canonical_json, catalogue, cited, told
from plaudit.words.words import languages_known, words_of
from tests.words.stripped import outputs

if TYPE_CHECKING:
    from collections.abc import Mapping

FOUND = [{"code": "gaps.no-ballots", "values": {}}]
CHECKED = {"check": "gaps", "subject": "web", "found": FOUND, "expected": FOUND}
SPECIAL: dict[str, dict[str, Any]] = {
    "limits.closed-early": {"at": "2018-05-20T00:00:00Z", "end": "2018-05-21T00:00:00Z", "why": "rain"},
    "limits.check-fails": CHECKED,
    "limits.withheld": {"title": "T", "why": "the terms"},
    "limits.another-winner": {"kind": "alone", "scenario": "lockstep@1 alone", "winners": "a; b"},
    "unseen.not-checked": CHECKED,
    "unseen.gap": {"title": "T", "first": "2018-05-20", "last": "2018-05-21", "why": "rain"},
    "unseen.gap-of-account": {"title": "T", "first": "2018-05-20", "last": "2018-05-21", "why": "rain", "account": "a"},
}
TEXTS = {"nominee", "first", "end", "since", "minute", "lowest", "highest", "column", "cell", "whose", "title", "rule"}
TEXTS |= {"key", "choice", "source"}
LISTS = {"channels", "titles"}
NUMBERED = ("log-holds-all", "two-ways")


def values_of(code: str, english: str) -> Mapping[str, Any]:
    if code in SPECIAL:
        return SPECIAL[code]
    found: dict[str, Any] = {}
    for name in re.findall(r"%\((\w+)\)s", english):
        is_text = name in TEXTS and not (name == "first" and code.startswith(NUMBERED))
        found[name] = ["BTS", "IU"] if name in LISTS else "BTS" if is_text else 12_345
    if code == "rate.together":
        found["nominees"] = ["BTS", "IU"]
    return found


@pytest.mark.parametrize("language", languages_known())
@pytest.mark.parametrize("code", KNOWN)
def test_a_cited_sentence_says_the_same_everywhere(code: str, language: str) -> None:
    sentence = KNOWN[code]
    [said] = told([{"code": code, "values": values_of(code, sentence.english)}], KNOWN)
    texts = outputs([Paragraph(said)], words_of(language))

    assert isinstance(said, Message)
    assert texts["markdown"] == texts["terminal"] == texts["html"] != ""
    if language == "ko" and re.sub(r"%\([^)]*\)s|\W", "", sentence.english):
        assert re.search("[가-힣]", texts["html"])


@pytest.mark.parametrize("code", KNOWN)
def test_what_is_cited_is_told_again(code: str) -> None:
    stated = [{"code": code, "values": dict(values_of(code, KNOWN[code].english))}]
    [said] = told(stated, KNOWN)

    assert isinstance(said, Message)
    assert canonical_json(cited([said])) == canonical_json(stated)


def test_two_sentences_cannot_have_one_code() -> None:
    with pytest.raises(ValueError, match=r"two sentences have the code 'a\.b'"):
        catalogue([Sentence("a.b", "one"), Sentence("a.b", "another")])


@pytest.mark.parametrize(
    "stated",
    [
        {"code": "a.b", "values": {}},
        {"code": "a.b", "values": {"n": None}},
        {"code": "a.b", "values": {"m": 1}},
        {"code": "c.d", "values": {"n": 1}},
    ],
)
def test_what_cannot_be_said_is_shown_as_it_is_stated(stated: dict[str, Any]) -> None:
    [said] = told([stated], catalogue([Sentence("a.b", "%(n)s")]))
    texts = outputs([Paragraph(said)], words_of("en"))

    assert texts["terminal"] == canonical_json(stated).upper()
    assert texts["markdown"] == texts["html"] == texts["terminal"]
