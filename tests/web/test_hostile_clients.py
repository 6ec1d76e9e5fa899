"""Clients that are slow or broken: each gets a clear answer or a closed connection, and others go on."""

from __future__ import annotations

import asyncio
import contextlib
import json
import resource
import socket
import time
from typing import TYPE_CHECKING

import pytest

from plaudit.web.sessions import COOKIE
from tests.web.load import Answer, Connection, request
from tests.web.served_vote import BALLOT, BALLOTS, FORM, GUEST, JSON, Vote, served_vote
from tests.web.serving import EDITION

if TYPE_CHECKING:
    from collections.abc import Iterator

SLOW = 1_000
GET = f"GET {EDITION} HTTP/1.1\r\nhost: vote.test\r\n".encode()
POST = f"POST {BALLOTS} HTTP/1.1\r\nhost: vote.test\r\n".encode()


@pytest.fixture(scope="module")
def vote(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vote]:
    """One server for all of them: what one test does to it, the next ones would feel."""
    with served_vote(tmp_path_factory.mktemp("hostile") / "live") as served:
        yield served


@pytest.fixture(autouse=True)
def _others_go_on(vote: Vote) -> Iterator[None]:
    yield
    vote.refuse_harm()


@pytest.fixture(scope="module", autouse=True)
def half_said(vote: Vote) -> Iterator[list[socket.socket]]:
    """Open connections, before any test, on which a request is begun and not finished."""
    host, _, port = vote.running.url.removeprefix("http://").partition(":")
    connections = [socket.create_connection((host, int(port))) for _ in range(4)]
    for connection, data in zip(connections, (b"", b"G", GET, POST + b"content-length: 9\r\n\r\n{"), strict=True):
        connection.sendall(data)
    yield connections
    for connection in connections:
        connection.close()


@pytest.fixture
def _many_files() -> Iterator[None]:
    """Let this process open a connection for each slow client."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = SLOW + 1_000
    if soft != resource.RLIM_INFINITY and soft < wanted:
        if hard != resource.RLIM_INFINITY and hard < wanted:
            pytest.skip(f"{hard} open files are all the system allows")
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.usefixtures("_many_files")
def test_a_thousand_slow_clients_do_not_keep_a_voter_from_voting_within_a_second(vote: Vote) -> None:
    seconds, open_then = asyncio.run(beside_slow_clients(vote))

    assert open_then > 0.95 * SLOW  # else nothing was tried
    assert len(seconds) == 20
    assert max(seconds) < 1


async def beside_slow_clients(vote: Vote) -> tuple[list[float], int]:
    """Vote over new connections while others are silent, half-said or slow; give each ballot's seconds."""
    url = vote.running.url
    head = request("POST", BALLOTS, headers={"authorization": f"Bearer {vote.voter()}"})[: -len("0\r\n\r\n")]
    said = [b"", b"G", head[:40], head + b"400\r\n\r\n{", request("GET", f"{EDITION}/standings/events")]
    slow = [Connection(url) for _ in range(SLOW)]
    for number, one in enumerate(slow):
        await one.send(said[number % len(said)])
    dripping = asyncio.create_task(drip(slow))
    try:
        return [await one_vote(vote) for _ in range(20)], SLOW - sum(await asyncio.gather(*map(is_gone, slow)))
    finally:
        dripping.cancel()
        await asyncio.gather(*(one.close() for one in slow))


async def drip(slow: list[Connection]) -> None:
    """Send a byte a second on the connections that have begun a body or a header."""
    while True:
        await asyncio.sleep(1)
        for number, one in enumerate(slow):
            if number % 5 in {2, 3}:
                with contextlib.suppress(ConnectionError):
                    await one.send(b" ")


async def is_gone(slow: Connection) -> bool:
    """Say whether the server has hung up; a stream of events has an answer to be read first."""
    for _ in range(3):
        if await slow.is_ended():
            return True
    return False


async def one_vote(vote: Vote) -> float:
    """Cast a ballot as a new voter over a new connection; give the seconds until its answer."""
    token = vote.voter()
    began = time.perf_counter()
    connection = Connection(vote.running.url)
    answer = await connection.ask(
        "POST", BALLOTS, b'{"nominee": "bts", "key": "beside-them"}', authorization=f"Bearer {token}"
    )
    seconds = time.perf_counter() - began
    await connection.close()
    assert answer.status == 201, answer.body
    await asyncio.sleep(0.1)
    return seconds


DEEP = b'{"nominee":' + b"[" * 2_000 + b"]" * 2_000 + b"}"


