"""A request's body: read whole, short and in time, or not at all."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Message = dict[str, Any]
    Receive = Callable[[], Awaitable[Message]]

__all__ = ["BodyRefused", "again", "whole_body"]


class BodyRefused(Exception):
    """A request that is not read, or was not sent to its end; the connection is closed."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


async def whole_body(header: Callable[[str], str], receive: Receive, *, most: int, seconds: float) -> bytes:
    """Give a request's body, which must say how long it is, be short, and arrive whole and in time.

    Parameters
    ----------
    header : gives a header by its name in lower case, empty where there is none
    receive : ASGI's

    Raises
    ------
    BodyRefused : 400, 408, 411 or 413.
    """
    declared = header("content-length")
    if not (declared.isascii() and declared.isdigit()):
        if header("transfer-encoding"):
            raise BodyRefused(411, "the request does not say how long its body is")
        return b""
    length = int(declared)
    if length > most:
        raise BodyRefused(413, f"a body of {length:,} bytes; {most:,} are taken")
    try:
        async with asyncio.timeout(seconds):
            return await _received(receive, length)
    except TimeoutError:
        raise BodyRefused(408, f"the request's body did not arrive within {seconds:g} s") from None


async def _received(receive: Receive, length: int) -> bytes:
    parts: list[bytes] = []
    while sum(map(len, parts)) < length:
        message = await receive()
        if message["type"] != "http.request":
            raise BodyRefused(400, "the connection ended before the body did")
        parts.append(message.get("body", b""))
    return b"".join(parts)


def again(body: bytes, receive: Receive) -> Receive:
    """Give what hands out a body that was read; after it, the news that the client is gone."""
    unread: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def received() -> Message:
        if unread:
            return unread.pop()
        while (message := await receive())["type"] == "http.request":
            pass  # the end of what was read
        return message

    return received
