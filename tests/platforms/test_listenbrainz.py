"""ListenBrainz sits the exam with answers that we wrote: no package ships any of its popularity.

Real is one thing: liblistenbrainz reads limits from the header that we read.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from plaudit.platforms.contract import Wish
from plaudit.platforms.listenbrainz import ListenBrainz
from tests.platforms.exam import Exam, Paper, answered, of_kind, sit
from tests.platforms.sdists import sdist

if TYPE_CHECKING:
    from plaudit.platforms.contract import Answer, Ask

SECRETS = {"LISTENBRAINZ_TOKEN": "canary-of-listenbrainz"}
PLAYED, QUIET, OTHER = (f"{number}0000000-0000-4000-8000-000000000000" for number in (1, 2, 3))


def serve(ask: Ask) -> Answer:
    known = {PLAYED: (999, 55), OTHER: (7, 1), QUIET: (None, None)}
    return answered(
        ask,
        200,
        [
            {"artist_mbid": mbid, "total_listen_count": known[mbid][0], "total_user_count": known[mbid][1]}
            for mbid in json.loads(ask.body)["artist_mbids"]
        ],
        {"x-ratelimit-remaining": "29", "x-ratelimit-reset-in": "10"},
    )


@cache
def cycle() -> Paper:
    return sit(ListenBrainz(), Wish((PLAYED, QUIET, OTHER), ("plays",), 0), serve, SECRETS)


class TestListenBrainz(Exam):
    @pytest.fixture
    def paper(self) -> Paper:
        return cycle()

    def test_what_nobody_has_played_is_nothing_and_not_0(self, paper: Paper) -> None:
        readings = {(row["account"], row["metric"]): row["value"] for row in of_kind(paper.rows(), "readings")}

        assert readings == {
            (PLAYED, "plays"): 999,
            (PLAYED, "listeners"): 55,
            (OTHER, "plays"): 7,
            (OTHER, "listeners"): 1,
        }

    def test_a_limit_ends_after_the_seconds_of_its_header(self, paper: Paper) -> None:
        limited = replace(paper.answers[0], status=429, body=b'{"code":429,"error":"slow"}')

        assert paper.platform.outcome(limited).retry_at == limited.answered_at + 10_000_000


def test_the_header_of_the_limit_is_the_one_that_its_client_reads() -> None:
    client = (sdist("liblistenbrainz") / "liblistenbrainz" / "client.py").read_text("utf-8")

    assert "X-RateLimit-Reset-In" in client
    assert "x-ratelimit-reset-in" in ListenBrainz.headers


def test_a_hundred_artists_are_asked_for_at_once() -> None:
    artists = tuple(f"{number:08}-0000-4000-8000-000000000000" for number in range(250))
    asks = ListenBrainz().begin(Wish(artists, ("plays",), 0))

    assert [len(ask.accounts) for ask in asks] == [100, 100, 50]
    assert {ask.method for ask in asks} == {"POST"}
