"""The ballot endpoint, driven as the server drives it: a request in, one answer out."""

from __future__ import annotations

import asyncio
import json
import time
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plaudit.ledger.proof import TlogProof
from plaudit.vote.live import LiveVote
from plaudit.vote.receipt import commit_origin
from plaudit.web.ballots import BallotEndpoint
from plaudit.web.limits import Limits
from plaudit.web.sessions import COOKIE, Sessions
from plaudit.web.signed_in import headers_of
from tests.profiles import examples
from tests.vote.seasons import CLOSES
from tests.vote.voting import Hands, in_memory, opened

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = "k9Jr2mW1x0aZ"
SESSIONS = Sessions(bytes(32), "2026", 60)
Headers = list[tuple[bytes, bytes]]


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: dict[str, Any]


class Desk:
    """A vote and its endpoint."""

    def __init__(self, vote: LiveVote, clock: Hands, per_minute: int = 0) -> None:
        self.vote, self.clock = vote, clock
        self.endpoint = BallotEndpoint(vote, SESSIONS, Limits(bytes(32), per_minute))

    def post(self, body: bytes | dict[str, Any], headers: Headers | None = None) -> Answer:
        """Send a body, as voter 1 if no headers are given."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        given = bearer(1) if headers is None else headers
        status, named, sent = asyncio.run(self.endpoint(headers_of(given), data, "203.0.113.7"))
        return Answer(status, named, json.loads(sent))


def session(voter: int = 1) -> str:
    return SESSIONS.issue(voter, "guest", int(time.time()))


def bearer(voter: int) -> Headers:
    return [(b"authorization", f"Bearer {session(voter)}".encode())]


def ballot(**changes: Any) -> dict[str, Any]:
    return {"nominee": "bts", "votes": 3, "key": KEY, **changes}


@pytest.fixture
def desk() -> Iterator[Desk]:
    clock = Hands()
    with in_memory() as folder, LiveVote(opened(folder / "season"), clock=clock) as vote:
        yield Desk(vote, clock)


@pytest.fixture(scope="module")
def fuzzed() -> Iterator[Desk]:
    clock = Hands()
    with in_memory() as folder, LiveVote(opened(folder / "season"), clock=clock) as vote:
        yield Desk(vote, clock)


def test_a_ballot_is_answered_with_its_leaf_what_is_left_and_a_receipt(desk: Desk) -> None:
    answer = desk.post(ballot())
    receipt = TlogProof.parse(answer.body.pop("receipt"))

    assert (answer.status, answer.headers["content-type"]) == (201, "application/json")
    assert answer.body == {
        "leaf": 1,
        "nominee": "bts",
        "votes": 3,
        "cast_at": "2026-01-01T10:00:00Z",
        "left": 2,
        "is_replay": False,
    }
    assert receipt.extra == desk.vote.record(1)
    verifier = desk.vote.signer.verifier
    assert receipt.verify(desk.vote.record(1), verifier, origin=commit_origin(verifier.name, 1)).size == 1


def test_the_same_key_again_is_the_same_ballot(desk: Desk) -> None:
    first, again = desk.post(ballot()), desk.post(ballot())
    reused = desk.post(ballot(votes=2))

    assert (first.status, again.status, reused.status) == (201, 200, 422)
    assert again.body == {**first.body, "is_replay": True}
    assert (reused.body["title"], reused.body["leaf"]) == ("KeyReused", 1)
    assert desk.post(ballot(), bearer(2)).body["leaf"] == 2  # another voter's key is another


def test_one_vote_is_meant_where_none_is_said(desk: Desk) -> None:
    assert desk.post({"nominee": "iu", "key": KEY}).body["votes"] == 1


def test_each_refusal_is_a_problem_with_its_status(desk: Desk) -> None:
    desk.post(ballot())
    answers = [
        desk.post(ballot(key="another-1")),
        desk.post(ballot(key="another-2", nominee="nobody")),
        desk.post(ballot(), []),
        desk.post(b"{"),
    ]
    desk.clock.now = CLOSES
    answers.append(desk.post(ballot(key="another-3")))

    assert [(answer.status, answer.body["title"]) for answer in answers] == [
        (403, "AllowanceSpent"),
        (422, "UnknownNominee"),
        (401, "SignInNeeded"),
        (400, "BallotMalformed"),
        (403, "VoteClosed"),
    ]
    assert {answer.headers["content-type"] for answer in answers} == {"application/problem+json"}
    assert all(answer.body["status"] == answer.status and answer.body["remedy"] for answer in answers)
    assert (answers[0].body["left"], answers[0].body["rule"]) == (2, "live-rule@1")
    assert answers[2].headers["www-authenticate"] == "Bearer"


def test_a_disk_that_fails_is_a_503_that_says_when_to_come_again(desk: Desk) -> None:
    desk.vote.ballot_store.connection.execute("PRAGMA query_only = ON")
    answer = desk.post(ballot())
    desk.vote.ballot_store.connection.execute("PRAGMA query_only = OFF")

    assert (answer.status, answer.body["title"], answer.headers["retry-after"]) == (503, "VoteUnavailable", "5")
    assert desk.post(ballot()).body["leaf"] == 1


def test_a_defect_of_ours_says_nothing_of_itself(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    answer = desk.post(ballot(), [(b"authorization", f"Bearer {SESSIONS.issue(1 << 63, 'guest', 2**31)}".encode())])

    assert answer.status == 500
    assert "OverflowError" not in json.dumps(answer.body)
    assert "OverflowError" in caplog.text
    assert desk.post(ballot()).status == 201


# Bodies


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"x"',
        b"{}",
        b'{"nominee": "bts"}',
        b'{"key": "k9Jr2mW1x0aZ"}',
        b'{"nominee": "bts", "key": "k9Jr2mW1x0aZ", "voter": 7}',
        b'{"nominee": "bts", "key": "k9Jr2mW1x0aZ"} x',
        b'{"nominee": "", "key": "k9Jr2mW1x0aZ"}',
        b'{"nominee": 1, "key": "k9Jr2mW1x0aZ"}',
        b'{"nominee": "bts", "key": "short"}',
        b'{"nominee": "bts", "key": "with space"}',
        b'{"nominee": "\\ud800", "key": "k9Jr2mW1x0aZ"}',
        b'{"nominee": "\xff", "key": "k9Jr2mW1x0aZ"}',
        b"\xff\xfe",
        b'{"nominee": "' + b"a" * 201 + b'", "key": "k9Jr2mW1x0aZ"}',
        *[
            b'{"nominee": "bts", "key": "k9Jr2mW1x0aZ", "votes": %b}' % votes
            for votes in (b"0", b"-1", b"1.5", b'"1"', b"null", b"true", b"1000001", b"1" * 400, b"1e400", b"NaN")
        ],
        b"[" * 3_000,
    ],
)
def test_a_body_that_is_no_ballot_is_malformed(desk: Desk, body: bytes) -> None:
    answer = desk.post(body)

    assert (answer.status, answer.body["title"]) == (400, "BallotMalformed")
    assert desk.vote.standings().ballots == 0


@settings(max_examples=examples(60))
@given(
    st.binary(max_size=300) | st.recursive(st.none() | st.text(), st.lists).map(lambda one: json.dumps(one).encode())
)
def test_no_bytes_break_it(fuzzed: Desk, body: bytes) -> None:
    assert fuzzed.post(body).status == 400


# Who asks


def cookie(text: str, **rest: str) -> Headers:
    return [
        (b"cookie", f"{COOKIE}={text}".encode()),
        *[(name.replace("_", "-").encode(), value.encode()) for name, value in rest.items()],
    ]


def test_a_cookie_votes_only_with_its_csrf_token_and_from_our_own_page(desk: Desk) -> None:
    text, other = session(1), session(2)
    token = SESSIONS.csrf(text)
    refused = [
        cookie(text),
        cookie(text, x_plaudit_csrf=""),
        cookie(text, x_plaudit_csrf=SESSIONS.csrf(other)),
        cookie(text, x_plaudit_csrf=token, sec_fetch_site="cross-site"),
        cookie(text, x_plaudit_csrf=token, sec_fetch_site="same-site"),
        cookie("", x_plaudit_csrf=token),
        cookie(text + "x", x_plaudit_csrf=token),
        [(b"cookie", f"not_{COOKIE}={text}".encode()), (b"x-plaudit-csrf", token.encode())],
    ]

    assert [desk.post(ballot(), headers).status for headers in refused] == [401] * len(refused)
    assert desk.post(ballot(), cookie(text, x_plaudit_csrf=token, sec_fetch_site="same-origin")).status == 201
    assert desk.post(ballot(), cookie(text, x_plaudit_csrf=token)).status == 200


@pytest.mark.parametrize("others", ['theme={"dark": true}; ', "a=b; ", "; ;", 'q="; '])
def test_other_cookies_are_in_nobodys_way(desk: Desk, others: str) -> None:
    text = session()
    token = (b"x-plaudit-csrf", SESSIONS.csrf(text).encode())

    assert desk.post(ballot(), [(b"cookie", f"{others}{COOKIE}={text}".encode()), token]).status == 201
    apart = [(b"cookie", f"{COOKIE}={text}".encode()), (b"cookie", others.encode()), token]
    assert desk.post(ballot(), apart).status == 200


@pytest.mark.parametrize("headers", [b"Bearer", b"Bearer ", b"Bearer x.y", b"Basic eDp5", b"\xff\xfe"])
def test_a_header_that_is_no_session_is_asked_to_sign_in(desk: Desk, headers: bytes) -> None:
    assert desk.post(ballot(), [(b"authorization", headers)]).status == 401


def test_an_ended_session_is_asked_to_sign_in_again(desk: Desk) -> None:
    text = SESSIONS.issue(1, "guest", int(time.time()) - 3_600)

    assert (
        desk.post(ballot(), [(b"authorization", f"bearer {text}".encode())]).body["detail"] == "the session has ended"
    )


def test_a_network_that_asks_too_much_is_told_when_to_come_again(desk: Desk) -> None:
    limited = Desk(desk.vote, desk.clock, per_minute=2)
    answers = [limited.post(ballot()) for _ in range(3)]

    assert [answer.status for answer in answers] == [201, 200, 429]
    assert int(answers[2].headers["retry-after"]) > 0
    assert answers[2].body["rule"] == "season.toml [vote.live] ballots_per_minute"
