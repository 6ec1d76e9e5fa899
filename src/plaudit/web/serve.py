"""Serve one vote: one process and one loop take the ballots, and a second process publishes the log.

Whatever ends the first ends the second, and nothing is left behind.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import socket
import sqlite3
import sys
import threading
from contextlib import closing
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

import uvicorn

from plaudit.base.errors import OutOfTurn, VoteUnavailable
from plaudit.vote.keys import session_key
from plaudit.vote.live import LiveVote
from plaudit.vote.publisher_process import PublisherProcess
from plaudit.vote.requests import keep_importing
from plaudit.web.app import CONNECTIONS_MOST, App
from plaudit.web.connection import HEADERS_SECONDS, WRITE_SECONDS, Connection
from plaudit.web.options import listen_address, public_origin
from plaudit.web.sessions import Sessions

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

    from plaudit.rulebook.season import Season

resource: Any
try:
    resource = import_module("resource")
except ImportError:  # Windows, which has no such limit
    resource = None
try:
    from uvloop import run as run_loop
except ImportError:  # it is not made for Windows; Python's own loop is slower
    from asyncio import run as run_loop

__all__ = ["serve"]

GARBAGE: Final = (50_000, 20, 20)
"""After how many new objects Python looks for rings among them; a ballot leaves none."""
SWITCH_SECONDS: Final = 0.0001
"""How long Python lets a thread go on while another one waits; its own 5 ms are longer than most disks take to sync."""
QUEUE_MOST: Final = 4_096
"""Connections that wait to be taken."""
SEND_BUFFER_BYTES: Final = 131_072
"""How much the system keeps for a client that does not read; its own choice is megabytes."""
OTHER_FILES: Final = 1_024
"""Files that are no client's connection."""
LAST_SECONDS: Final = 5
"""How long requests in flight have to end once the server is told to stop."""
ENDS_SECONDS: Final = 25
"""Whatever hangs, a server that was told to stop has ended by then."""


def serve(
    season: Season,
    *,
    address: str = "127.0.0.1",
    port: int = 8710,
    public_url: str = "",
    trusted_proxies: Collection[str] = (),
    at_least: Collection[str] = (),
    marker: Path | None = None,
    on_progress: Callable[[str, LiveVote], None] = lambda _url, _vote: None,
) -> None:
    """Serve a season's opened vote until SIGTERM or SIGINT.

    Parameters
    ----------
    port : 0 takes a free one
    public_url : scheme, host and port that voters see; the address itself where none is given
    at_least, marker : as for `LiveVote`
    trusted_proxies : addresses and networks whose X-Forwarded-For is believed
    on_progress : is called with the public address once the server answers

    Raises
    ------
    AskError : an address, network or public address is none.
    OutOfTurn : the port is taken, or LiveVote refuses to start.
    """
    assert season.live is not None
    listen_address(address)
    public_url = public_origin(public_url) if public_url else ""
    connections, last_resort = _connections_most(), _last_resort()
    with (
        LiveVote(season, publisher=PublisherProcess, at_least=tuple(at_least), marker=marker) as vote,
        _listening(address, port) as listening,
    ):
        host = f"[{address}]" if ":" in address else address
        public_url = public_url or f"http://{host}:{listening.getsockname()[1]}"
        gc.freeze()  # what was made until now stays; looking through it again and again held ballots up
        gc.set_threshold(*GARBAGE)
        sys.setswitchinterval(SWITCH_SECONDS)
        sessions = Sessions(
            session_key(season.folder),
            season.edition,
            season.live.session_minutes,
            is_secure=public_url.startswith("https:"),
        )
        app = App(vote, sessions, public_url=public_url, trusted_proxies=trusted_proxies, connections=connections)
        config = uvicorn.Config(
            app,
            http=Connection,
            ws="none",
            lifespan="off",
            interface="asgi3",
            proxy_headers=False,
            server_header=False,
            access_log=False,
            log_config=None,
            log_level=logging.CRITICAL,
            timeout_keep_alive=HEADERS_SECONDS,
            timeout_graceful_shutdown=LAST_SECONDS,
        )
        server = uvicorn.Server(config)
        with closing(app):
            run_loop(_served(vote, app, server, listening, lambda: on_progress(public_url, vote), last_resort.start))
    last_resort.cancel()
    gc.unfreeze()  # else libraries report what is never freed as leaks


async def _served(
    vote: LiveVote,
    app: App,
    server: uvicorn.Server,
    listening: socket.socket,
    on_progress: Callable[[], None],
    ending: Callable[[], None],
) -> None:
    """Serve until told to stop, then let what is in flight end, and publish."""
    stopping = asyncio.Event()
    _on_signal(stopping)
    server.config.load()
    server.lifespan = server.config.lifespan_class(server.config)
    await server.startup(sockets=[listening])
    serving = asyncio.create_task(server.main_loop())
    tending = [
        asyncio.create_task(one) for one in (vote.keep_publishing(), keep_importing(vote), app.feed.keep_looking())
    ]
    on_progress()
    told = asyncio.create_task(stopping.wait())
    await asyncio.wait([told, serving, *tending], return_when=asyncio.FIRST_COMPLETED)
    ending()
    vote.hurry()
    app.feed.stop()
    server.should_exit = True
    await server.shutdown(sockets=[listening])
    await serving
    async with vote.publishing:  # else a publishing that is cancelled goes on in its thread, beside the last one
        for task in (told, *tending):
            task.cancel()
        ended = await asyncio.gather(told, *tending, return_exceptions=True)
        vote.hurry()
        await asyncio.to_thread(_publish, vote)
    for one in ended:
        if isinstance(one, Exception):
            raise one


def _on_signal(stopping: asyncio.Event) -> None:
    """Set the event when the process is told to end."""
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        try:
            loop.add_signal_handler(name, stopping.set)
        except NotImplementedError:  # as on Windows
            signal.signal(name, lambda *_: loop.call_soon_threadsafe(stopping.set))


def _last_resort() -> threading.Timer:
    """Give what ends the process however its threads hang; what was acknowledged is in the ballot store."""

    def end() -> None:
        sys.stderr.write(f"the server hangs and is ended after {ENDS_SECONDS} s; the ballot store holds every ballot\n")
        sys.stderr.flush()
        os._exit(VoteUnavailable.exit_code)

    last = threading.Timer(ENDS_SECONDS, end)
    last.daemon = True
    return last


def _publish(vote: LiveVote) -> None:
    try:
        try:
            vote.publish()
        except VoteUnavailable:
            vote.publish()  # by the process that took the place of one that ended or hung
    except (OSError, sqlite3.Error) as error:
        raise VoteUnavailable(
            f"the log is not brought up to the ballots: {error}",
            "repair the disk and serve again; every ballot that was answered is in vote/ballots.sqlite",
        ) from error


def _listening(address: str, port: int) -> socket.socket:
    """Give a socket that listens."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listening = socket.socket(family)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)  # connections inherit both
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, WRITE_SECONDS * 1_000)
        listening.bind((address, port))
        listening.listen(QUEUE_MOST)
    except OSError as error:
        listening.close()
        raise OutOfTurn(
            f"cannot listen on {address} port {port}: {error.strerror}", "choose another with --port", port=port
        ) from None
    return listening


def _connections_most() -> int:
    """Let every connection have its file descriptor, as far as the system allows, and give how many that are."""
    if resource is None:
        return CONNECTIONS_MOST
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS_MOST + OTHER_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    if soft == resource.RLIM_INFINITY:
        return CONNECTIONS_MOST
    return int(min(CONNECTIONS_MOST, max(soft - OTHER_FILES, soft // 2)))
