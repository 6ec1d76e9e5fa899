"""Serve one vote in one process: whatever ends the process ends the server, and nothing is left behind.

Granian has its connections in threads of its own, and the application in this
one; a worker process was not faster, and would outlive a parent that was killed.
"""

from __future__ import annotations

import asyncio
import gc
import resource
import signal
import socket
import sqlite3
import sys
from typing import TYPE_CHECKING, Final

import uvloop
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server.embed import Server

from plaudit.base.errors import OutOfTurn, VoteUnavailable
from plaudit.vote.keys import session_key
from plaudit.vote.live import LiveVote
from plaudit.vote.requests import keep_importing
from plaudit.web.app import App
from plaudit.web.sessions import Sessions

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from plaudit.rulebook.season import Season

__all__ = ["serve"]

CONNECTIONS_MOST: Final = 16_384
"""More wait to be taken; slow clients are let go by the two limits below, so the queue moves."""
HEADERS_SECONDS: Final = 10
"""How long a request's headers may take, and how long a connection may idle."""
SWITCH_SECONDS: Final = 0.0005
"""How long a thread keeps others waiting; at Python's 5 ms commits waited for the loop, a quarter fewer a second."""
GARBAGE: Final = (50_000, 20, 20)
"""After how many new objects Python looks for rings among them; a ballot leaves none."""
LAST_SECONDS: Final = 15.0
"""How long requests in flight have to end once the server is told to stop."""


def serve(
    season: Season,
    *,
    address: str = "127.0.0.1",
    port: int = 8710,
    public_url: str = "",
    trusted_proxies: Collection[str] = (),
    said: Callable[[str, LiveVote], None] = lambda _url, _vote: None,
) -> None:
    """Serve a season's opened vote until SIGTERM or SIGINT.

    Parameters
    ----------
    port : 0 takes a free one
    public_url : scheme, host and port that voters see; the address itself where none is given
    said : is called with the public address once the server answers

    Raises
    ------
    OutOfTurn : the port is taken, or LiveVote refuses to start.
    """
    assert season.live is not None
    port = _port(address, port)
    host = f"[{address}]" if ":" in address else address
    public_url = (public_url or f"http://{host}:{port}").rstrip("/")
    _raise_file_limit()
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.freeze()  # what was made until now stays; looking through it again and again held ballots up
    gc.set_threshold(*GARBAGE)
    with LiveVote(season) as vote:
        sessions = Sessions(session_key(season.folder), season.edition, season.live.session_minutes)
        app = App(vote, sessions, public_url=public_url, trusted_proxies=trusted_proxies)
        server = Server(
            app,
            address=address,
            port=port,
            interface=Interfaces.RSGI,
            http=HTTPModes.http1,
            websockets=False,
            backlog=4_096,
            backpressure=CONNECTIONS_MOST,
            http1_settings=HTTP1Settings(header_read_timeout=HEADERS_SECONDS * 1_000),
            log_enabled=False,
        )
        uvloop.run(_served(vote, app, server, lambda: said(public_url, vote)))


async def _served(vote: LiveVote, app: App, server: Server, said: Callable[[], None]) -> None:
    """Serve until told to stop, then let what is in flight end, and publish."""
    stopping = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stopping.set)
    serving = asyncio.create_task(server.serve())
    tending = [
        asyncio.create_task(one) for one in (vote.keep_publishing(), keep_importing(vote), app.feed.keep_looking())
    ]
    await _answering(server)
    said()
    told = asyncio.create_task(stopping.wait())
    await asyncio.wait([told, serving, *tending], return_when=asyncio.FIRST_COMPLETED)
    app.feed.stop()
    server.stop()  # type: ignore[no-untyped-call]
    await asyncio.wait([serving], timeout=LAST_SECONDS)
    async with vote.publishing:  # else a publishing that is cancelled goes on in its thread, beside the last one
        for task in (told, *tending):
            task.cancel()
        ended = await asyncio.gather(told, *tending, return_exceptions=True)
        await asyncio.to_thread(_publish, vote)
    for one in ended:
        if isinstance(one, Exception):
            raise one


def _publish(vote: LiveVote) -> None:
    try:
        vote.publish()
    except (OSError, sqlite3.Error) as error:
        raise VoteUnavailable(
            f"the log is not brought up to the ballots: {error}",
            "mend the disk and serve again; every ballot that was answered is in vote/ballots.sqlite",
        ) from error


async def _answering(server: Server) -> None:
    """Wait until connections are taken."""
    for _ in range(1_000):
        try:
            _, writer = await asyncio.open_connection(server.bind_addr, server.bind_port)
        except ConnectionRefusedError:
            await asyncio.sleep(0.005)
        else:
            writer.close()
            return
    raise OutOfTurn(f"nothing answers at {server.bind_addr}:{server.bind_port}", "choose another --address or --port")


def _port(address: str, port: int) -> int:
    """Give a port that is free; Granian would share one with another server that listens there."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            raise OutOfTurn(
                f"{address} port {port} cannot be had: {error.strerror}", "choose another with --port", port=port
            ) from None
        found: int = probe.getsockname()[1]
        return found


def _raise_file_limit() -> None:
    """Let every connection have its file descriptor, as far as the system allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS_MOST + 1_024
    if soft != resource.RLIM_INFINITY and soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
