"""AT Protocol sits the exam against a real PDS and PLC, started now; what it says is what was recorded."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest

from plaudit.platforms.atproto import Atproto
from plaudit.platforms.post_proof import proved, signing_key
from tests.platforms.appview import appview
from tests.platforms.exam import Exam, Paper, sit
from tests.platforms.pds.recorded import recorded
from tests.platforms.pds.server import asked, frames, lived, proofs, valid, wishes
from tests.platforms.test_atproto import (
    of_appview,
    told_by_a_repository,
    told_by_frames,
    told_by_the_directory,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("pds")]


@pytest.fixture(scope="module")
def day() -> Iterator[dict[str, Any]]:
    """Give a day that was lived on the server: facts, papers, frames, proofs."""
    with lived() as facts:
        records, identities = (sit(Atproto(), wish, asked) for wish in wishes(facts))
        told = {"facts": facts, "records": records, "identities": identities}
        yield {**told, "frames": frames(facts), "proofs": proofs(facts)}


class TestRecords(Exam):
    has_figures = False

    @pytest.fixture
    def paper(self, day: dict[str, Any]) -> Paper:
        return day["records"]  # type: ignore[no-any-return]


def test_the_server_tells_what_happened(day: dict[str, Any]) -> None:
    told_by_a_repository(day["facts"], day["records"])
    told_by_the_directory(day["facts"], day["identities"])
    told_by_frames(day["facts"], day["frames"])

    assert len(day["frames"]) > len(recorded()["frames"])


def test_its_proofs_hold_under_the_keys_of_its_directory(day: dict[str, Any]) -> None:
    texts = {
        one["name"]: proved(
            base64.b64decode(one["car"]), one["did"], one["path"], signing_key(one["document"], one["did"])
        ).record.get("text")
        for one in day["proofs"]
    }

    assert texts["korean"] == "투표해요 #앤에게투표 #AnnForTheAward"
    assert len(texts) == 5


def test_made_up_answers_of_the_appview_are_what_its_lexicons_allow() -> None:
    said = [
        (answer.ask.url.partition("?")[0].rpartition("/")[2], appview(answer.ask)) for answer in of_appview().answers
    ]
    answers = [(method, json_of(answer)) for method, answer in said if answer.status == 200]

    assert len(answers) >= 5
    assert valid(answers) == []
    assert len(valid([(method, {}) for method, _ in answers])) == len(answers)


def json_of(answer: Any) -> Any:
    return json.loads(answer.body)
