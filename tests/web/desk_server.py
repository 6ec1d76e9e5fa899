"""The endpoints of signing in on a real server, in this process and on a port of its own."""

from __future__ import annotations

import asyncio
import secrets
import socket
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx
import uvicorn
from litestar import Litestar

from plaudit.rulebook.season import Season, read_season
from plaudit.vote.keys import session_key
from plaudit.vote.live import LiveVote
from plaudit.vote.open_vote import open_vote
from plaudit.web.limits import Limits
from plaudit.web.problems import handlers
from plaudit.web.sessions import Sessions
from plaudit.web.sign_in import routes, season_mailer
from tests.vote.seasons import NOMINEES, open_now

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["EDITION", "free_port", "running_desk", "sign_in_season"]

EDITION = "/v1/2026"
_RULE = "season.toml [vote.live] sign_ins_per_minute"


def sign_in_season(folder: Path, live: str = "", **keys: str) -> Season:
    """Write a season that is open now; `keys` replace those of [vote.live], `live` adds tables to it."""
    season = open_now(folder, live=live)
    text = (folder / "season.toml").read_text("utf-8")
    for key, value in keys.items():
        lines = [f"{key} = {value}" if line.startswith(f"{key} =") else line for line in text.splitlines()]
        assert f"{key} = {value}" in lines
        text = "\n".join(lines)
    (folder / "season.toml").write_text(text, "utf-8")
    return read_season(season.folder)


def free_port() -> int:
    """Give a port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def running_desk(season: Season, *, port: int = 0, public_url: str = "") -> Iterator[str]:
    """Serve a season's sign-in and give the address of its edition."""
    assert season.live is not None
    port = port or free_port()
    address = f"http://127.0.0.1:{port}"
    open_vote(season, NOMINEES)
    with LiveVote(season) as vote:
        is_secure = public_url.startswith("https:")
        sessions = Sessions(
            session_key(season.folder), season.edition, season.live.session_minutes, is_secure=is_secure
        )
        limits = Limits(secrets.token_bytes(32), season.live.sign_ins_per_minute, _RULE)
        mailer = season_mailer(vote)
        found = routes(vote, sessions, limits, public_url or address, mailer)
        app = Litestar(found, exception_handlers=handlers(), openapi_config=None, logging_config=None)
        try:
            with _served(app, port):
                yield address + EDITION
        finally:
            if mailer is not None:
                mailer.close()


@contextmanager
def _served(app: Litestar, port: int) -> Iterator[None]:
    server = uvicorn.Server(uvicorn.Config(app, port=port, lifespan="off", ws="none", log_config=None))
    thread = threading.Thread(target=asyncio.run, args=(server.serve(),))
    thread.start()
    try:
        _wait_for(f"http://127.0.0.1:{port}/")
        yield
    finally:
        server.should_exit = True
        thread.join(timeout=20)
        assert not thread.is_alive()


def _wait_for(address: str) -> None:
    for _ in range(200):
        try:
            httpx.get(address, timeout=1)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"{address} does not answer")
