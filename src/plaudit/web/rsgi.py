"""The server's own interface, RSGI, and an ASGI application behind it.

RSGI hands over a request in one piece and takes an answer in one call; it costs
a ballot a third less than ASGI. Litestar speaks ASGI, so everything else is
translated here.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Self
from typing import Protocol as Shape
from urllib.parse import unquote

from granian.rsgi import ProtocolClosed  # type: ignore[attr-defined]

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Message = dict[str, Any]
    Application = Callable[
        [Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]
    ]
    Headers = list[tuple[str, str]]

__all__ = ["BodyRefused", "Protocol", "Scope", "through", "whole_body"]


class _RequestHeaders(Shape):
    def get(self, name: str, default: str) -> str: ...

    def get_all(self, name: str) -> list[str]: ...

    def items(self) -> list[tuple[str, str]]: ...


class Scope(Shape):
    """A request without its body."""

    method: str
    path: str
    query_string: str
    scheme: str
    client: str
    http_version: str

    @property
    def headers(self) -> _RequestHeaders:
        """The headers, by names in lower case."""


class _Stream(Shape):
    def send_bytes(self, data: bytes) -> Awaitable[None]: ...


class Protocol(Shape):
    """A request's body, and the way to answer."""

    def __call__(self) -> Awaitable[bytes]:
        """Give the whole body; ProtocolClosed where the client is gone before its end."""

    def client_disconnect(self) -> Awaitable[None]:
        """Wait until the client is gone."""

    def response_bytes(self, status: int, headers: Headers, body: bytes) -> None:
        """Answer whole."""

    def response_stream(self, status: int, headers: Headers) -> _Stream:
        """Answer piece by piece."""


class _InTime:
    """A span of time after which what waits in it is given up; a timer costs less than asyncio.timeout does."""

    __slots__ = ("_loop", "_seconds", "_task", "_timer", "is_late")

    def __init__(self, seconds: float, loop: asyncio.AbstractEventLoop | None = None) -> None:
        self._seconds = seconds
        self._loop = loop or asyncio.get_running_loop()
        self.is_late = False

    def __enter__(self) -> Self:
        self._task = asyncio.current_task(self._loop)
        self._timer = self._loop.call_later(self._seconds, self._stop)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> bool:
        self._timer.cancel()
        return self.is_late and kind is asyncio.CancelledError

    def _stop(self) -> None:
        self.is_late = True
        if self._task is not None:
            self._task.cancel()


class BodyRefused(Exception):
    """A body that is not read, or was not sent to its end; the connection is closed."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


async def whole_body(
    scope: Scope, protocol: Protocol, *, most: int, seconds: float, loop: asyncio.AbstractEventLoop | None = None
) -> bytes:
    """Give a request's body, which must say how long it is, be short, and arrive whole and in time.

    Raises
    ------
    BodyRefused : 400, 408, 411 or 413.
    """
    declared = scope.headers.get("content-length", "")
    if not declared.isdigit():
        if scope.headers.get("transfer-encoding", ""):
            raise BodyRefused(411, "the request does not say how long its body is")
        return b""
    length = int(declared)
    if length > most:
        raise BodyRefused(413, f"a body of {length:,} bytes; {most:,} are taken")
    body: bytes | None = None
    with _InTime(seconds, loop) as clock:
        try:
            body = await protocol() if length else b""
        except ProtocolClosed:
            body = None
    if clock.is_late:
        raise BodyRefused(408, f"the request's body did not arrive within {seconds:g} s")
    if body is None or len(body) != length:
        raise BodyRefused(400, "the connection ended before the body did")
    return body


async def through(application: Application, scope: Scope, protocol: Protocol, body: bytes, client: str) -> None:
    """Let an ASGI application answer a request whose body was read."""
    exchange = _Exchange(protocol, body)
    asked: Message = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": scope.http_version,
        "method": scope.method,
        "scheme": scope.scheme,
        "path": unquote(scope.path),
        "raw_path": scope.path.encode("latin-1", "replace"),
        "root_path": "",
        "query_string": scope.query_string.encode("latin-1", "replace"),
        "headers": [(name.encode("latin-1"), value.encode()) for name, value in scope.headers.items()],
        "client": (client, 0),
        "server": None,
        "state": {},
    }
    await application(asked, exchange.receive, exchange.send)


class _Exchange:
    """One request and its answer, in ASGI's messages."""

    def __init__(self, protocol: Protocol, body: bytes) -> None:
        self._protocol = protocol
        self._body: bytes | None = body
        self._status = 0
        self._headers: Headers = []
        self._stream: _Stream | None = None
        self._answered = asyncio.Event()

    async def receive(self) -> Message:
        """Give the body; after it, wait until all is answered or the client gone."""
        if self._body is not None:
            body, self._body = self._body, None
            return {"type": "http.request", "body": body, "more_body": False}
        ends = [asyncio.ensure_future(end) for end in (self._protocol.client_disconnect(), self._answered.wait())]
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        for end in ends:
            end.cancel()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """Answer; what is sent to a client that is gone goes nowhere."""
        if message["type"] == "http.response.start":
            self._status = message["status"]
            self._headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in message["headers"]]
            return
        body, is_last = message.get("body", b""), not message.get("more_body")
        if is_last:
            self._answered.set()
        if self._stream is None:
            if is_last:
                self._protocol.response_bytes(self._status, self._headers, body)
                return
            self._stream = self._protocol.response_stream(self._status, self._headers)
        if body:
            try:
                await self._stream.send_bytes(body)
            except ProtocolClosed:
                return
