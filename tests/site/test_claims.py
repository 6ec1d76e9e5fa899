"""Every claim of the press kit and every reason says the same in each output, in every language."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from plaudit.publish.charts import Part
from plaudit.site.pages.reasons import MostPost, Reason
from plaudit.site.press.claims import (
    Before,
    Claim,
    CountedFirst,
    Fates,
    First,
    Gain,
    No1,
    Post,
    Provisional,
    Titles,
    WeeksAtNo1,
    Won,
    headline,
)
from plaudit.words.blocks import Paragraph
from plaudit.words.words import languages_known, words_of
from tests.some import some
from tests.words.stripped import outputs

BTS = {"en": "BTS", "ko": "방탄소년단"}
HOSTILE = {"en": "<b>*NSYNC*</b> [x](http://y)"}
WON: dict[str, Any] = {"winners": [BTS, HOSTILE], "award": "my-show/fan-favourite", "edition": "2018"}
TITLES: dict[str, Any] = {"winner": BTS, "titles": 3, "in_a_row": 2, "is_yearly": True}
COUNTED: dict[str, Any] = {"winners": [BTS], "value": 612_500, "unit": "ppm", "second": HOSTILE, "margin": 225_000}
FATES = {"cast": 7_500, "counted": 7_000, "over_cap": 300, "outside_window": 100, "void": 60, "set_aside": 40}
GAIN: dict[str, Any] = {"artist": BTS, "measure": "views_gain", "value": 1_234_567, "is_least": False}
POST: dict[str, Any] = {"artist": BTS, "day": "2018-05-18", "response": 9, "metrics": ["likes", "comments"]}
CLAIMS: list[Claim] = [
    Won(over=[HOSTILE], notes=[0], **WON),
    Won(over=[], notes=[0], **WON),
    Won(over=[HOSTILE] * 13, notes=[0], **WON),
    Titles(notes=[0], **TITLES),
    *(Titles(notes=[0], **TITLES | changed) for changed in ({"titles": 1}, {"in_a_row": 1}, {"is_yearly": False})),
    *(Before(artist=HOSTILE, in_a_row=n, notes=[0]) for n in (1, 6)),
    First(winner=BTS, since="2011", kind="group", genre="k-pop", notes=[0, 1]),
    First(winner=BTS, since="first", kind="person", genre="<jazz>", notes=[0, 1]),
    First(winner=BTS, since="2011", kind="person", notes=[0]),
    First(winner=BTS, since="2011", country="KR", notes=[0]),
    CountedFirst(notes=[0], **COUNTED),
    *(CountedFirst(notes=[0], **COUNTED | changed) for changed in ({"second": None}, {"unit": "votes"})),
    Fates(notes=[0], **FATES),
    No1(artists=[BTS], chart="Social <50>", week="2018-05-18", points=812_000, notes=[0]),
    *(WeeksAtNo1(artist=BTS, weeks=weeks, in_a_row=run, notes=[0]) for weeks, run in ((1, 1), (5, 1), (22, 21))),
    Provisional(days=["2018-04-08", "2018-04-09"], notes=[0]),
    *(Gain(notes=[0], **GAIN | changed) for changed in ({}, {"is_least": True}, {"measure": "posts"})),
    Gain(notes=[0], **GAIN | {"measure": "response_per_1000_views"}),
    *(Post(title=title, notes=[0], **POST) for title in ("", "*Fake Love* <3")),
]
PART = Part("c@1", "2018-05-18", "bts", "views_gain", 800, 1000, 1_000_000, 800_000)
POST_OF_WEEK = MostPost("<i>", "views_gain", 9, 600_000, 3, "2018-05-17", is_seen_less=True)
REASON = Reason("c@1", "2018-05-18", 1, 800_000, "provisional", 2, 700_000, {}, [PART], True, POST_OF_WEEK)
REASONS = [
    REASON,
    msgspec.structs.replace(REASON, position=3, points_before=900_000, post=None),
    msgspec.structs.replace(REASON, post=msgspec.structs.replace(POST_OF_WEEK, posts=1, title="")),
]


def same_everywhere(said: Any) -> None:
    for language in languages_known():
        found = outputs([Paragraph(said)], words_of(language))
        assert found["markdown"] == found["terminal"], language
        assert found["html"] == found["terminal"], language


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: type(claim).__name__)
def test_a_claim_says_the_same_in_every_output_and_comes_back_from_a_pages_facts(claim: Claim) -> None:
    same_everywhere(claim.said())

    assert msgspec.json.decode(msgspec.json.encode(claim), type=Claim) == claim


def test_every_kind_of_claim_is_tried() -> None:
    assert {type(claim) for claim in CLAIMS} == set(Claim.__args__)


def test_a_reason_says_the_same_in_every_output() -> None:
    for reason in some(REASONS):
        for said, minding in some(reason.said(HOSTILE)):
            same_everywhere((said, minding) if minding else said)


def test_a_headline_tells_the_run_or_what_is_new() -> None:
    won, run, first = CLAIMS[0], CLAIMS[3], CLAIMS[9]
    english = words_of("en")
    line = headline([won, run])
    new = headline([won, first])

    assert line
    assert english.plain(line).endswith("for the second year in a row")
    assert new
    assert english.plain(new).endswith("the first K-pop group to win it")
    assert headline([run]) is None
