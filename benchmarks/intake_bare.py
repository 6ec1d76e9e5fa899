"""The bare server: it reads the same request and answers as long a text, and stores nothing.

    granian --interface asgi --loop uvloop intake_bare:app

No server in Python that keeps ballots can be faster than this one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from itertools import count
from typing import Annotated, Any

import msgspec

__all__ = ["app"]

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


async def app(
    scope: dict[str, Any],
    receive: Callable[[], Awaitable[dict[str, Any]]],
    send: Callable[[dict[str, Any]], Awaitable[None]],
) -> None:
    """Answer one request."""
    if scope["type"] != "http":
        return
    bearer = dict(scope["headers"]).get(b"authorization", b"").removeprefix(b"Bearer ")
    parts = []
    is_whole = False
    while not is_whole:
        message = await receive()
        parts.append(message.get("body", b""))
        is_whole = not message.get("more_body", False)
    ballot = READ.decode(b"".join(parts))
    answer = Answer(next(LEAVES), ballot.nominee, ballot.votes, datetime.now(UTC), 99, RECEIPT)
    body = WRITE.encode(answer)
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 201 if bearer else 401, "headers": headers})
    await send({"type": "http.response.body", "body": body})
