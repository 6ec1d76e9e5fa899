"""One client's connection: the server's own protocol, with ballots by the short way and limits on waiting.

A request to cast a ballot that came in one piece is answered here, straight from
the commit that made it durable: no task, no queue between threads. Everything else
is uvicorn's, which hands it to the application.

Nobody is waited for without end: neither who is slow to ask, nor who is slow to
take what was answered.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from plaudit.web.lane import HEADERS_MOST
from plaudit.web.limits import network
from plaudit.web.problems import plain

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Iterable

    from plaudit.web.app import App
    from plaudit.web.problems import Answer

    Line = tuple[bytes, bytes]

__all__ = ["HEADERS_SECONDS", "HEAD_BYTES_MOST", "WRITE_SECONDS", "Connection"]

HEADERS_SECONDS: Final = 10
"""How long a request's headers may take, and how long a connection may idle."""
HEAD_BYTES_MOST: Final = 65_536
"""The most bytes of a request's line and headers."""
WRITE_SECONDS: Final = 20
"""How long a client may leave unread what was written to it."""
_HELD_MOST: Final = 65_536
_LOOK_SECONDS: Final = 5
_FULL: Final = "the server's connections are taken, or this network's share of them"
_FULL_SECONDS: Final = 5
_LONG: Final = f"more than {HEADERS_MOST} headers, or {HEAD_BYTES_MOST:,} bytes of them"


class _Flow(FlowControl):
    """uvicorn's, which asks a transport that is gone for nothing."""

    def resume_reading(self) -> None:
        if not self._transport.is_closing():
            super().resume_reading()


class Connection(HttpToolsProtocol):
    """A connection of uvicorn's on an `App`."""

    app: App

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._waits_since: float | None = None  # None while a request is being answered
        self._is_within = False  # between a request's first byte and its last one
        self._head_bytes = 0
        self._is_casting = False
        self._is_leaving = False
        self._held = b""  # what came while a ballot was being made durable
        self._guard: asyncio.TimerHandle | None = None
        self._owes_since: float | None = None  # None while the client has taken all that was written
        self._running: RequestResponseCycle | None = None
        self._network: bytes | None = None
        self._has_place = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request, if there is a place for the client."""
        super().connection_made(transport)
        self.flow = _Flow(transport)
        self._waits_since = self.loop.time()
        self._guard = self.loop.call_later(_LOOK_SECONDS, self._look)
        address = self.client[0] if self.client else ""
        self._network = None if self.app.proxies.is_trusted(address) else network(address)
        self._has_place = self.app.connections.take(self._network)
        if not self._has_place:
            self._refuse(503, _FULL, {"retry-after": str(_FULL_SECONDS)})

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting; a ballot that is being made durable stands."""
        if self._guard is not None:
            self._guard.cancel()
        if self._has_place:
            self._has_place = False
            self.app.connections.give(self._network)
        if self._running is not None and not self._running.response_complete:
            self._running.disconnected = True  # uvicorn tells the last request alone
            self._running.message_event.set()
        super().connection_lost(exc)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._running = cycle
        super()._start_asgi_task(cycle, app)

    def _look(self) -> None:
        """Hang up on who has kept the server waiting, and look again."""
        now, since = self.loop.time(), self._waits_since
        if self._is_stuck(now):
            self.transport.abort()
            return
        left = _LOOK_SECONDS if since is None else since + HEADERS_SECONDS - now
        if left <= 0:
            self.transport.close()  # once what was written is taken; else the next looks find it stuck
            left = _LOOK_SECONDS
        self._guard = self.loop.call_later(min(left, _LOOK_SECONDS), self._look)

    def _is_stuck(self, now: float) -> bool:
        """Say whether the client has left something unread all the time that it is given."""
        if not self.transport.get_write_buffer_size():
            self._owes_since = None
            return False
        if self._owes_since is None:
            self._owes_since = now
        return now - self._owes_since >= WRITE_SECONDS

    def data_received(self, data: bytes) -> None:
        """Send what came the short way or the usual one."""
        if self._is_casting:
            self._held += data
            if len(self._held) > _HELD_MOST:
                self.flow.pause_reading()
            return
        if self._is_free():
            request = self.app.lane.read(data)
            if request is not None:
                self._unset_keepalive_if_required()
                self._waits_since, self._is_casting = None, True
                address = self.client[0] if self.client else ""
                self.app.cast(request, address, self._answered, self.loop)
                return
        if self._waits_since is not None:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._waits_since is not None and self._head_bytes > HEAD_BYTES_MOST:
            self._refuse(431, _LONG)

    def _is_free(self) -> bool:
        is_idle = self.cycle is None or self.cycle.response_complete
        return is_idle and not self._is_within and not self.flow.write_paused and not self.transport.is_closing()

    def _answered(self, answer: Answer) -> None:
        self._is_casting = False
        if self.transport.is_closing():
            return
        self.transport.write(self._bytes_of(answer))
        self._rest()
        if self._is_leaving:
            self.transport.close()
        elif self._held:
            held, self._held = self._held, b""
            self.flow.resume_reading()
            self.data_received(held)

    def _bytes_of(self, answer: Answer) -> bytes:
        status, headers, body = answer
        always = self.app.lines(self.server_state.default_headers)
        told = _lines(tuple(headers.items()))
        return b"%b%b%bcontent-length: %d\r\n\r\n%b" % (STATUS_LINE[status], always, told, len(body), body)

    def _rest(self) -> None:
        self._waits_since, self._head_bytes = self.loop.time(), 0

    def _refuse(self, status: int, detail: str, more: dict[str, str] | None = None) -> None:
        if self.transport.is_closing():
            return
        code, headers, body = plain(status, detail)
        self.transport.write(self._bytes_of((code, {**headers, **(more or {}), "connection": "close"}, body)))
        self.transport.close()

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP, in the words of every other refusal."""
        self._refuse(400, msg)

    def on_message_begin(self) -> None:
        """Hear that a request begins."""
        self._is_within = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Stop waiting: the request is known."""
        self._waits_since, self._head_bytes = None, 0
        if len(self.headers) > HEADERS_MOST or len(self.url) + _size(self.headers) > HEAD_BYTES_MOST:
            self._refuse(431, _LONG)
            raise ValueError(_LONG)  # to the parser, which stops
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Hear that nothing of the request is to come."""
        self._is_within = False
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Begin to wait for the next request."""
        self._rest()
        super().on_response_complete()

    def shutdown(self) -> None:
        """End after what is being answered."""
        if self._is_casting:
            self._is_leaving = True
        else:
            super().shutdown()


@lru_cache
def _lines(headers: tuple[tuple[str, str], ...]) -> bytes:
    """Give an answer's own headers; nearly all answers have the same ones."""
    return b"".join(b"%b: %b\r\n" % (name.encode(), value.encode()) for name, value in headers)


def _size(headers: Iterable[Line]) -> int:
    return sum(len(name) + len(value) for name, value in headers)
