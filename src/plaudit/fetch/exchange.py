"""One exchange with a platform: bounded in time, in bytes and in where it leads; whatever comes back is an answer."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from httpx2 import HTTPError, InvalidURL, StreamError

from plaudit.platforms.contract import Answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from httpx2 import AsyncClient, Response

    from plaudit.platforms.contract import Ask

__all__ = ["BODY_BYTES_MOST", "DEADLINE_SECONDS", "exchange"]

BODY_BYTES_MOST: Final = 16 << 20
DEADLINE_SECONDS: Final = 30.0
_SENT: Final = {"accept-encoding": "gzip, identity"}


class _TooLarge(Exception):
    """The body is longer than is read."""


async def exchange(
    client: AsyncClient,
    ask: Ask,
    sent: Ask,
    now: Callable[[], int],
    *,
    headers: frozenset[str],
    deadline_seconds: float = DEADLINE_SECONDS,
    most_bytes: int = BODY_BYTES_MOST,
) -> Answer:
    """Send an ask once, and give what came back, failures too.

    A redirect is not followed: an address that a server names may lie where only we can reach, and what is sent
    along may be a secret. The body is as it was received, its transfer and content encodings undone; of one that
    is too long, nothing is kept.

    Parameters
    ----------
    ask : as it is archived
    sent : the same with its secrets
    headers : names of the headers that are kept, in lower case
    deadline_seconds : for all of it: connection, headers, body
    """
    asked_at, status, kept, failure = now(), 0, dict[str, str](), ""
    body = bytearray()
    try:
        async with asyncio.timeout(deadline_seconds):
            async with client.stream(
                sent.method, sent.url, headers=_SENT | sent.headers, content=sent.body.encode() or None
            ) as response:
                status = response.status_code
                kept = {name: value for name, value in response.headers.items() if name.lower() in headers}
                failure = "redirect" if response.is_redirect else ""
                await _read(response, body, most_bytes)
    except TimeoutError:
        failure = "timeout"
    except _TooLarge:
        failure = "too large"
        body.clear()
    except (HTTPError, StreamError, InvalidURL, ValueError, OSError):  # what they say may hold the secret
        failure = "cut" if status else "unreachable"
    return Answer(ask, asked_at, max(asked_at, now()), status, kept, bytes(body), failure)


async def _read(response: Response, body: bytearray, most_bytes: int) -> None:
    async for piece in response.aiter_bytes():
        body += piece
        if len(body) > most_bytes:
            raise _TooLarge
