"""A body is read whole, short and in time, or not at all."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from plaudit.web.bodies import BodyRefused, again, whole_body

MOST = 100


class Sent:
    """A request as the server hands it over; `pieces` are its body's, None for its end, a number for silence."""

    def __init__(self, *pieces: bytes | float | None, **headers: str) -> None:
        self._headers = {name.replace("_", "-"): value for name, value in headers.items()}
        self._pieces = list(pieces)
        self.is_asked = False

    def header(self, name: str) -> str:
        return self._headers.get(name, "")

    async def receive(self) -> dict[str, Any]:
        self.is_asked = True
        piece = self._pieces.pop(0) if self._pieces else None
        if isinstance(piece, float):
            await asyncio.Event().wait()
        if piece is None:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": piece, "more_body": bool(self._pieces)}


async def body_of(sent: Sent, seconds: float = 5) -> bytes:
    return await whole_body(sent.header, sent.receive, most=MOST, seconds=seconds)


def refused(sent: Sent, seconds: float = 5) -> int:
    with pytest.raises(BodyRefused) as found:
        asyncio.run(body_of(sent, seconds))
    return found.value.status


def test_a_body_of_just_the_most_bytes_is_read_and_one_byte_more_is_not_asked_for() -> None:
    longer = Sent(b"x" * (MOST + 1), content_length=str(MOST + 1))

    assert asyncio.run(body_of(Sent(b"x" * MOST, content_length=str(MOST)))) == b"x" * MOST
    assert refused(longer) == 413
    assert not longer.is_asked


def test_a_body_that_comes_in_pieces_is_read_whole() -> None:
    assert asyncio.run(body_of(Sent(b"ab", b"", b"c", content_length="3"))) == b"abc"


def test_no_body_is_an_empty_one() -> None:
    assert asyncio.run(body_of(Sent(b""))) == b""
    assert asyncio.run(body_of(Sent(b"", content_length="0"))) == b""


def test_a_body_that_does_not_say_how_long_it_is_is_not_asked_for() -> None:
    chunked = Sent(b"{}", transfer_encoding="chunked")

    assert refused(chunked) == 411
    assert not chunked.is_asked


def test_a_body_whose_connection_ended_is_none() -> None:
    assert refused(Sent(None, content_length="2")) == 400
    assert refused(Sent(b"{", None, content_length="2")) == 400


def test_a_body_that_does_not_arrive_is_given_up_and_the_others_go_on() -> None:
    async def crowd() -> tuple[list[int], bytes]:
        slow = [asyncio.create_task(body_of(Sent(b"{", 1.0, content_length="2"), 0.2)) for _ in range(1_000)]
        body = await body_of(Sent(b"{}", content_length="2"), 0.2)
        ended = await asyncio.gather(*slow, return_exceptions=True)
        return [one.status for one in ended if isinstance(one, BodyRefused)], body

    assert asyncio.run(crowd()) == ([408] * 1_000, b"{}")


def test_who_is_cancelled_is_not_told_of_lateness() -> None:
    async def cancelled() -> None:
        task = asyncio.create_task(body_of(Sent(1.0, content_length="2")))
        await asyncio.sleep(0)
        task.cancel()
        await task

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(cancelled())


def test_a_body_that_was_read_is_handed_out_once_and_then_the_clients_leaving() -> None:
    async def messages() -> list[dict[str, Any]]:
        receive = again(b"{}", Sent(b"", None).receive)
        return [await receive(), await receive()]

    assert asyncio.run(messages()) == [
        {"type": "http.request", "body": b"{}", "more_body": False},
        {"type": "http.disconnect"},
    ]
