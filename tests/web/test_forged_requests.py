"""Requests that pretend: another's session, another site's form, one allowance spent on many connections."""

from __future__ import annotations

import asyncio
import json
import time
from typing import TYPE_CHECKING

import pytest

from plaudit.web.sessions import COOKIE, Sessions
from tests.web.load import Answer, Connection, request
from tests.web.served_vote import BALLOT, BALLOTS, FORM, GUEST, Vote, served_vote
from tests.web.serving import EDITION

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def vote(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vote]:
    """One server for all of them: what one test does to it, the next ones would feel."""
    with served_vote(tmp_path_factory.mktemp("forged") / "live") as served:
        yield served


@pytest.fixture(autouse=True)
def _others_go_on(vote: Vote) -> Iterator[None]:
    yield
    vote.refuse_harm()


def test_requests_in_a_row_are_answered_in_their_order(vote: Vote) -> None:
    token = vote.voter()
    bodies = [json.dumps({**BALLOT, "key": f"in-a-row-{n}"}).encode() for n in range(7)]
    sent = b"".join(request("POST", BALLOTS, body, {"authorization": f"Bearer {token}"}) for body in bodies)

    async def ask() -> list[Answer]:
        connection = Connection(vote.running.url)
        await connection.send(sent)
        answers = [await connection.answer() for _ in bodies]
        await connection.close()
        return answers

    answers = asyncio.run(ask())

    assert [answer.status for answer in answers] == [201] * 5 + [403] * 2
    assert [answer.json()["left"] for answer in answers] == [4, 3, 2, 1, 0, 0, 0]


def test_a_voter_on_twenty_connections_spends_the_allowance_and_no_more(vote: Vote) -> None:
    token = vote.voter()

    async def at_once() -> list[Answer]:
        connections = [Connection(vote.running.url) for _ in range(20)]
        body = b'{"nominee": "iu", "key": "connection-%d"}'
        answers = await asyncio.gather(
            *(
                one.ask("POST", BALLOTS, body % number, authorization=f"Bearer {token}")
                for number, one in enumerate(connections)
            )
        )
        for one in connections:
            await one.close()
        return answers

    answers = asyncio.run(at_once())
    taken = [answer.json() for answer in answers if answer.status == 201]

    assert [answer.json()["title"] for answer in answers if answer.status != 201] == ["AllowanceSpent"] * 15
    assert sorted(ballot["left"] for ballot in taken) == [0, 1, 2, 3, 4]
    assert len({ballot["leaf"] for ballot in taken}) == 5


def test_a_key_on_twenty_connections_is_one_ballot_with_one_receipt(vote: Vote) -> None:
    token = vote.voter()

    async def at_once() -> list[Answer]:
        connections = [Connection(vote.running.url) for _ in range(20)]
        asked = (
            one.ask("POST", BALLOTS, json.dumps(BALLOT).encode(), authorization=f"Bearer {token}")
            for one in connections
        )
        answers = await asyncio.gather(*asked)
        for one in connections:
            await one.close()
        return answers

    answers = asyncio.run(at_once())

    assert sorted(answer.status for answer in answers) == [200] * 19 + [201]
    assert len({answer.json()["receipt"] for answer in answers}) == 1
    assert {answer.json()["left"] for answer in answers} == {4}


def test_a_key_sent_again_for_another_nominee_is_refused(vote: Vote) -> None:
    token = vote.voter()
    first, second, other = (
        vote.post(BALLOTS, json.dumps({**BALLOT, **change}).encode(), authorization=f"Bearer {told}")
        for told, change in ((token, {}), (token, {"nominee": "iu"}), (vote.voter(), {"nominee": "iu"}))
    )

    assert [first.status_code, second.status_code, other.status_code] == [201, 422, 201]
    assert second.json()["title"] == "KeyReused"


def test_a_session_is_of_this_vote_of_this_edition_and_of_now(vote: Vote) -> None:
    good = vote.voter()
    head, _, mac = good.partition(".")
    flipped = ("A" if good[5] != "A" else "B").join([good[:5], good[6:]])
    stranger = Sessions(bytes(32), vote.season.edition, 60).issue(1, "guest", int(time.time()))
    told = {
        "another key's": stranger,
        "another edition's": vote.voter(edition="2025"),
        "one that has ended": vote.voter(minutes=-1),
        "flipped": flipped,
        "without a signature": head,
        "with an empty one": f"{head}.",
        "signature alone": f".{mac}",
        "twice": f"{good}.{mac}",
        "long": "a" * 10_000,
        "a word": "guest",
    }
    body = json.dumps(BALLOT).encode()

    answers = {name: vote.post(BALLOTS, body, authorization=f"Bearer {text}") for name, text in told.items()}

    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(told, 401)
    assert {answer.json()["title"] for answer in answers.values()} == {"SignInNeeded"}
    assert {answer.headers["www-authenticate"] for answer in answers.values()} == {"Bearer"}
    assert vote.post(BALLOTS, body, authorization=f"Bearer {good}").status_code == 201


@pytest.mark.parametrize(
    "told",
    [
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": "cross-site", "origin": "null"},
        {"x_plaudit_csrf": ""},
        {"x_plaudit_csrf": "A" * 43},
    ],
    ids=str,
)
def test_a_cookie_that_another_site_sends_casts_nothing(vote: Vote, told: dict[str, str]) -> None:
    token = vote.voter()
    csrf = vote.csrf(token)
    body = json.dumps(BALLOT).encode()
    own = {"cookie": f"{COOKIE}={token}", "x_plaudit_csrf": csrf, "sec_fetch_site": "same-origin"}

    refused = vote.post(BALLOTS, body, **{**own, **told})
    taken = vote.post(BALLOTS, body, **own)

    assert refused.status_code == 401
    assert refused.json()["title"] == "SignInNeeded"
    assert taken.status_code == 201  # not 200: the refused one left nothing behind


@pytest.mark.parametrize(
    "told",
    [
        {"sec_fetch_site": "cross-site", "origin": "https://evil.example"},
        {"sec_fetch_site": "same-site", "origin": "https://evil.example"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
    ],
    ids=str,
)
@pytest.mark.parametrize("path", ["/vote", GUEST, f"{EDITION}/sign-out"])
def test_a_form_on_another_site_does_nothing(vote: Vote, path: str, told: dict[str, str]) -> None:
    token = vote.voter()
    csrf = vote.csrf(token)
    body = f"nominee=bts&votes=1&key=from-a-form-1&csrf={csrf}".encode()

    answer = vote.post(path, body, content_type=FORM, cookie=f"{COOKIE}={token}", **told)

    assert answer.status_code == 401
    assert COOKIE not in answer.cookies
    assert vote.left(token) == 5


def test_a_form_with_anothers_token_does_nothing(vote: Vote) -> None:
    token, other = vote.voter(), vote.voter()
    csrf = vote.csrf(other)
    body = f"nominee=bts&votes=1&key=from-a-form-1&csrf={csrf}".encode()

    answer = vote.post("/vote", body, content_type=FORM, cookie=f"{COOKIE}={token}", origin=vote.running.url)

    assert answer.status_code == 401
    assert vote.left(token) == vote.left(other) == 5
