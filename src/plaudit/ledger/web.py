"""One exchange with a web server that nobody needs to trust: bounded in time, in bytes and in where it leads."""

from __future__ import annotations

import socket
import ssl
import threading
import urllib.error
import urllib.request
import zlib
from contextlib import suppress
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import IO, TYPE_CHECKING, Any, Final, Self
from urllib.parse import SplitResult, urlsplit

from plaudit.base.errors import SourceUnavailable

if TYPE_CHECKING:
    from email.message import Message

__all__ = ["Answer", "exchange", "refuse_no_address"]

_REFUSAL_BYTES: Final = 1 << 12
"""So much of an answer that is an error is read."""


class Answer:
    """What a server answered.

    Attributes
    ----------
    status : 200, or an error's
    kind : the content's type, as the server says
    data : the body; of an error its first 4 KiB
    """

    def __init__(self, status: int, reason: str, kind: str, data: bytes) -> None:
        self.status = status
        self.reason = reason
        self.kind = kind
        self.data = data


def exchange(
    url: str,
    *,
    timeout_seconds: float,
    most_bytes: int,
    body: bytes | None = None,
    context: ssl.SSLContext | None = None,
) -> Answer:
    """Ask a server once, and give what it answered, errors too.

    A redirect is followed if it leads to the same host, by the same scheme or from http to https: an address that
    somebody else's server names may lie in a network that only the reader can reach. What was posted is not sent on.

    Parameters
    ----------
    timeout_seconds : for all of it: connections, redirects, headers, body
    body : is posted; without one, the address is read

    Raises
    ------
    SourceUnavailable : the server is late, redirects elsewhere, or sends more than is asked for.
    """
    refuse_no_address(url)
    headers = {"Accept-Encoding": "gzip, identity", "User-Agent": "plaudit"}
    if body is not None:
        headers["Content-Type"] = "text/plain; charset=utf-8"
    asked = urllib.request.Request(url, body, headers)  # noqa: S310 - http or https
    try:
        with _Deadline(timeout_seconds) as deadline:
            return _answer(asked, deadline, timeout_seconds, most_bytes, context or ssl.create_default_context())
    except (OSError, HTTPException, zlib.error, ValueError) as failed:
        raise SourceUnavailable(f"{url} cannot be read: {failed}", "check the address, or try later", url=url) from None


def refuse_no_address(url: str) -> None:
    """Refuse what is none of http or https, or cannot be an address.

    Raises
    ------
    SourceUnavailable : says so.
    """
    try:
        parts = urlsplit(url)
        is_address = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # half of an IPv6 address, or a port that is no number
        is_address = False
    if not is_address:
        raise SourceUnavailable(f"{url!r} is not a web address", "it looks like: https://vote.example.org/log", url=url)


def _answer(
    asked: urllib.request.Request,
    deadline: _Deadline,
    timeout_seconds: float,
    most_bytes: int,
    context: ssl.SSLContext,
) -> Answer:
    opener = urllib.request.build_opener(_SameHost, _Http(deadline), _Https(deadline, context))
    try:
        with opener.open(asked, timeout=timeout_seconds) as given:
            data = _bounded(given, most_bytes)
            deadline.refuse_late()  # a connection that was ended looks like the end of an answer
            plain = _unzipped(data, most_bytes) if given.headers.get("Content-Encoding") == "gzip" else data
            return Answer(given.status, given.reason, given.headers.get("Content-Type", ""), plain)
    except urllib.error.HTTPError as refused:
        with refused:
            data = refused.read1(_REFUSAL_BYTES) if asked.data is not None and refused.fp is not None else b""
            deadline.refuse_late()
            return Answer(refused.code, str(refused.reason), refused.headers.get("Content-Type", ""), data)


class _Deadline:
    """Ends the connections of one exchange after so many seconds, whatever they are at.

    A server may send a byte now and then for ever, in its headers too, which no timeout of a socket ends.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._connections: list[socket.socket] = []
        self._lock = threading.Lock()
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True
        self._is_over = False

    def connect(self, *given: Any, **more: Any) -> socket.socket:
        """Connect; the connection ends in time."""
        made = socket.create_connection(*given, **more)
        with self._lock:
            self._connections.append(made.dup())  # TLS takes the other one over
        if self._is_over:
            self._end()
        return made

    def refuse_late(self) -> None:
        """Refuse what came once the time was over."""
        if self._is_over:
            raise TimeoutError(f"too slow: not read within {self._seconds:g} s")

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._timer.cancel()
        with self._lock:
            for connection in self._connections:
                connection.close()
            self._connections.clear()
        if kind is not None and issubclass(kind, Exception):
            self.refuse_late()

    def _end(self) -> None:
        self._is_over = True
        with self._lock:
            for connection in self._connections:
                with suppress(OSError):  # it ended by itself
                    connection.shutdown(socket.SHUT_RDWR)


class _Http(urllib.request.HTTPHandler):
    """Plain connections that end in time."""

    def __init__(self, deadline: _Deadline) -> None:
        super().__init__()
        self._deadline = deadline

    def http_open(self, req: urllib.request.Request) -> Any:
        """Open a connection."""
        return self.do_open(partial(_dated, HTTPConnection, self._deadline), req)


class _Https(urllib.request.HTTPSHandler):
    """TLS connections that end in time, the handshake included."""

    def __init__(self, deadline: _Deadline, context: ssl.SSLContext) -> None:
        super().__init__(context=context)
        self._deadline = deadline
        self._ours = context

    def https_open(self, req: urllib.request.Request) -> Any:
        """Open a connection."""
        return self.do_open(partial(_dated, HTTPSConnection, self._deadline, context=self._ours), req)


def _dated(kind: type[HTTPConnection], deadline: _Deadline, *given: Any, **more: Any) -> HTTPConnection:
    connection = kind(*given, **more)
    connection._create_connection = deadline.connect  # type: ignore[attr-defined]
    return connection


class _SameHost(urllib.request.HTTPRedirectHandler):
    """Follow redirects on one host alone, and never to files or other protocols."""

    max_redirections = 5

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> urllib.request.Request | None:
        refuse_no_address(newurl)
        if req.data is not None:
            raise SourceUnavailable(
                f"{req.full_url} redirects to {newurl}", "give that address yourself, if you trust it", url=newurl
            )
        here, there = urlsplit(req.full_url), urlsplit(newurl)
        is_safer = here.scheme == "http" and there.scheme == "https"
        if here.hostname != there.hostname or not (_port(here) == _port(there) or is_safer):
            raise SourceUnavailable(
                f"{req.full_url} redirects to another host, {newurl}",
                "give that address yourself, if you trust it",
                url=newurl,
            )
        return super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type]


def _port(address: SplitResult) -> int:
    return address.port or {"http": 80, "https": 443}[address.scheme]


def _bounded(answer: IO[bytes], most_bytes: int) -> bytes:
    """Read an answer; a server that sends without end is left."""
    data = bytearray()
    while piece := answer.read1(1 << 16):  # type: ignore[attr-defined]
        data += piece
        if len(data) > most_bytes:
            raise ValueError(f"more than {most_bytes} bytes")
    if getattr(answer, "length", None):  # what the server announced and did not send; `read1` says nothing
        raise ValueError(f"cut off after {len(data)} bytes")
    return bytes(data)


def _unzipped(data: bytes, most_bytes: int) -> bytes:
    opened = zlib.decompressobj(31)
    plain = opened.decompress(data, most_bytes)
    if not opened.eof or opened.unused_data:
        raise ValueError("its gzip stream is cut off, or too long")
    return plain