@pytest.mark.parametrize(
    ("body", "status", "title"),
    [
        (b"", 400, "BallotMalformed"),
        (b"{", 400, "BallotMalformed"),
        (b'{"nominee": "bts", "key": "key-00000001"} {}', 400, "BallotMalformed"),
        (b"[]", 400, "BallotMalformed"),
        (b"null", 400, "BallotMalformed"),
        (b"1e999999", 400, "BallotMalformed"),
        (DEEP, 400, "BallotMalformed"),
        (b"\xff\xfe{\x00}\x00", 400, "BallotMalformed"),
        (b'{"nominee": "bts\xff", "key": "key-00000001"}', 400, "BallotMalformed"),
        (b'{"nominee": "\\ud800", "key": "key-00000001"}', 400, "BallotMalformed"),
        (json.dumps({**BALLOT, "voter": 7}).encode(), 400, "BallotMalformed"),
        (json.dumps({**BALLOT, "cast_at": 0}).encode(), 400, "BallotMalformed"),
        (json.dumps({**BALLOT, "votes": "1"}).encode(), 400, "BallotMalformed"),
        (json.dumps({**BALLOT, "votes": 1.5}).encode(), 400, "BallotMalformed"),
        (json.dumps({**BALLOT, "votes": True}).encode(), 400, "BallotMalformed"),
        (json.dumps({**BALLOT, "votes": None}).encode(), 400, "BallotMalformed"),
        (json.dumps({**BALLOT, "votes": 0}).encode(), 400, "BallotMalformed"),
        (json.dumps({**BALLOT, "votes": -1}).encode(), 400, "BallotMalformed"),
        (json.dumps({**BALLOT, "votes": 2**32}).encode(), 400, "BallotMalformed"),
        (b'{"nominee": "bts", "key": "key-00000001", "votes": 1' + b"0" * 3_000 + b"}", 400, "BallotMalformed"),
        (b'{"nominee": "bts", "key": "key-00000001", "votes": 1e400}', 400, "BallotMalformed"),
        (json.dumps({**BALLOT, "votes": 1_000_000}).encode(), 403, "AllowanceSpent"),
        (json.dumps({**BALLOT, "votes": 6}).encode(), 403, "AllowanceSpent"),
        (json.dumps({**BALLOT, "key": "short"}).encode(), 400, "BallotMalformed"),
        (json.dumps({**BALLOT, "key": "k" * 65}).encode(), 400, "BallotMalformed"),
        (json.dumps({**BALLOT, "key": "key-0001\n"}).encode(), 400, "BallotMalformed"),
        (json.dumps({**BALLOT, "key": "key-0001\x00"}).encode(), 400, "BallotMalformed"),
        (json.dumps({**BALLOT, "key": 12_345_678}).encode(), 400, "BallotMalformed"),
        (json.dumps({**BALLOT, "nominee": "nobody"}).encode(), 422, "UnknownNominee"),
        (json.dumps({**BALLOT, "nominee": "bts\x00"}).encode(), 422, "UnknownNominee"),
        (json.dumps({**BALLOT, "nominee": "'; DROP TABLE ballots; --"}).encode(), 422, "UnknownNominee"),
        (json.dumps({**BALLOT, "nominee": "n" * 201}).encode(), 400, "BallotMalformed"),
        (json.dumps({**BALLOT, "nominee": ""}).encode(), 400, "BallotMalformed"),
        (b" " * 4_097, 413, "Request Entity Too Large"),
        (b'{"nominee": "bts", "key": "' + b"k" * 1_000_000 + b'"}', 413, "Request Entity Too Large"),
    ],
    ids=lambda value: repr(value[:60]) if isinstance(value, bytes) else None,
)
def test_what_is_no_ballot_is_told_so(vote: Vote, body: bytes, status: int, title: str) -> None:
    answer = vote.cast(body)
    problem = answer.json()

    assert (answer.status_code, problem["title"]) == (status, title)
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["remedy"]
    assert len(answer.content) < 1_500


def test_of_a_field_that_comes_twice_the_same_one_is_cast_and_acknowledged(vote: Vote) -> None:
    answer = vote.cast(b'{"nominee": "iu", "nominee": "drake", "key": "key-00000001"}')

    standings = vote.ask("GET", f"{EDITION}/standings").json()
    assert answer.status_code == 201
    assert answer.json()["nominee"] in {"iu", "drake"}
    assert standings["nominees"][["bts", "drake", "iu"].index(answer.json()["nominee"])]["votes"] >= 1


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        (JSON, b"{", 400),
        (JSON, b"[" * 5_000, 400),
        (JSON, b'{"work": 7}', 400),
        (JSON, b'{"work": "\xff"}', 400),
        (JSON, b'{"work": "' + b"w" * 5_000 + b'"}', 400),
        (FORM, b"work=\xff", 400),
        (FORM, b"&".join(b"a%d=1" % n for n in range(30)), 400),
        ("text/plain", b"work=", 415),
        ("multipart/form-data; boundary=x", b"--x--", 415),
        (JSON, b" " * 20_000, 413),
    ],
)
def test_what_is_no_sign_in_is_told_so(vote: Vote, content_type: str, body: bytes, status: int) -> None:
    answer = vote.post(GUEST, body, content_type=content_type)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]
    assert COOKIE not in answer.cookies


