"""Whatever a client sends, no answer is a defect of ours, and no spelling of a path is a second door."""

from __future__ import annotations

import asyncio
import json
import socket
from itertools import product
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plaudit.web.lane import HEADERS_MOST
from plaudit.web.targets import is_host, is_plain
from tests.profiles import examples
from tests.web.load import Answer, Connection, request
from tests.web.served_vote import BALLOTS, FORM, GUEST, JSON, Vote, served_vote
from tests.web.serving import EDITION

if TYPE_CHECKING:
    from collections.abc import Iterator

BODIES = {
    JSON: [
        b"",
        b"{",
        b"null",
        b"[1]",
        b'"\xff"',
        b'{"nominee": "\\ud800"}',
        b"\xff\xfe{\x00}\x00",
        b"[" * 3_000,
        b"1e999",
    ],
    FORM: [b"", b"=", b"&&==", b"a=%ff", b"csrf=\xff", b"%", b"a" * 3_000, b"nominee=bts&nominee=iu&votes=x"],
    "text/plain; charset=utf-16": [b"\xff\xfea\x00", b"a"],
    "multipart/form-data": [b"--", b"--x\r\n\r\n\r\n--x--"],
    "application/json; charset=klingon": [b"{}", b"\xff"],
    "nonsense": [b"\x00"],
    "": [b"\xff"],
}
HEADERS = [
    {"cookie": "=;=;plaudit_session;\xff=\xff"},
    {"cookie": 'plaudit_session="a; plaudit_language=\xff; x="'},
    {"authorization": "Bearer"},
    {"authorization": "\xff\xff"},
    {"accept": "text/html", "accept-language": ";;q=nan,\xff;q=inf"},
    {"accept": "text/html;q=x,\xff"},
    {"x-forwarded-for": "\xff, [::, 1.2.3.4:99999999"},
    {"content-type": "\xff/\xff; charset=\xff"},
    {"range": "bytes=9-1", "if-none-match": "\xff", "if-modified-since": "yesterday"},
    {"origin": "http://[", "sec-fetch-site": "\xff"},
    {"expect": "100-continue"},
    {"expect": "everything"},
    {"upgrade": "websocket", "connection": "upgrade"},
    {"connection": "\xff, close"},
]
HOSTS = [
    "a:b",
    "a:99999",
    "a:",
    ":1",
    "",
    "[",
    "[]",
    "[::1",
    "a b",
    "\xff",
    "a/b",
    "u@a",
    "a,b",
    "%41",
    "a:1:2",
    "a\\b",
]
QUERIES = [
    "?",
    "?language=%ff",
    "?language=\\",
    "?%",
    "?a=%00",
    "?language=ko&language=en",
    "?=&=",
    "?code=%ed%a0%80&state=",
]


@pytest.fixture(scope="module")
def vote(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vote]:
    """One server; when it stops, nothing that it said may be a defect."""
    with served_vote(tmp_path_factory.mktemp("any") / "live") as served:
        yield served


@pytest.fixture(scope="module")
def paths(vote: Vote) -> list[str]:
    """Give every path that is routed, with something in place of its parameters."""
    document = vote.ask("GET", "/docs/openapi.json").json()
    found = [path.replace("{file}", "checkpoint").replace("{leaf}", "1") for path in document["paths"]]
    found = [path.replace("{name}", "vote.css") for path in found if not path.endswith("/events")]
    assert len(found) > 12
    assert not [path for path in found if "{" in path]
    return [*found, "/docs", "/docs/openapi.json", "/nowhere"]


def told(vote: Vote, requests: list[bytes]) -> list[Answer | None]:
    """Send each request over a connection of its own, some at a time; None where the server hung up."""

    async def one(data: bytes, gate: asyncio.Semaphore) -> Answer | None:
        connection = Connection(vote.running.url)
        async with gate:
            try:
                async with asyncio.timeout(15):
                    await connection.send(data)
                    return await connection.answer(data.partition(b" ")[0].decode("latin-1"))
            except ConnectionError:
                return None
            finally:
                await connection.close()

    async def every() -> list[Answer | None]:
        gate = asyncio.Semaphore(20)
        return list(await asyncio.gather(*(one(data, gate) for data in requests)))

    return asyncio.run(every())


