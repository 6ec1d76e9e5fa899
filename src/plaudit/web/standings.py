"""Accepted votes so far: asked for, or sent as they change.

What is shown, and when, is the counting rule's choice: `public`, `hidden` until
the vote is closed, or `sealed` until the organiser reveals it. Whoever may not
see votes still sees how many ballots there are, since the log's size says so.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import msgspec
from litestar import Request, get
from litestar.openapi.datastructures import ResponseSpec
from litestar.response import Stream
from msgspec import UNSET, Meta, Struct, UnsetType

from plaudit.base.errors import SlowDown, VoteUnavailable
from plaudit.certify.seal import is_told
from plaudit.web.edition import edition_path, moment
from plaudit.web.limits import network
from plaudit.web.problems import documented
from plaudit.web.shares import Shares

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from litestar.handlers import HTTPRouteHandler

    from plaudit.vote.live import LiveVote

__all__ = ["Feed", "StandingsAnswer", "are_shown", "routes", "standings_answer"]

LABEL: Final = "accepted, before audit"
LISTENERS_MOST: Final = 2_000
LOOK_SECONDS: Final = 1.0
QUIET_SECONDS: Final = 15.0


Moment = Annotated[datetime, Meta(description="When the server looked.")]


class NomineeVotes(Struct, frozen=True):
    """A nominee's accepted votes, all channels together and each alone."""

    id: str
    votes: int
    channels: dict[str, int]


class StandingsAnswer(Struct, frozen=True):
    """The standings; without `nominees` where the rule keeps them hidden or sealed."""

    as_of: Moment
    label: Annotated[str, Meta(description="What the numbers are: caps hold, audit and result are to come.")]
    policy: Literal["public", "hidden", "sealed"]
    ballots: int
    nominees: Annotated[list[NomineeVotes] | UnsetType, Meta(description="By id; absent while not to be seen.")] = UNSET


def are_shown(vote: LiveVote) -> bool:
    """Say whether the rule lets everybody see votes now."""
    policy = vote.rule.intake.standings
    if policy == "sealed":
        return is_told(vote.season)
    return policy == "public" or vote.closed_at is not None


def standings_answer(vote: LiveVote) -> StandingsAnswer:
    """Give the standings as the rule lets everybody see them."""
    now = vote.standings()
    nominees = [
        NomineeVotes(nominee, sum(channels.values()), channels) for nominee, channels in sorted(now.votes.items())
    ]
    return StandingsAnswer(
        moment(now.as_of), LABEL, vote.rule.intake.standings, now.ballots, nominees if are_shown(vote) else UNSET
    )


class Feed:
    """The standings as server-sent events: one look a second serves every listener.

    A listener gets the standings when it comes and whenever they changed, at most
    once a second; a comment keeps a quiet stream alive. A network has its share of
    the streams: see `Shares`.
    """

    def __init__(self, vote: LiveVote, *, most: int = LISTENERS_MOST) -> None:
        self._vote = vote
        self._event = b""
        self._seen: tuple[object, ...] = ()
        self._changed = asyncio.Event()
        self._is_stopped = False
        self._places = Shares(most)

    @property
    def listeners(self) -> int:
        """How many listen now."""
        return self._places.taken

    async def keep_looking(self) -> None:
        """Look for changes, while anybody listens."""
        while not self._is_stopped:
            await asyncio.sleep(LOOK_SECONDS)
            if self.listeners:
                self._look()

    def stop(self) -> None:
        """End every stream."""
        self._is_stopped = True
        self._changed.set()

    def listen(self, address: str = "") -> AsyncIterator[bytes]:
        """Give one listener's stream.

        Raises
        ------
        SlowDown : as many listen as the server bears, or its network has its share.
        """
        place = network(address)
        if not self._places.is_free(place):
            raise SlowDown(
                f"of {self._places.most:,} streams, all are open, or this network has as many as it may",
                "ask for /standings every few seconds instead",
                retry_after=10,
            )
        self._look()
        return self._events(place)

    async def _events(self, place: bytes) -> AsyncIterator[bytes]:
        if not self._places.take(place):
            return  # others came between its asking and its beginning
        sent = b""
        try:
            while not self._is_stopped:
                changed = self._changed
                if sent != self._event:
                    sent = self._event
                    yield sent
                    continue
                try:
                    async with asyncio.timeout(QUIET_SECONDS):
                        await changed.wait()
                except TimeoutError:
                    yield b": nothing changed\n\n"
        finally:
            self._places.give(place)

    def _look(self) -> None:
        try:
            answer = standings_answer(self._vote)
        except VoteUnavailable:
            return  # the vote's clock is held; ballots are refused too, so nothing changes
        seen = (answer.ballots, answer.nominees)
        if seen == self._seen:
            return
        self._seen = seen
        self._event = b"event: standings\nid: %d\ndata: %s\n\n" % (answer.ballots, msgspec.json.encode(answer))
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()


def routes(vote: LiveVote, feed: Feed) -> list[HTTPRouteHandler]:
    """Give the endpoints of the standings."""
    edition = vote.season.edition

    @get(
        edition_path(edition, "standings"),
        operation_id="standings",
        summary="The standings",
        response_description="The standings.",
        description="Accepted votes by nominee. While the rule keeps them hidden or sealed, only how many ballots.",
        tags=["standings"],
        responses=documented(VoteUnavailable),
        sync_to_thread=False,
    )
    def standings() -> StandingsAnswer:
        return standings_answer(vote)

    @get(
        edition_path(edition, "standings/events"),
        operation_id="standings_events",
        summary="The standings as they change",
        description="Server-sent events named `standings`, whose data is what /standings answers; one at once, "
        "then at most one a second, and only when something changed.",
        tags=["standings"],
        responses={
            200: ResponseSpec(str, generate_examples=False, description="Events.", media_type="text/event-stream"),
            **documented(SlowDown),
        },
        media_type="text/event-stream",
        sync_to_thread=False,
    )
    def standings_events(request: Request[Any, Any, Any]) -> Stream:
        client = request.client.host if request.client else ""
        return Stream(feed.listen(client), media_type="text/event-stream", headers={"cache-control": "no-store"})

    return [standings, standings_events]