def raw(vote: Vote, data: bytes, method: str = "GET", *, is_last: bool = False) -> Answer | None:
    """Send bytes over a new connection; give the answer, or None where the server closed instead."""

    async def ask() -> Answer | None:
        connection = Connection(vote.running.url)
        try:
            async with asyncio.timeout(5):
                await connection.send(data, is_last=is_last)
                return await connection.answer(method)
        except ConnectionError:
            return None
        finally:
            await connection.close()

    return asyncio.run(ask())


@pytest.mark.parametrize(
    "data",
    [
        POST + b"content-length: -1\r\n\r\n",
        POST + b"content-length: many\r\n\r\n",
        POST + b"content-length: 99999999999999999999999999\r\n\r\n",
        POST + b"content-length: 2\r\ncontent-length: 3\r\n\r\n{}}",
        POST + b"content-length: 2\r\ntransfer-encoding: gzip\r\n\r\n{}",
        POST + b"transfer-encoding: chunked, identity\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        GET + b"x-zero: a\x00b\r\n\r\n",
        GET + b"no colon\r\n\r\n",
        GET + b": no name\r\n\r\n",
        GET + b"".join(b"x-%d: flood\r\n" % n for n in range(2_000)) + b"\r\n",
        GET + b"x-long: " + b"l" * 1_000_000 + b"\r\n\r\n",
        b"GET /" + b"p" * 100_000 + b" HTTP/1.1\r\nhost: vote.test\r\n\r\n",
        b"GET /\x00 HTTP/1.1\r\nhost: vote.test\r\n\r\n",
        b"GET / HTTP/9.9\r\nhost: vote.test\r\n\r\n",
        b"GET / / HTTP/1.1\r\nhost: vote.test\r\n\r\n",
        b"GET\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(64) + b"\r\n\r\n",
        b"\x00" * 10_000 + b"\r\n\r\n",
    ],
    ids=lambda data: repr(data[-40:]),
)
def test_what_is_no_http_is_refused_or_hung_up_on(vote: Vote, data: bytes) -> None:
    answer = raw(vote, data)

    assert answer is None or answer.status in {400, 413, 414, 431, 505}


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (POST + b"content-length: 100000000\r\n\r\n" + b"a" * 5_000, 413),
        (POST + b"authorization: Bearer a\r\nauthorization: Bearer b\r\ncontent-length: 2\r\n\r\n{}", 401),
        (POST + b"authorization: Bearer \xff\xfe.\xe9\r\ncontent-length: 2\r\n\r\n{}", 401),
        (POST + b"cookie: plaudit_session=\xff\r\ncontent-length: 2\r\n\r\n{}", 401),
        (f"GET {EDITION}/session HTTP/1.1\r\nhost: a\r\nauthorization: Bearer \xff\r\n\r\n".encode("latin-1"), 401),
        (f"GET {EDITION}/receipts/{'9' * 5_000} HTTP/1.1\r\nhost: a\r\n\r\n".encode(), 404),
        (b"OPTIONS * HTTP/1.1\r\nhost: a\r\n\r\n", 404),
        (b"CONNECT a:1 HTTP/1.1\r\nhost: a\r\n\r\n", 400),
        (b"TRACE / HTTP/1.1\r\nhost: a\r\n\r\n", 405),
        (b"BREW / HTTP/1.1\r\nhost: a\r\n\r\n", 400),
        (f"DELETE {BALLOTS} HTTP/1.1\r\nhost: a\r\n\r\n".encode(), 405),
        (f"GET {BALLOTS} HTTP/1.1\r\nhost: a\r\n\r\n".encode(), 405),
    ],
    ids=lambda value: repr(value[-60:]) if isinstance(value, bytes) else None,
)
def test_what_is_http_is_answered_with_a_problem(vote: Vote, data: bytes, status: int) -> None:
    answer = raw(vote, data)

    assert answer is not None
    assert answer.status == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status