def refuse_defects(vote: Vote, requests: list[bytes]) -> list[int]:
    """Check that no request is answered with a 500; give the statuses, 0 for a connection that was closed."""
    statuses = [answer.status if answer else 0 for answer in told(vote, requests)]
    bad = [(data[:300], status) for data, status in zip(requests, statuses, strict=True) if status >= 500]

    assert not bad
    return statuses


def test_no_method_body_or_type_is_a_defect(vote: Vote, paths: list[str]) -> None:
    sent = [(kind, body) for kind, bodies in BODIES.items() for body in bodies]
    requests = [
        request(method, path, body, {"content-type": kind} if kind else {})
        for path, (kind, body), method in product(paths, sent, ["POST"])
    ]
    requests += [
        request(method, path, b"{}" if method in {"PUT", "PATCH"} else b"")
        for path, method in product(paths, ["HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "QUERY"])
    ]
    statuses = refuse_defects(vote, requests)

    assert {200, 400, 404, 405, 415} <= set(statuses)


def test_no_header_is_a_defect(vote: Vote, paths: list[str]) -> None:
    requests = [request(method, path, b"", more) for path, more, method in product(paths, HEADERS, ["GET", "POST"])]

    assert {200, 400, 401, 404, 405} <= set(refuse_defects(vote, requests))


def test_no_query_is_a_defect(vote: Vote, paths: list[str]) -> None:
    refuse_defects(vote, [request("GET", path + query) for path, query in product(paths, QUERIES)])


def test_what_names_no_host_is_refused_by_every_path(vote: Vote, paths: list[str]) -> None:
    requests = [
        request(method, path, b"{}" if method == "POST" else b"").replace(
            b"host: vote.test", b"host: " + host.encode("latin-1")
        )
        for path, host, method in product(paths, HOSTS, ["GET", "POST"])
    ]
    requests += [f"GET {path} HTTP/1.1\r\n\r\n".encode() for path in paths]
    requests += [f"GET {path} HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n".encode() for path in paths]

    assert set(refuse_defects(vote, requests)) == {400}


def test_an_older_http_needs_no_host(vote: Vote) -> None:
    assert refuse_defects(vote, [b"GET / HTTP/1.0\r\n\r\n", b"GET / HTTP/1.0\r\nhost: a:b\r\n\r\n"]) == [200, 400]


@settings(max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["GET", "POST", "HEAD", "PUT"]),
            st.sampled_from(["", "/v1", EDITION, BALLOTS, GUEST, "/vote", "/qr", "/docs", f"{EDITION}/log"]),
            st.text("/.%2fFaeé0?#;\\:@[]\x7f~", max_size=12),
            st.binary(max_size=40),
        ),
        min_size=5,
        max_size=5,
    )
)
def test_no_path_is_a_defect(vote: Vote, asked: list[tuple[str, str, str, bytes]]) -> None:
    lines = [f"{method} {path}{rest} HTTP/1.1\r\nhost: a\r\n" for method, path, rest, _ in asked]
    refuse_defects(
        vote,
        [
            line.encode() + b"content-type: application/json\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body)
            for line, (_, _, _, body) in zip(lines, asked, strict=True)
        ],
    )


SPELLINGS = [
    f"{BALLOTS}/",
    f"/{BALLOTS}",
    f"//{BALLOTS}",
    BALLOTS.replace("/ballots", "//ballots"),
    BALLOTS.replace("/ballots", "/./ballots"),
    BALLOTS.replace("/ballots", "/x/../ballots"),
    f"{BALLOTS}/.",
    f"{BALLOTS}%2F",
    f"%2F{BALLOTS}",
    BALLOTS.replace("/ballots", "/%2e/ballots"),
]
SAME = [
    BALLOTS.replace("ballots", "%62allots"),
    f"{BALLOTS}?",
    f"{BALLOTS}?a=b",
    BALLOTS.replace("/ballots", "%2Fballots"),
]


