"""Every shipped platform meets a server that hangs, cuts, redirects, floods and refuses, through the real exchange."""

from __future__ import annotations

import asyncio
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, ClassVar

import pytest
from httpx2 import AsyncClient

from plaudit.fetch.exchange import exchange
from plaudit.platforms.contract import Answer, Ask, Wish
from plaudit.platforms.registry import platforms

if TYPE_CHECKING:
    from collections.abc import Iterator

FLOOD = 50 << 20
NAMES = ("atproto", "youtube", "mastodon", "wikimedia", "listenbrainz", "lastfm", "x")
ACCOUNTS = {"wikimedia": "en:Ann", "mastodon": "ann@server.test"}


class Faulty(BaseHTTPRequestHandler):
    """It does to each request what its server says; what it redirects to counts who came."""

    protocol_version = "HTTP/1.1"
    fault = ""
    visited: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.visited.append(self.path)
        getattr(self, self.fault)()
        self.close_connection = True

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self.do_GET()

    def hang(self) -> None:
        time.sleep(1.5)

    def cut(self) -> None:
        self.send_response(200)
        self.send_header("content-length", "100000")
        self.end_headers()
        self.wfile.write(b'{"items": [')

    def redirect(self) -> None:
        self.send_response(302)
        self.send_header("location", "/elsewhere")
        self.send_header("content-length", "0")
        self.end_headers()

    def flood(self) -> None:
        self.send_response(200)
        self.send_header("content-length", str(FLOOD))
        self.end_headers()
        try:
            for _ in range(FLOOD >> 20):
                self.wfile.write(bytes(1 << 20))
        except OSError:
            pass  # the other side has read enough

    def limit(self) -> None:
        self.send_response(429)
        self.send_header("Retry-After", "90")
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: object) -> None: ...  # noqa: A002 (the base's name)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Faulty)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def asked(name: str, address: str) -> list[tuple[Ask, Answer]]:
    """Ask the server what a platform asks first."""
    one = platforms()[name]
    wish = Wish((ACCOUNTS.get(name, "ann"),), tuple(one.offers), 0, server=address)
    ask = one.begin(wish)[0]

    async def run() -> Answer:
        async with AsyncClient(trust_env=False) as client:
            return await exchange(
                client, ask, ask, lambda: 7, headers=one.headers, deadline_seconds=0.3 if Faulty.fault == "hang" else 20
            )

    return [(ask, asyncio.run(run()))]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("fault", "failure", "verdict"),
    [
        ("hang", "timeout", "failed"),
        ("cut", "cut", "failed"),
        ("redirect", "redirect", "refused"),
        ("flood", "too large", "failed"),
        ("limit", "", "limited"),
    ],
)
def test_a_fault_on_the_way_is_an_answer_that_says_nothing(
    address: str, name: str, fault: str, failure: str, verdict: str
) -> None:
    Faulty.fault = fault
    Faulty.visited.clear()
    ((ask, answer),) = asked(name, address)
    said = platforms()[name].outcome(answer)

    assert (answer.failure, said.verdict) == (failure, verdict)
    assert said.retry_at == (90_000_007 if fault == "limit" else 0)
    assert list(platforms()[name].rows(answer)) == []
    assert list(platforms()[name].follow(Wish((), (), 0), answer)) == []
    assert "/elsewhere" not in Faulty.visited
    assert len(answer.body) < 17 << 20
    assert address in ask.url