@pytest.mark.parametrize(
    "path",
    [
        "..%2f..%2fkeys/log.pem",
        "../../keys/log.pem",
        "%2e%2e/%2e%2e/keys/log.pem",
        "..%252f..%252fkeys/log.pem",
        "tile/../../../keys/session.key",
        "tile/0/..%2f..%2f..%2f..%2fseason.toml",
        "/etc/passwd",
        "%2fetc%2fpasswd",
        "checkpoint%00",
        "checkpoint/x",
        "checkpoint%0a",
        "checkpoint.part",
        "tile/0",
        "tile/0/000.p",
        "tile/entries/",
        "tile/0/000.p/0",
        "tile/64/000",
        "%ff%fe",
        "..\\..\\keys\\log.pem",
        "tile/0/link",
        "link",
        "",
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_only_the_log_is_below_the_log(vote: Vote, method: str, path: str) -> None:
    link = vote.season.log / "link"
    if not link.is_symlink():
        link.symlink_to(vote.season.folder / "keys" / "log.pem")
    try:
        answer = raw(vote, request(method, f"{EDITION}/log/{path}"), method)
    finally:
        link.unlink()

    assert answer is not None
    assert answer.status == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert b"PRIVATE" not in answer.body


WHOLE = json.dumps(BALLOT).encode()


@pytest.mark.parametrize(
    ("rest", "is_last"),
    [
        (b"content-length: 100\r\n\r\n" + WHOLE, True),
        (b"content-length: 100\r\n\r\n" + WHOLE[:20], True),
        (b"transfer-encoding: chunked\r\n\r\n%x\r\n%s\r\n" % (len(WHOLE), WHOLE), True),
        (b"transfer-encoding: chunked\r\n\r\n%x\r\n%s\r\n5\r\nab" % (len(WHOLE), WHOLE), True),
        (b"transfer-encoding: chunked\r\n\r\n%x\r\n%s\r\nzz\r\n" % (len(WHOLE), WHOLE), False),
    ],
)
def test_a_ballot_that_was_cut_short_is_not_taken_though_it_reads_as_one(
    vote: Vote, rest: bytes, is_last: bool
) -> None:
    token = vote.voter()
    answer = raw(vote, POST + f"authorization: Bearer {token}\r\n".encode() + rest, is_last=is_last)

    assert answer is None or answer.status in {400, 411}
    assert vote.left(token) == 5


def test_a_form_that_was_cut_short_casts_nothing_though_it_reads_as_one(vote: Vote) -> None:
    token = vote.voter()
    form = f"csrf={vote.csrf(token)}&nominee=bts&key=cut-short-1&votes=12".encode()
    headers = {"cookie": f"{COOKIE}={token}", "origin": vote.running.url, "content-type": FORM}
    answer = raw(vote, request("POST", "/vote", form, headers)[:-1], is_last=True)

    assert answer is None or answer.status == 400
    assert vote.left(token) == 5


def test_a_body_in_chunks_is_no_way_around_the_limit(vote: Vote) -> None:
    chunks = b"2000\r\n" + b"a" * 0x2000 + b"\r\n0\r\n\r\n"
    answer = raw(vote, POST + b"transfer-encoding: chunked\r\n\r\n" + chunks)

    assert answer is None or answer.status in {411, 413}


@pytest.mark.parametrize(
    "path", ["/", EDITION, f"{EDITION}/standings", f"{EDITION}/log/checkpoint", "/docs", "/nowhere"]
)
def test_head_gives_the_headers_of_get_and_no_body(vote: Vote, path: str) -> None:
    got, head = vote.ask("GET", path), vote.ask("HEAD", path)
    told = [answer.headers.get(name) for answer in (got, head) for name in ("content-type", "cache-control")]

    assert head.status_code == got.status_code
    assert told[:2] == told[2:]
    assert head.content == b""


def test_a_stream_that_was_only_asked_for_its_head_is_over(vote: Vote) -> None:
    async def ask() -> list[int]:
        connection = Connection(vote.running.url)
        answers = [await connection.ask("HEAD", f"{EDITION}/standings/events") for _ in range(20)]
        answers.append(await connection.ask("GET", EDITION))
        await connection.close()
        return [answer.status for answer in answers]

    assert asyncio.run(ask()) == [200] * 21


@pytest.mark.parametrize(("path", "wanted"), [("/", "GET"), (BALLOTS, "POST"), (f"{EDITION}/standings", "GET")])
def test_options_names_the_methods(vote: Vote, path: str, wanted: str) -> None:
    answer = vote.ask("OPTIONS", path)

    assert answer.status_code == 204
    assert wanted in answer.headers["allow"]
    assert "access-control-allow-origin" not in answer.headers


def test_who_does_not_finish_a_request_is_let_go(half_said: list[socket.socket]) -> None:
    ended = []
    for connection in half_said:  # opened when the server was; ten seconds is what each of them has
        connection.settimeout(15)
        heard = b""
        while part := connection.recv(65_536):
            heard += part
        ended.append(heard[:12])

    assert ended[:3] in ([b""] * 3, [b"", b"HTTP/1.1 408", b"HTTP/1.1 408"])
    assert ended[3] == b"HTTP/1.1 408"
