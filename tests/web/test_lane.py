"""Ballots by the short way: only whole plain requests go it, and whoever goes either way gets the same."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plaudit.web.lane import Lane
from tests.web.load import Answer, Connection, request
from tests.web.served_vote import BALLOTS, Vote, served_vote
from tests.web.serving import EDITION

if TYPE_CHECKING:
    from collections.abc import Iterator

LANE = Lane(BALLOTS, 4_096)
BODY = b'{"nominee": "bts", "key": "key-00000001"}'
PLAIN = request("POST", BALLOTS, BODY, {"authorization": "Bearer a", "cookie": "b=c"})


@pytest.fixture(scope="module")
def vote(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vote]:
    with served_vote(tmp_path_factory.mktemp("lane") / "live") as served:
        yield served


def ballot(key: str, nominee: str = "bts") -> bytes:
    return json.dumps({"nominee": nominee, "votes": 1, "key": key}).encode()


def headed(name: bytes, value: bytes) -> bytes:
    return PLAIN.replace(b"\r\n\r\n", b"\r\n%b: %b\r\n\r\n" % (name, value), 1)


def test_a_whole_request_is_read() -> None:
    found = LANE.read(PLAIN)

    assert found is not None
    assert (found.body, found.header("authorization"), found.header("cookie")) == (BODY, "Bearer a", "b=c")
    assert found.header("x-forwarded-for") == ""


@given(
    st.one_of(
        st.binary(max_size=200).map(PLAIN.__add__),
        st.integers(0, len(PLAIN)).map(lambda length: PLAIN[:length]),
        st.sampled_from([(b"x-more", b"1"), (b"connection", b"close"), (b"Expect", b"100-continue")]).map(
            lambda line: headed(*line)
        ),
        st.tuples(st.integers(0, len(PLAIN)), st.binary(max_size=5)).map(
            lambda cut: PLAIN[: cut[0]] + cut[1] + PLAIN[cut[0] :]
        ),
    )
)
def test_what_was_read_before_of_whatever_connection_changes_nothing(before: bytes) -> None:
    LANE.read(before)

    assert LANE.read(PLAIN) == Lane(BALLOTS, 4_096).read(PLAIN)


@given(st.integers(0, len(PLAIN) - 1))
def test_a_piece_of_a_request_is_not(length: int) -> None:
    assert LANE.read(PLAIN[:length]) is None


@given(st.binary(min_size=1, max_size=40))
def test_a_request_with_more_behind_it_is_not_unless_that_is_nothing(more: bytes) -> None:
    assert LANE.read(PLAIN + more) is None or not more.strip(b"\r\n")


@pytest.mark.parametrize(
    "data",
    [
        PLAIN + PLAIN,
        PLAIN.replace(b"HTTP/1.1", b"HTTP/1.0"),
        PLAIN.replace(b"POST", b"PUT"),
        PLAIN.replace(b"/ballots", b"/ballots?x=1"),
        headed(b"Authorization", b"Bearer other"),
        headed(b"Content-Length", b"2"),
        headed(b"Transfer-Encoding", b"chunked"),
        headed(b"Expect", b"100-continue"),
        headed(b"Connection", b"close"),
        headed(b"Connection", b"upgrade"),
        headed(b"Upgrade", b"websocket"),
        headed(b"X-Long", b"l" * 20_000),
        headed(b"no-colon\r\nx", b"y"),
        headed(b"X-Zero", b"a\x00b"),
        request("POST", BALLOTS, b" " * 4_097),
        request("POST", BALLOTS, BODY).replace(b"content-length: 41\r\n", b""),
    ],
    ids=lambda data: repr(data[:200][-60:]),
)
def test_what_is_not_whole_and_plain_goes_the_usual_way(data: bytes) -> None:
    assert LANE.read(data) is None


async def told(vote: Vote, pieces: list[bytes], answers: int) -> list[Answer]:
    connection = Connection(vote.running.url)
    try:
        async with asyncio.timeout(20):
            for piece in pieces:
                await connection.send(piece)
                await asyncio.sleep(0.05 if len(pieces) > 1 else 0)
            return [await connection.answer() for _ in range(answers)]
    finally:
        await connection.close()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (ballot("key-of-no-matter"), 201),
        (ballot("key-of-no-matter", "nobody"), 422),
        (b"{", 400),
        (b'{"nominee": "bts", "votes": 1000, "key": "key-too-many"}', 403),
    ],
)
def test_both_ways_give_the_same_answer(vote: Vote, body: bytes, status: int) -> None:
    short, usual = (request("POST", BALLOTS, body, {"authorization": f"Bearer {vote.voter()}"}) for _ in range(2))
    by_short, by_usual = (asyncio.run(told(vote, pieces, 1))[0] for pieces in ([short], [usual[:40], usual[40:]]))
    own = {"leaf", "cast_at", "receipt"}
    said, other = (
        {name: value for name, value in answer.json().items() if name not in own} for answer in (by_short, by_usual)
    )
    headers, others = (
        {name: value for name, value in answer.headers.items() if name not in {"date", "content-length"}}
        for answer in (by_short, by_usual)
    )

    assert (by_short.status, by_usual.status) == (status, status)
    assert said == other
    assert headers == others
    assert "date" in by_short.headers


def test_who_does_not_wait_for_answers_gets_them_in_order(vote: Vote) -> None:
    signed_in = {"authorization": f"Bearer {vote.voter()}"}
    keys = [f"key-in-a-row-{number}" for number in range(5)]
    ballots = [request("POST", BALLOTS, ballot(key), signed_in) for key in keys]
    about = request("GET", EDITION)
    pieces = [b"".join([*ballots[:2], about, *ballots[2:]]), about]
    answers = asyncio.run(told(vote, pieces, 7))
    one_by_one = asyncio.run(told(vote, [*ballots, about], 6))

    assert [answer.status for answer in answers] == [201, 201, 200, 201, 201, 201, 200]
    assert [answer.status for answer in one_by_one] == [200] * 6
    leaves = [answer.json()["leaf"] for answer in answers if "leaf" in answer.json()]
    assert leaves == sorted(leaves)
    assert leaves == [answer.json()["leaf"] for answer in one_by_one[:5]]


def test_the_ballot_of_who_hangs_up_stands(vote: Vote) -> None:
    token = vote.voter()

    async def hang_up() -> None:
        connection = Connection(vote.running.url)
        await connection.send(request("POST", BALLOTS, ballot("hung-up-at-once"), {"authorization": f"Bearer {token}"}))
        await connection.close()

    asyncio.run(hang_up())
    for _ in range(100):
        if vote.left(token) == 4:
            return
        asyncio.run(asyncio.sleep(0.02))
    raise AssertionError("the ballot was not taken")