@pytest.mark.parametrize("path", SPELLINGS)
def test_another_spelling_of_the_path_casts_nothing(vote: Vote, path: str) -> None:
    token = vote.voter()
    body = json.dumps({"nominee": "bts", "key": "another-spelling"}).encode()
    headers = {"authorization": f"Bearer {token}", "content-type": JSON}
    [answer] = told(vote, [request("POST", path, body, headers)])

    assert answer is not None
    assert answer.status == (404 if path.startswith("/") else 400)
    assert vote.left(token) == 5


@pytest.mark.parametrize("path", [BALLOTS, *SAME])
def test_a_path_that_is_encoded_otherwise_has_the_same_limits(vote: Vote, path: str) -> None:
    token = vote.voter()
    headers = {"authorization": f"Bearer {token}", "content-type": JSON}
    body = json.dumps({"nominee": "bts", "key": "the-same-limits"}).encode()
    long = body[:-1] + b" " * 4_097 + b"}"
    refused, taken = told(vote, [request("POST", path, long, headers), request("POST", path, body, headers)])

    assert refused is not None
    assert refused.status == 413
    assert taken is not None
    assert taken.status == 201


def test_the_limit_of_ballots_is_one_for_every_spelling(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("limited") / "live"
    with served_vote(folder, ballots_per_minute=3) as limited:
        headers = {"authorization": f"Bearer {limited.voter()}", "content-type": JSON}
        body = json.dumps({"nominee": "bts", "key": "one-limit-for-all"}).encode()
        spelled = [BALLOTS, *SAME, *SPELLINGS] * 2
        answers = [told(limited, [request("POST", path, body, headers)])[0] for path in spelled]

    statuses = [answer.status for answer in answers if answer]
    assert len(statuses) == len(spelled)
    assert statuses.count(201) + statuses.count(200) == 3
    assert set(statuses) == {200, 201, 400, 404, 429}


@pytest.mark.parametrize("count", [HEADERS_MOST, 902])
def test_neither_way_takes_more_headers_than_the_other(vote: Vote, count: int) -> None:
    body = json.dumps({"nominee": "bts", "key": "many-headers-of-me"}).encode()
    more = {f"x-{number}": "" for number in range(count - 3)}
    whole = request("POST", BALLOTS, body, {"authorization": f"Bearer {vote.voter()}"} | more)
    by_usual = request("POST", f"{BALLOTS}?", body, {"authorization": f"Bearer {vote.voter()}"} | more)

    assert refuse_defects(vote, [whole, by_usual]) == ([201, 201] if count == HEADERS_MOST else [431, 431])


def test_whoever_asks_many_things_and_hangs_up_leaves_no_defect(vote: Vote, paths: list[str]) -> None:
    host = urlsplit(vote.running.url)
    assert host.port is not None
    gets = b"".join(request("GET", path) for path in paths)
    whole = json.dumps({"nominee": "bts", "key": "asked-and-gone"}).encode()
    ballots = request("POST", BALLOTS, whole, {"authorization": f"Bearer {vote.voter()}"}) * 3
    for data in [
        gets,
        gets * 3,
        gets + ballots + gets,
        ballots + gets,
        request("GET", f"{EDITION}/standings/events") + gets,
    ]:
        for is_reset in (False, True):
            connection = socket.create_connection((str(host.hostname), host.port))
            connection.sendall(data)
            if is_reset:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
            connection.close()

    vote.refuse_harm()


@given(st.binary(max_size=30))
def test_any_bytes_name_a_host_or_none(sent: bytes) -> None:
    assert is_host(sent) in {True, False}


@given(st.text("/.a%", max_size=10))
def test_a_plain_path_is_what_routing_makes_of_it(path: str) -> None:
    routed = "/" + "/".join(part for part in path.split("/") if part not in {"", ".", ".."})

    assert is_plain(path) == (path.startswith("/") and path == routed)
