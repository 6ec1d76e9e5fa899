"""A body is read whole, short and in time, or not at all."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from granian.rsgi import ProtocolClosed  # type: ignore[attr-defined]

from plaudit.web.rsgi import BodyRefused, whole_body

MOST = 100


class Sent:
    """A request as the server hands it over; `arriving` is the body, None for one that is cut, or forever."""

    def __init__(self, arriving: bytes | float | None, **headers: str) -> None:
        self.headers: Any = {name.replace("_", "-"): value for name, value in headers.items()}
        self._arriving = arriving
        self.is_asked = False

    async def __call__(self) -> bytes:
        self.is_asked = True
        if self._arriving is None:
            raise ProtocolClosed
        if isinstance(self._arriving, float):
            await asyncio.Event().wait()
        assert isinstance(self._arriving, bytes)
        return self._arriving


def read(sent: Any, seconds: float = 5) -> bytes:
    return asyncio.run(whole_body(sent, sent, most=MOST, seconds=seconds))


def refused(sent: Any, seconds: float = 5) -> int:
    with pytest.raises(BodyRefused) as found:
        read(sent, seconds)
    return found.value.status


def test_a_body_of_just_the_most_bytes_is_read_and_one_byte_more_is_not_asked_for() -> None:
    longer = Sent(b"x" * (MOST + 1), content_length=str(MOST + 1))

    assert read(Sent(b"x" * MOST, content_length=str(MOST))) == b"x" * MOST
    assert refused(longer) == 413
    assert not longer.is_asked


def test_no_body_is_an_empty_one() -> None:
    assert read(Sent(b"")) == b""
    assert read(Sent(b"", content_length="0")) == b""


def test_a_body_that_does_not_say_how_long_it_is_is_not_asked_for() -> None:
    chunked = Sent(b"{}", transfer_encoding="chunked")

    assert refused(chunked) == 411
    assert not chunked.is_asked


def test_a_body_whose_connection_ended_is_none() -> None:
    assert refused(Sent(None, content_length="2")) == 400
    assert refused(Sent(b"{", content_length="2")) == 400


def test_a_body_that_does_not_arrive_is_given_up_and_the_others_go_on() -> None:
    async def crowd() -> tuple[list[int], bytes]:
        slow: list[Any] = [Sent(1.0, content_length="2") for _ in range(1_000)]
        waiting = [asyncio.create_task(whole_body(sent, sent, most=MOST, seconds=0.2)) for sent in slow]
        quick: Any = Sent(b"{}", content_length="2")
        body = await whole_body(quick, quick, most=MOST, seconds=0.2)
        ended = await asyncio.gather(*waiting, return_exceptions=True)
        return [one.status for one in ended if isinstance(one, BodyRefused)], body

    assert asyncio.run(crowd()) == ([408] * 1_000, b"{}")


def test_who_is_cancelled_is_not_told_of_lateness() -> None:
    async def cancelled() -> None:
        sent: Any = Sent(1.0, content_length="2")
        task = asyncio.create_task(whole_body(sent, sent, most=MOST, seconds=5))
        await asyncio.sleep(0)
        task.cancel()
        await task

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(cancelled())
