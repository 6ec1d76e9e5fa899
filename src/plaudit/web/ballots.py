"""Ballots in: the one endpoint that must be fast, without a framework in between.

POST /v1/2018/ballots
Authorization: Bearer AAAA…

{"nominee": "bts", "votes": 3, "key": "k9Jr2mW1x0aZ"}
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Annotated, Final

import msgspec
from msgspec import Meta, Struct

from plaudit.base.errors import BallotMalformed, PlauditError
from plaudit.base.ids import exact_id
from plaudit.base.weeks import instant_text
from plaudit.vote.admission import BallotRequest
from plaudit.web.problems import problem, unexpected
from plaudit.web.signed_in import session_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from plaudit.vote.judge import AcceptedBallot
    from plaudit.vote.live import LiveVote
    from plaudit.web.limits import Limits
    from plaudit.web.problems import Answer
    from plaudit.web.sessions import Session, Sessions

__all__ = ["BALLOT_MOST", "BallotAnswer", "BallotEndpoint", "BallotSent", "taken"]

BALLOT_MOST: Final = 4_096
"""The most bytes of a ballot, by whichever door."""
_JSON: Final = {"content-type": "application/json"}


class BallotSent(Struct, frozen=True, forbid_unknown_fields=True):
    """What a voter sends."""

    nominee: Annotated[str, Meta(min_length=1, max_length=200, description="The nominee's id.")]
    key: Annotated[
        str,
        Meta(
            pattern="^[A-Za-z0-9_-]{8,64}(?!\\n)$",  # in Python, $ alone lets a newline follow
            description="The idempotency key: the same key gets the same receipt, ever; a new ballot takes a new one.",
        ),
    ]
    votes: Annotated[int, Meta(ge=1, le=1_000_000, description="How many votes the ballot carries.")] = 1


class BallotAnswer(Struct, frozen=True):
    """What the voter gets once the ballot is durable."""

    leaf: Annotated[int, Meta(description="The ballot's leaf in the log.")]
    nominee: str
    votes: int
    cast_at: Annotated[str, Meta(description="The instant that counts, UTC.")]
    left: Annotated[int | None, Meta(description="Votes left in this period; null if there is no cap.")]
    is_replay: Annotated[bool, Meta(description="Whether the key was sent before.")]
    receipt: Annotated[str, Meta(description="A C2SP tlog-proof, signed by the log; keep it.")]


_read: Final = msgspec.json.Decoder(BallotSent)
_write: Final = msgspec.json.Encoder()


async def taken(vote: LiveVote, session: Session, sent: BallotSent) -> BallotAnswer:
    """Cast a ballot for who is signed in.

    Raises
    ------
    BallotRejected : one of its kinds; nothing was taken.
    """
    assert vote.season.live is not None
    return _told(await vote.cast(_ask(session, sent, vote.season.live.channel)))


def _ask(session: Session, sent: BallotSent, channel: str) -> BallotRequest:
    return BallotRequest(session.voter, exact_id(sent.nominee), sent.votes, sent.key, session.way, channel)


def _told(cast: AcceptedBallot) -> BallotAnswer:
    ask = cast.ask
    return BallotAnswer(
        cast.leaf, ask.nominee, ask.votes, instant_text(cast.cast_at), cast.left, cast.is_replay, cast.receipt
    )


class BallotEndpoint:
    """`POST /v1/{edition}/ballots`, without a framework in between."""

    def __init__(self, vote: LiveVote, sessions: Sessions, limits: Limits) -> None:
        assert vote.season.live is not None
        self._vote = vote
        self._channel = vote.season.live.channel
        self._sessions = sessions
        self._limits = limits

    async def __call__(self, header: Callable[[str], str], body: bytes, client: str) -> Answer:
        """Answer one request; see `begin`."""
        loop = asyncio.get_running_loop()
        answered: asyncio.Future[Answer] = loop.create_future()

        def settle(answer: Answer) -> None:
            if not answered.done():  # else the voter hung up
                answered.set_result(answer)

        self.begin(header, body, client, settle, loop)
        return await answered

    def begin(
        self,
        header: Callable[[str], str],
        body: bytes,
        client: str,
        done: Callable[[Answer], object],
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        """Answer one request, once its ballot is durable or refused.

        Parameters
        ----------
        header : gives a header by its name in lower case, empty where there is none
        client : the address that asks
        """
        try:
            self._limits.allow(client, time.monotonic())
            session = session_of(header, self._sessions, is_change=True)
            self._vote.submit(_ask(session, _sent(body), self._channel), lambda outcome: done(_answer(outcome)), loop)
        except Exception as error:  # noqa: BLE001 - the voter gets an answer, the organiser's log the traceback
            done(_answer(error))


def _answer(outcome: AcceptedBallot | BaseException) -> Answer:
    if isinstance(outcome, BaseException):
        return problem(outcome) if isinstance(outcome, PlauditError) else unexpected(outcome)
    return (200 if outcome.is_replay else 201), _JSON, _write.encode(_told(outcome))


def _sent(body: bytes) -> BallotSent:
    try:
        return _read.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BallotMalformed(
            f"the body is not a ballot: {error}",
            'send JSON, as in {"nominee": "bts", "votes": 1, "key": "k9Jr2mW1x0aZ"}',
        ) from None
