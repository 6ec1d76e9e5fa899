"""A live vote: from a season's folder, one process takes ballots, and the log is published.

    SEASON/vote/ballots.sqlite     where ballots are durable; private
    SEASON/vote/lock               held by the one process that takes them
    SEASON/evidence/log/           the tile log; public

The box is the truth and the log follows it: whatever was killed, starting again
on the same folder brings the log up to the box, and refuses to start where the
log holds what the box does not.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from contextlib import ExitStack
from contextlib import closing as closing_of
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from plaudit.base.errors import OutOfTurn, ProofInvalid, UnknownName, VoteUnavailable
from plaudit.base.weeks import instant_text
from plaudit.ledger.files import FolderFiles
from plaudit.ledger.reader import LogReader
from plaudit.vote.box import SqliteBox
from plaudit.vote.clock import HeldClock, steady_clock, wall_clock
from plaudit.vote.door import Door
from plaudit.vote.intake import Intake
from plaudit.vote.keys import log_signer
from plaudit.vote.lock import Lock, usable
from plaudit.vote.publisher import Publisher
from plaudit.vote.statements import opening, read_opening, refuse_other_opening

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from plaudit.base.errors import BallotRejected
    from plaudit.ledger.checkpoint import Checkpoint
    from plaudit.ledger.proof import TlogProof
    from plaudit.rulebook.season import Season
    from plaudit.vote.door import Ask
    from plaudit.vote.intake import Cast, Done
    from plaudit.vote.publisher import Publishes

__all__ = ["LiveVote", "Standings", "open_vote"]

PUBLISH_SECONDS: Final = 0.5
_log = logging.getLogger("plaudit.vote")


class Standings(Struct, frozen=True):
    """Accepted votes so far, by nominee and channel, before caps are checked again and before any audit."""

    as_of: int
    ballots: int
    votes: dict[str, dict[str, int]]


def open_vote(season: Season, nominees: Sequence[str]) -> Checkpoint:
    """Declare the vote: write the opening and the log's first checkpoint. Repeating it changes nothing.

    Raises
    ------
    OutOfTurn : the season takes no ballots itself, nobody is nominated, or another process has the vote.
    ProofInvalid : the vote was opened with another opening; it says what differs.
    VoteUnavailable : folder or file cannot be written.
    """
    if season.live is None:
        raise OutOfTurn("the season takes no ballots itself", "add [vote.live] to season.toml")
    if not nominees:
        raise OutOfTurn("nobody is nominated", "run first: plaudit nominate SEASON")
    opened = opening(season, nominees)
    path = _box_path(season)
    with Lock(season.folder / "vote"), usable(path), closing_of(SqliteBox(path)) as box:
        held = box.state("opening")
        if held is None:
            box.set_state("opening", opened.leaf.decode())
        else:
            refuse_other_opening(str(held).encode(), opened)
    with LiveVote(season, clock=wall_clock) as vote:
        return vote.publish()


class LiveVote:
    """The one process that takes a season's ballots.

    Parameters
    ----------
    clock : gives microseconds, UTC
    steady : gives microseconds that nobody can set, or None to trust the clock
    publisher : makes what publishes the log

    Attributes
    ----------
    log : as of the last checkpoint; another one takes its place with each
    publishing : held while the log is brought up to the box
    trouble : what keeps the log from being brought up to the box, or nothing

    Raises
    ------
    OutOfTurn : the vote was not opened, or another process has it.
    ProofInvalid : season, box and log do not agree; it says in what.
    VoteUnavailable : the box cannot be written.
    """

    def __init__(
        self,
        season: Season,
        *,
        clock: Callable[[], int] = wall_clock,
        steady: Callable[[], int] | None = None,
        publisher: Callable[[Season], Publishes] = Publisher,
    ) -> None:
        assert season.live is not None
        path = _box_path(season)
        if not path.is_file():
            raise OutOfTurn("the vote was not opened", "open it with: plaudit vote open SEASON")
        self.season = season
        self.rule = season.counting_rule()
        self.signer = log_signer(season.folder, season.origin)
        self.publishing = asyncio.Lock()
        self.trouble = ""
        with ExitStack() as held:
            held.enter_context(Lock(season.folder / "vote"))
            held.enter_context(usable(path))
            self.box, self._view = (
                held.enter_context(closing_of(SqliteBox(path, is_view=is_view))) for is_view in (False, True)
            )
            self._start(clock, steady)
            self._publisher = held.enter_context(closing_of(publisher(season)))
            self._held = held.pop_all()

    def _start(self, clock: Callable[[], int], steady: Callable[[], int] | None) -> None:
        held = self.box.state("opening")
        if held is None:
            raise OutOfTurn("the vote was not opened", "open it with: plaudit vote open SEASON")
        self.opening = read_opening(str(held).encode())
        self.names = self.opening.names
        declared = opening(self.season, self.names.nominees)
        refuse_other_opening(self.opening.leaf, declared)
        steady = steady_clock if clock is wall_clock and steady is None else steady
        self._clock = HeldClock(
            clock, steady, step_seconds=self.rule.intake.clock_step_seconds, floor=self.box.last()[1]
        )
        self.door = Door(self.rule, self.season.windows(), self.names)
        self._intake = Intake(self.box, self.door, self.names, self.signer, self._clock.now)
        closed_at = self.box.state("closed_at")
        self.closed_at = None if closed_at is None else int(closed_at)
        self._intake.is_closed = self.closed_at is not None
        self.log = LogReader(FolderFiles(self.season.log))
        self._refuse_a_longer_log()

    def __enter__(self) -> LiveVote:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def ends_at(self) -> int:
        """The first instant after the last window."""
        return max(window.closes_at for window in self.season.windows())

    def now(self) -> int:
        """Give the vote's instant; see `HeldClock.now`."""
        return self._clock.now()

    def is_open(self, now: int) -> bool:
        """Say whether the page's channel takes ballots at an instant."""
        assert self.season.live is not None
        return not self._intake.is_closed and self.door.is_open(self.season.live.channel, now)

    async def cast(self, ask: Ask) -> Cast:
        """Take one ballot; see `Intake.cast`."""
        return await self._intake.cast(ask)

    def submit(self, ask: Ask, done: Done, loop: asyncio.AbstractEventLoop) -> None:
        """Take one ballot and say so later; see `Intake.submit`."""
        self._intake.submit(ask, done, loop)

    def take(self, asks: Sequence[Ask]) -> list[Cast | BallotRejected]:
        """Take ballots in one commit; see `Intake.take`."""
        return self._intake.take(asks)

    def left(self, voter: int, nominee: str = "") -> int | None:
        """Give the votes a voter has left in the page's channel, or None where there is no cap.

        Where the cap is one for each nominee, it is that of `nominee`; with none named, the whole cap.
        """
        assert self.season.live is not None
        channel = self.season.live.channel
        most = self.door.most(channel)
        if most is None or self.rule.keep == "last":
            return most
        slot = self.door.slot(channel, nominee, self._clock.now())
        if slot is None:
            return most
        with usable(self.box.path):
            _, spent = self._view.known([], [(voter, slot)])
        return most - spent.get((voter, slot), 0)

    def standings(self) -> Standings:
        """Give the accepted votes so far."""
        votes: dict[str, dict[str, int]] = {nominee: {} for nominee in self.names.nominees}
        for (nominee, channel), (_, sums) in self._intake.standings.items():
            votes[nominee][channel] = sums
        return Standings(self._clock.now(), self._intake.ballots, votes)

    def record(self, leaf: int) -> bytes:
        """Give a ballot's record.

        Raises
        ------
        UnknownName : no ballot has that leaf.
        """
        with usable(self.box.path):
            record = self._view.record(leaf)
        if record is None:
            raise UnknownName(f"no ballot at leaf {leaf}", f"the last one is {self._intake.ballots}", leaf=leaf)
        return record

    def receipt(self, leaf: int) -> TlogProof:
        """Give a ballot's receipt under the published checkpoint.

        Raises
        ------
        UnknownName : no ballot has that leaf, or no checkpoint holds it yet.
        """
        record = self.record(leaf)
        if leaf >= self.log.size:
            raise UnknownName(
                f"leaf {leaf} is in no checkpoint yet; the last one holds {self.log.size} leaves",
                "ask again in a second",
                retry_after=1,
            )
        return self.log.proof(leaf, extra=record)

    def publish(self) -> Checkpoint:
        """Bring the log up to what is committed, and sign a checkpoint."""
        checkpoint = self._publisher.publish()
        self.log = LogReader(FolderFiles(self.season.log))  # a whole one, for whoever reads meanwhile
        return checkpoint

    async def keep_publishing(self) -> None:
        """Publish while ballots come, and close when the last window is over or the organiser asks.

        A disk that fails, or a clock that jumped, is told once in `trouble` and the log, and tried again.
        """
        while True:
            await asyncio.sleep(PUBLISH_SECONDS)
            try:
                await self._tend()
            except (OSError, sqlite3.Error, VoteUnavailable) as error:
                if not self.trouble:
                    _log.error("the log is not brought up to the ballots: %s", error)
                self.trouble = str(error)
            else:
                self.trouble = ""

    async def _tend(self) -> None:
        request = self.season.folder / "vote" / "close-request"
        if self.closed_at is None:
            because = request.read_text("utf-8").strip() if request.is_file() else ""
            if because or self._is_over():
                await self.finish(because)
        if self.closed_at is not None:
            request.unlink(missing_ok=True)
        if self.log.size < self._intake.ballots + 1 + (self.closed_at is not None):
            async with self.publishing:
                await asyncio.to_thread(self.publish)

    def _is_over(self) -> bool:
        try:
            return self._clock.now() >= self.ends_at
        except VoteUnavailable:
            return False  # a clock that jumped closes nothing

    async def finish(self, because: str = "") -> Checkpoint:
        """Let what is in flight be decided, then close."""
        self._refuse_early(because)
        self._intake.is_closed = True
        await self._intake.drained()
        async with self.publishing:
            return await asyncio.to_thread(self.close, because)

    def close(self, because: str = "") -> Checkpoint:
        """Close the vote for good, and publish the closing checkpoint. A second closing changes nothing.

        Raises
        ------
        OutOfTurn : a window is still to end, and no reason is given.
        VoteUnavailable : it cannot be made durable; ask again.
        """
        if self.closed_at is None:
            self._refuse_early(because)
            self._intake.is_closed = True
            with usable(self.box.path):
                self.box.set_state("closed_because", because)
                closed_at = max(self._clock.now(), self.box.last()[1])
                self.box.set_state("closed_at", closed_at)
            self.closed_at = closed_at
        return self.publish()

    def stop(self) -> None:
        """Let go of folder and files."""
        self._intake.stop()
        self._held.close()

    def _refuse_early(self, because: str) -> None:
        if not because and self._clock.now() < self.ends_at:
            raise OutOfTurn(
                f"the last window ends at {instant_text(self.ends_at)}",
                "wait, or close early and say why: plaudit vote close SEASON --because TEXT",
            )

    def _refuse_a_longer_log(self) -> None:
        ballots = self.box.last()[0]
        most = ballots + 1 + (self.closed_at is not None)
        if self.log.size > most:
            raise ProofInvalid(
                f"the log holds {self.log.size} leaves, the box {ballots} ballots",
                "restore vote/ballots.sqlite from your backup; do not start with fewer ballots than were published",
            )
        last = min(self.log.size - 1, ballots)
        if self.log.size > 1 and last and self.log.entry(last) != self.box.record(last):
            raise ProofInvalid(f"leaf {last} is not the box's ballot", "restore vote/ballots.sqlite and evidence/log")
        if self.log.size and self.log.entry(0) != self.opening.leaf:
            raise ProofInvalid("leaf 0 is not the vote's opening", "restore vote/ballots.sqlite and evidence/log")


def _box_path(season: Season) -> Path:
    return season.folder / "vote" / "ballots.sqlite"
