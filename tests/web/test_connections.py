"""A connection is bounded in what it may leave unread, and a network in how many it may hold."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from typing import TYPE_CHECKING

import httpx
import pytest
import uvicorn
from hypothesis import given
from hypothesis import strategies as st

from plaudit.vote.keys import session_key
from plaudit.vote.live import LiveVote
from plaudit.vote.open_vote import open_vote
from plaudit.web import connection as connection_module
from plaudit.web.app import App
from plaudit.web.connection import Connection
from plaudit.web.limits import network
from plaudit.web.sessions import Sessions
from plaudit.web.shares import Shares
from tests.vote.seasons import NOMINEES, open_now
from tests.web.load import request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

MOST = 8
SECONDS = 0.6


@contextlib.contextmanager
def served(folder: Path, trusted: tuple[str, ...] = ()) -> Iterator[tuple[App, int]]:
    """Serve the application over our connections, in this process."""
    season = open_now(folder)
    open_vote(season, NOMINEES)
    with LiveVote(season) as vote, socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65_536)
        port = listening.getsockname()[1]
        sessions = Sessions(session_key(season.folder), season.edition, 60)
        app = App(vote, sessions, public_url="http://a", trusted_proxies=trusted, connections=MOST)
        config = uvicorn.Config(app, http=Connection, ws="none", lifespan="off", proxy_headers=False, log_config=None)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=asyncio.run, args=(server.serve([listening]),))
        thread.start()
        try:
            yield app, port
        finally:
            server.should_exit = server.force_exit = True
            thread.join(20)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection_module, "WRITE_SECONDS", SECONDS)
    monkeypatch.setattr(connection_module, "_LOOK_SECONDS", SECONDS / 4)


def is_soon(holds: Callable[[], bool], seconds: float = 10) -> bool:
    """Say whether something comes to hold."""
    ends_at = time.monotonic() + seconds
    while time.monotonic() < ends_at:
        if holds():
            return True
        time.sleep(0.02)
    return False


def opened(port: int) -> socket.socket:
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    client.connect(("127.0.0.1", port))
    client.settimeout(10)
    return client


@pytest.mark.usefixtures("quick")
def test_who_never_reads_is_cut_off_and_others_go_on(tmp_path: Path) -> None:
    with served(tmp_path / "live") as (app, port), opened(port) as silent:
        silent.setblocking(False)
        asked = request("GET", "/static/verify.js") * 40
        with contextlib.suppress(BlockingIOError):
            silent.sendall(asked)

        assert is_soon(lambda: app.connections.taken == 1, 2)
        assert httpx.get(f"http://127.0.0.1:{port}/v1/2026").status_code == 200
        assert is_soon(lambda: app.connections.taken == 0, 5)  # sooner than an idle connection ends


@pytest.mark.usefixtures("quick")
def test_who_reads_slowly_but_reads_gets_everything(tmp_path: Path) -> None:
    with served(tmp_path / "live") as (_, port), opened(port) as slow:
        slow.sendall(request("GET", "/static/verify.js", headers={"connection": "close"}))
        got = b""
        while part := slow.recv(16_384):
            got += part
            time.sleep(SECONDS / 50)

        whole = httpx.get(f"http://127.0.0.1:{port}/static/verify.js").content
    assert got.endswith(whole[-100:])
    assert len(got) > len(whole)


def held(port: int, count: int) -> list[socket.socket]:
    """Open connections one after the other; what the server refuses gets an answer at once."""
    found = []
    for _ in range(count):
        client = opened(port)
        client.sendall(b"GET /v1/2026 HTTP/1.1\r\nhost: a\r\n\r\n")
        found.append(client)
    return found


@pytest.mark.parametrize(("trusted", "kept"), [((), MOST // 2), (("127.0.0.0/8",), MOST)])
def test_a_network_has_half_of_the_connections_and_a_proxy_all(
    tmp_path: Path, trusted: tuple[str, ...], kept: int
) -> None:
    with served(tmp_path / "live", trusted) as (app, port):
        clients = held(port, MOST + 1)
        answers = [client.recv(12) for client in clients]
        refused = [client for client, answer in zip(clients, answers, strict=True) if answer == b"HTTP/1.1 503"]
        said = [client.recv(65_536).lower() for client in refused]
        for client in clients:
            client.close()

        assert answers.count(b"HTTP/1.1 200") == kept
        assert len(refused) == MOST + 1 - kept
        assert all(b"retry-after: 5\r\n" in one and b"problem+json" in one for one in said)
        assert is_soon(lambda: app.connections.taken == 0)


@given(st.integers(1, 50), st.lists(st.tuples(st.booleans(), st.integers(0, 4)), max_size=200))
def test_no_network_holds_more_than_was_free_for_it(most: int, steps: list[tuple[bool, int]]) -> None:
    shares = Shares(most)
    held_by: dict[int, int] = dict.fromkeys(range(5), 0)
    for is_coming, number in steps:
        name = None if number == 4 else b"%d" % number
        if is_coming:
            free = most - sum(held_by.values())
            is_allowed = free > (0 if name is None else held_by[number])

            assert shares.take(name) == is_allowed
            held_by[number] += is_allowed
        elif held_by[number]:
            shares.give(name)
            held_by[number] -= 1

    assert shares.taken == sum(held_by.values())
    assert shares.taken <= most


def test_one_network_alone_leaves_half_and_the_next_ones_find_room() -> None:
    shares = Shares(12)
    taken = [sum(shares.take(network(f"203.0.{third}.1")) for _ in range(20)) for third in range(3)]

    assert taken == [6, 3, 2]
