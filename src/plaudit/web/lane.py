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

__all__ = ["Lane", "Plain"]

_MOST: Final = 16_384
"""The most bytes of head and body together; a longer request goes the usual way."""
_UNUSUAL: Final = frozenset({b"expect", b"transfer-encoding", b"upgrade"})
"""Requests with these go the usual way, and so do those in which a header comes twice."""


class Plain:
    """A request that came whole.

    headers : by name in lower case
    """

    __slots__ = ("body", "ended", "headers", "on_body", "on_header", "pieces")

    def __init__(self) -> None:
        self.headers: dict[bytes, bytes] = {}
        self.on_header = self.headers.__setitem__  # by the names as they were sent, until `settle`
        self.pieces: list[bytes] = []
        self.on_body = self.pieces.append
        self.body = b""
        self.ended = 0

    def header(self, name: str) -> str:
        """Give a header by its name in lower case, empty where there is none."""
        return self.headers.get(name.encode(), b"").decode("latin-1")

    def settle(self) -> None:
        """Put the headers' names into lower case, and the body together."""
        self.headers = {name.lower(): value for name, value in self.headers.items()}
        self.body = b"".join(self.pieces)

    def on_message_complete(self) -> None:
        """Hear from the parser that the request is whole."""
        self.ended += 1


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
        found = Plain()
        parser = HttpRequestParser(found)
        try:
            parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade):
            return None
        found.settle()
        head = data.find(b"\r\n\r\n")
        if found.ended != 1 or len(data) != head + 4 + len(found.body):
            return None  # a part of one, or more than one
        lines = data.count(b"\r\n", 0, head)
        if len(found.headers) != lines or len(found.body) > self._most or b"content-length" not in found.headers:
            return None  # fewer headers than lines, where one comes twice
        is_last = found.headers.get(b"connection", b"keep-alive").lower() != b"keep-alive"
        return None if is_last or not _UNUSUAL.isdisjoint(found.headers) else found
