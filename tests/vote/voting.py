"""A vote in a test's hands: its clock is set, its ballots are written in one line."""

from __future__ import annotations

import asyncio
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plaudit.base.errors import BallotRejected
from plaudit.vote.admission import BallotRequest
from plaudit.vote.open_vote import open_vote
from tests.vote.seasons import NOMINEES, NOW, live_season

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Sequence

    from plaudit.rulebook.season import Season
    from plaudit.vote.judge import AcceptedBallot
    from plaudit.vote.live import LiveVote


class Hands:
    """A clock that shows what it is set to."""

    def __init__(self, now: int = NOW) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now


@contextmanager
def in_memory() -> Iterator[Path]:
    """Give a folder for a while, in memory where there is some: syncing a disk takes most of a test's time."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        yield Path(folder)


def opened(folder: Path, **changes: Any) -> Season:
    """Write a season and open its vote."""
    season = live_season(folder, **changes)
    open_vote(season, NOMINEES)
    return season


def ask(voter: int = 1, votes: int = 1, key: str = "key-0001", nominee: str = "bts", **rest: Any) -> BallotRequest:
    """Give an ask of the page's channel."""
    return BallotRequest(voter, nominee, votes, key, "guest", **{"channel": "web", **rest})


def answered(answers: Sequence[AcceptedBallot | BallotRejected]) -> list[str]:
    """Give each answer as a word: the leaf, or the refusal's class."""
    return [type(one).__name__ if isinstance(one, BallotRejected) else str(one.leaf) for one in answers]


async def together(vote: LiveVote, asks: Sequence[BallotRequest]) -> list[AcceptedBallot | BallotRejected]:
    """Cast ballots at the same time, and give each one's answer."""
    return await asyncio.gather(*(tried(vote, ask) for ask in asks))


async def tried(vote: LiveVote, ask: BallotRequest) -> AcceptedBallot | BallotRejected:
    """Cast a ballot, and give the refusal as an answer too."""
    try:
        return await vote.cast(ask)
    except BallotRejected as refused:
        return refused


async def until(is_so: Callable[[], bool], doing: Callable[[], Awaitable[object]] | None = None) -> None:
    """Wait until something holds, ten seconds at most."""
    for _ in range(2_000):
        if is_so():
            return
        await (doing() if doing else asyncio.sleep(0.005))
    raise TimeoutError
