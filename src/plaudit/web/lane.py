"""The short way of a ballot: one request that came in one piece is judged and answered without a task of its own.

A voter's client sends a ballot's head and body at once, and a vote has little
other traffic that must be fast. So a connection looks at what came: a whole,
plain request to cast a ballot goes this way, and all else the server's usual
one, where the same endpoint judges ballots by the same rules. The parser is the
server's own; nothing here decides what is well-formed.
"""

from __future__ import annotations

from typing import Final

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser
from msgspec import Struct

from plaudit.web.targets import is_host

__all__ = ["HEADERS_MOST", "Lane", "Plain"]

HEADERS_MOST: Final = 100
"""The most headers of a request, by either way."""

_MOST: Final = 16_384
"""The most bytes of head and body together; a longer request goes the usual way."""
_UNUSUAL: Final = frozenset({b"expect", b"transfer-encoding", b"upgrade"})
"""Requests with these go the usual way, and so do those in which a header comes twice."""


class Plain(Struct):
    """A request that came whole.

    headers : by name in lower case
    """

    headers: dict[bytes, bytes]
    body: bytes

    def header(self, name: str) -> str:
        """Give a header by its name in lower case, empty where there is none."""
        return self.headers.get(name.encode(), b"").decode("latin-1")


class ParsedRequest:
    """What the parser tells of one request; headers by the names as they were sent."""

    def __init__(self) -> None:
        self.headers: dict[bytes, bytes] = {}
        self.on_header = self.headers.__setitem__
        self.pieces: list[bytes] = []
        self.on_body = self.pieces.append
        self.ended = 0

    def on_message_complete(self) -> None:
        self.ended += 1

    def forget(self) -> None:
        self.headers.clear()
        self.pieces.clear()
        self.ended = 0


class Lane:
    """What tells a plain request to cast a ballot from all others.

    Parameters
    ----------
    path : of the endpoint
    most : bytes of a ballot's body
    """

    def __init__(self, path: str, most: int) -> None:
        self._line = f"POST {path} HTTP/1.1\r\n".encode()
        self._most = most
        self._begin()

    def read(self, data: bytes) -> Plain | None:
        r"""Give the request if that is all the data is: one, whole, plain, and with others to follow it.

        Examples
        --------
        >>> lane = Lane("/v1/2018/ballots", 4_096)
        >>> head = b"POST /v1/2018/ballots HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n"
        >>> lane.read(head + b"\r\n{}").body
        b'{}'
        >>> lane.read(head + b"\r\n{") is None, lane.read(head + b"connection: close\r\n\r\n{}") is None
        (True, True)
        """
        if not data.startswith(self._line) or len(data) > _MOST:
            return None
        found = self._heard(data)
        if found is None:
            self._begin()  # the parser waits for the rest of what it was given, or has failed
        return found

    def _begin(self) -> None:
        self._request = ParsedRequest()
        self._parser = HttpRequestParser(self._request)  # for one request after the other, of whatever connection

    def _heard(self, data: bytes) -> Plain | None:
        request = self._request
        request.forget()
        try:
            self._parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade):
            return None
        headers = {name.lower(): value for name, value in request.headers.items()}
        body = b"".join(request.pieces)
        head = data.find(b"\r\n\r\n")
        if request.ended != 1 or len(data) != head + 4 + len(body):
            return None  # a part of one, or more than one
        lines = data.count(b"\r\n", 0, head)
        if len(headers) != lines or lines > HEADERS_MOST or not is_host(headers.get(b"host", b"")):
            return None  # fewer headers than lines, where one comes twice
        if len(body) > self._most or b"content-length" not in headers:
            return None
        is_last = headers.get(b"connection", b"keep-alive").lower() != b"keep-alive"
        return None if is_last or not _UNUSUAL.isdisjoint(headers) else Plain(headers, body)
