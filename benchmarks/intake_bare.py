"""The bare server: it reads the same request and answers as long a text, and stores nothing.

    python benchmarks/intake_bare.py 8000

The plainest server that Python and the same parser make: no server in Python that
keeps ballots can be faster than this one.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime
from itertools import count
from typing import Annotated, cast

import msgspec
import uvloop
from httptools import HttpRequestParser

__all__ = ["Connection"]

RECEIPT = "r" * 800  # about as long as a receipt with the path to a commit of 256 ballots
LEAVES = count()


class Ballot(msgspec.Struct, forbid_unknown_fields=True):
    """What is sent."""

    nominee: Annotated[str, msgspec.Meta(max_length=64)]
    key: Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9_-]{8,64}$")]
    votes: Annotated[int, msgspec.Meta(ge=1)] = 1


class Answer(msgspec.Struct):
    """What is answered."""

    leaf: int
    nominee: str
    votes: int
    cast_at: datetime
    left: int
    receipt: str
    is_replay: bool = False


READ = msgspec.json.Decoder(Ballot)
WRITE = msgspec.json.Encoder()


class Connection(asyncio.Protocol):
    """One client."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to parse."""
        self._transport = cast(asyncio.Transport, transport)
        self._parser = HttpRequestParser(self)
        self._body = b""
        self._has_session = False

    def data_received(self, data: bytes) -> None:
        """Parse what came."""
        self._parser.feed_data(data)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Look whether a session is sent."""
        if name.lower() == b"authorization":
            self._has_session = value.startswith(b"Bearer ")

    def on_body(self, body: bytes) -> None:
        """Hear a piece of the body."""
        self._body += body

    def on_message_complete(self) -> None:
        """Answer."""
        ballot = READ.decode(self._body)
        answer = Answer(next(LEAVES), ballot.nominee, ballot.votes, datetime.now(UTC), 99, RECEIPT)
        body, self._body = WRITE.encode(answer), b""
        status = b"201 Created" if self._has_session else b"401 Unauthorized"
        head = b"HTTP/1.1 %b\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % (status, len(body))
        self._transport.write(head + body)


async def serve(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Connection, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1])))
