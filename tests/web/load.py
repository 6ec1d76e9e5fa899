"""Raw HTTP/1.1 over asyncio: for many connections at once, and for requests that no client library sends."""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from plaudit.vote.keys import session_key
from plaudit.web.sessions import Sessions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from plaudit.rulebook.season import Season

__all__ = ["Answer", "Connection", "request", "session"]


class Answer(NamedTuple):
    """A whole answer; of a header that came more than once, the values joined by commas."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class Connection:
    """One connection to a server, opened when it is first used."""

    def __init__(self, url: str) -> None:
        self._host, self._port = urlsplit(url).hostname, urlsplit(url).port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def send(self, data: bytes, *, is_last: bool = False) -> None:
        """Send bytes as they are; after the last ones the server still can answer."""
        if self._streams is None:
            self._streams = await asyncio.open_connection(self._host, self._port)
        self._streams[1].write(data)
        await self._streams[1].drain()
        if is_last:
            self._streams[1].write_eof()

    async def answer(self, method: str = "GET") -> Answer:
        """Read one answer.

        Raises
        ------
        ConnectionError : the server hung up before the answer was whole.
        """
        assert self._streams is not None
        reader = self._streams[0]
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            status_line, *lines = head.rstrip("\r\n").split("\r\n")
            headers: dict[str, str] = {}
            for name, _, value in (line.partition(":") for line in lines):
                known = headers.get(name.lower())
                headers[name.lower()] = value.strip() if known is None else f"{known}, {value.strip()}"
            length = 0 if method == "HEAD" else int(headers.get("content-length", "0"))
            return Answer(int(status_line.split()[1]), headers, await reader.readexactly(length))
        except asyncio.IncompleteReadError:
            raise ConnectionError("the server hung up") from None

    async def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
        """Send a request and read its answer; underscores in header names stand for hyphens."""
        await self.send(request(method, path, body, {name.replace("_", "-"): text for name, text in headers.items()}))
        return await self.answer(method)

    async def is_ended(self) -> bool:
        """Say whether the server has hung up, and everything it sent was read."""
        assert self._streams is not None
        try:
            async with asyncio.timeout(0.01):
                return await self._streams[0].read(1) == b""
        except TimeoutError:
            return False
        except ConnectionError:
            return True

    async def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            with suppress(ConnectionError):
                await self._streams[1].wait_closed()
            self._streams = None


def request(method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> bytes:
    """Give a request's bytes."""
    lines = [f"{method} {path} HTTP/1.1", "host: vote.test"]
    lines += [f"{name}: {text}" for name, text in (headers or {}).items()]
    if body or method == "POST":
        lines.append(f"content-length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def session(season: Season, voter: int, minutes: int = 60, edition: str = "") -> str:
    """Give a session as the server would, by the season's own key."""
    sessions = Sessions(session_key(season.folder), edition or season.edition, minutes)
    return sessions.issue(voter, "guest", int(time.time()))
