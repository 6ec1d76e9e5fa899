"""Last.fm sits the exam with figures that it gave to the tests of pylast.

Real are names, figures and errors; their XML is turned into the JSON that Last.fm makes of it, as it
documents: elements become keys, texts stay texts.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest

from plaudit.platforms.contract import Wish
from plaudit.platforms.lastfm import LastFm
from tests.platforms.exam import Exam, Paper, answered, of_kind, sit
from tests.platforms.sdists import interactions, sdist

if TYPE_CHECKING:
    from plaudit.platforms.contract import Answer, Ask

SECRETS = {"LASTFM_API_KEY": "canary-of-lastfm"}


def as_json(node: ElementTree.Element) -> Any:
    return {child.tag: as_json(child) for child in node} if len(node) else node.text or ""


@cache
def recorded() -> dict[str, Any]:
    """Give what was answered to artist.getInfo, by the artist that was asked for."""
    found: dict[str, Any] = {}
    for path in sorted((sdist("pylast") / "tests" / "cassettes").rglob("*.yaml")):
        for one in interactions(path):
            query = parse_qs(one["request"]["body"] or "")
            if query.get("method") == ["artist.getInfo"]:
                text = one["response"]["body"]["string"]
                root = ElementTree.fromstring(text if isinstance(text, str) else text.decode())
                found[(query.get("artist") or query["mbid"])[0]] = as_json(root)
    return found


def serve(ask: Ask) -> Answer:
    query = parse_qs(urlsplit(ask.url).query)
    name = (query.get("artist") or query["mbid"])[0]
    if name not in recorded():
        return answered(ask, 200, {"error": 6, "message": "The artist you supplied could not be found", "links": []})
    return answered(ask, 200, recorded()[name])


@cache
def cycle() -> Paper:
    names = tuple(sorted(name for name, said in recorded().items() if "stats" in said.get("artist", {})))
    return sit(LastFm(), Wish((*names, "nobody"), ("plays",), 0), serve, SECRETS)


class TestLastFm(Exam):
    items_least = 0

    @pytest.fixture
    def paper(self) -> Paper:
        return cycle()

    def test_figures_that_were_recorded_are_read(self, paper: Paper) -> None:
        readings = {(row["account"], row["metric"]): row["value"] for row in of_kind(paper.rows(), "readings")}

        assert readings["Mr Sizef + Unquote", "listeners"] == 6
        assert readings["Mr Sizef + Unquote", "plays"] == 8
        assert len({account for account, _ in readings}) >= 3

    def test_an_artist_that_is_not_there_is_absent(self, paper: Paper) -> None:
        verdicts = {answer.ask.accounts[0]: paper.platform.outcome(answer).verdict for answer in paper.answers}

        assert [account for account, verdict in verdicts.items() if verdict != "answered"] == ["nobody"]
        assert verdicts["nobody"] == "absent"


@pytest.mark.parametrize(
    ("number", "verdict"),
    [(6, "absent"), (8, "failed"), (10, "refused"), (11, "failed"), (26, "refused"), (29, "limited")],
)
def test_an_error_is_told_by_its_number(number: int, verdict: str) -> None:
    (ask,) = LastFm().begin(Wish(("Ann",), ("plays",), 0))

    for status in (200, 403):
        assert LastFm().outcome(answered(ask, status, {"error": number, "message": "m"})).verdict == verdict


def test_an_artist_is_asked_for_by_id_or_by_name() -> None:
    mbid = "a3cb23fc-acd3-4ce0-8f36-1e5aa6a18432"
    by_id, by_name = LastFm().begin(Wish((mbid, "앤"), ("plays",), 0))

    assert parse_qs(urlsplit(by_id.url).query)["mbid"] == [mbid]
    assert parse_qs(urlsplit(by_name.url).query)["artist"] == ["앤"]
    assert "autocorrect=0" in by_name.url


def test_the_documents_json_is_read_as_well() -> None:
    (ask,) = LastFm().begin(Wish(("U2",), ("plays",), 0))
    said = {"artist": {"name": "U2", "stats": {"listeners": "3623538", "playcount": "150387104"}}}
    rows = list(LastFm().rows(answered(ask, 200, json.dumps(said).encode())))

    assert [row["value"] for row in of_kind(rows, "readings")] == [3_623_538, 150_387_104]
