"""A live vote: from a season's folder, one process takes ballots, and the log is published.

    SEASON/vote/ballots.sqlite     where ballots are durable; private
    SEASON/vote/lock               held by the one process that takes them
    SEASON/vote/signed-checkpoint  what the log's key signed last
    SEASON/evidence/log/           the tile log; public

The ballot store is the truth and the log follows it: whatever was killed or damaged, starting
again on the same folder brings the log up to the ballot store. It refuses to start where
the ballot store does not hold what was signed.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sqlite3
from contextlib import ExitStack, suppress
from contextlib import closing as closing_of
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from plaudit.base.errors import (
    EvidenceError,
    OutOfTurn,
    PlauditError,
    UnknownName,
    VoteUnavailable,
)
from plaudit.base.weeks import instant_text
from plaudit.ledger.files import FolderFiles
from plaudit.ledger.reader import LogReader
from plaudit.vote.admission import Admission
from plaudit.vote.ballot_store import SqliteBallotStore, box_path
from plaudit.vote.clock import HeldClock, steady_clock, wall_clock
from plaudit.vote.intake import Intake
from plaudit.vote.keys import FINGERPRINTS, held_fingerprints, log_signer, refuse_other_keys
from plaudit.vote.lock import Lock, usable, why
from plaudit.vote.marker import Marker
from plaudit.vote.past import refuse_lost_past, whole_log
from plaudit.vote.publisher import Publisher
from plaudit.vote.request_files import CLOSE_REQUEST, asked, refuse_reason
from plaudit.vote.signed import BoxLeaves
from plaudit.vote.statements import opening, read_opening, refuse_other_opening

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from plaudit.base.errors import BallotRejected
    from plaudit.ledger.checkpoint import Checkpoint
    from plaudit.ledger.proof import TlogProof
    from plaudit.rulebook.season import Season
    from plaudit.vote.admission import Allowance, BallotRequest
    from plaudit.vote.intake import Done
    from plaudit.vote.judge import AcceptedBallot
    from plaudit.vote.publisher import Publishes

__all__ = ["LiveVote", "Standings"]

PUBLISH_SECONDS: Final = 0.5
_log = logging.getLogger("plaudit.vote")


class Standings(Struct, frozen=True):
    """Accepted votes so far, by nominee and channel, before caps are checked again and before any audit."""

    as_of: int
    ballots: int
    votes: dict[str, dict[str, int]]


class LiveVote:
    """The one process that takes a season's ballots.

    Parameters
    ----------
    clock : gives microseconds, UTC
    steady : gives microseconds that nobody can set, or None to trust the clock
    publisher : makes what publishes the log
    at_least : notes of this log that others hold; the ballot store must hold what they speak of
    marker : a file outside the season that keeps the last checkpoint, and is read like one of `at_least`

    Attributes
    ----------
    log : as of the last checkpoint; another one takes its place with each
    publishing : held while the log is brought up to the ballot store
    trouble : what keeps the log from being brought up to the ballot store, or nothing

    Raises
    ------
    OutOfTurn : the vote was not opened, another process has it, or a key lacks.
    ProofInvalid : season, box and log do not agree; it says in what.
    CheckpointsFork : the ballot store does not hold what was signed.
    SignatureInvalid, DigestMismatch : a key is none, or is not the one the vote was opened with.
    VoteUnavailable : the ballot store cannot be written.
    """

    def __init__(
        self,
        season: Season,
        *,
        clock: Callable[[], int] = wall_clock,
        steady: Callable[[], int] | None = None,
        publisher: Callable[[Season], Publishes] = Publisher,
        at_least: Sequence[str] = (),
        marker: Path | None = None,
    ) -> None:
        assert season.live is not None
        path = box_path(season.folder)
        if not path.is_file():
            raise OutOfTurn("the vote was not opened", "open it with: plaudit vote open SEASON")
        self.season = season
        self.rule = season.counting_rule()
        self.signer = log_signer(season.folder, season.origin)
        self.publishing = asyncio.Lock()
        self.trouble = ""
        self._damage = ""
        self._marker = Marker(marker)
        self._at_least = [*at_least, *self._marker.notes()]
        with ExitStack() as held:
            held.enter_context(Lock(season.folder / "vote"))
            held.enter_context(usable(path))
            self.ballot_store, self._view = (
                held.enter_context(closing_of(SqliteBallotStore(path, is_view=is_view))) for is_view in (False, True)
            )
            self._start(clock, steady)
            self._publisher = held.enter_context(closing_of(publisher(season)))
            self._held = held.pop_all()
        if self.log.size:
            self._marker.keep(self.log.note())

    def _start(self, clock: Callable[[], int], steady: Callable[[], int] | None) -> None:
        held = self.ballot_store.state("opening")
        if held is None:
            raise OutOfTurn("the vote was not opened", "open it with: plaudit vote open SEASON")
        self.opening = read_opening(str(held).encode())
        self.names = self.opening.names
        declared = opening(self.season, self.names.nominees)
        refuse_other_opening(self.opening.leaf, declared)
        steady = steady_clock if clock is wall_clock and steady is None else steady
        self._clock = HeldClock(
            clock, steady, step_seconds=self.rule.intake.clock_step_seconds, floor=self.ballot_store.last()[1]
        )
        self.admission = Admission(self.rule, self.season.windows(), self.names)
        self._intake = Intake(self.ballot_store, self.admission, self.names, self.signer, self._clock.now)
        closed_at = self.ballot_store.state("closed_at")
        self.closed_at = None if closed_at is None else int(closed_at)
        self._intake.is_closed = self.closed_at is not None
        self._refuse_other_keys()
        self.log, self._damage = whole_log(self.season.log)
        leaves = BoxLeaves(self._view, self.opening.leaf)
        refuse_lost_past(self.season, self.log, leaves, self.signer.verifier, self._at_least)

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
        return not self._intake.is_closed and self.admission.is_open(self.season.live.channel, now)

    async def cast(self, ask: BallotRequest) -> AcceptedBallot:
        """Take one ballot; see `Intake.cast`."""
        return await self._intake.cast(ask)

    def submit(self, ask: BallotRequest, done: Done, loop: asyncio.AbstractEventLoop) -> None:
        """Take one ballot and say so later; see `Intake.submit`."""
        self._intake.submit(ask, done, loop)

    def take(self, asks: Sequence[BallotRequest]) -> list[AcceptedBallot | BallotRejected]:
        """Take ballots in one commit; see `Intake.take`."""
        return self._intake.take(asks)

    def left(self, voter: int, nominee: str = "") -> int | None:
        """Give the votes a voter has left in the page's channel, or None where there is no cap.

        Where the cap is one for each nominee, it is that of `nominee`; with none named, the whole cap.
        """
        assert self.season.live is not None
        channel = self.season.live.channel
        most = self.admission.most(channel)
        if most is None or self.rule.keep == "last":
            return most
        slot = self.admission.slot(channel, nominee, self._clock.now())
        if slot is None:
            return most
        with usable(self.ballot_store.path):
            _, spent = self._view.known([], [(voter, slot)])
        return most - spent.get((voter, slot), 0)

    def charged(self, asks: Sequence[BallotRequest]) -> tuple[dict[tuple[int, str], int], dict[Allowance, int]]:
        """Give what is known of requests with an instant of their own: their keys, and what is spent of allowances."""
        slots = [
            (ask.voter, slot)
            for ask in asks
            if ask.cast_at is not None
            and (slot := self.admission.slot(ask.channel, ask.nominee, ask.cast_at)) is not None
        ]
        with usable(self.ballot_store.path):
            return self._view.known([(ask.voter, ask.key) for ask in asks], slots)

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
        with usable(self.ballot_store.path):
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
        try:
            return self.log.proof(leaf, extra=record)
        except (EvidenceError, OSError, ValueError) as damage:
            self._damage = why(damage)
            raise VoteUnavailable(
                "the published log is damaged; it is being made again from the ballots",
                "ask again in a few seconds",
                retry_after=3,
            ) from damage

    def publish(self) -> Checkpoint:
        """Bring the log up to what is committed, and sign a checkpoint; a damaged log is made anew."""
        checkpoint = self._publisher.publish(self._damage)
        self._damage = ""
        files = FolderFiles(self.season.log)
        self.log = LogReader(files)  # a whole one, for whoever reads meanwhile
        self._marker.keep(self.log.note())
        return checkpoint

    def hurry(self) -> None:
        """Wait for the log a few seconds at most from now on, since the server ends."""
        self._publisher.hurry()

    async def keep_publishing(self) -> None:
        """Publish while ballots come, and close when the last window is over or the organiser asks.

        Whatever keeps the log from it, a disk that fails, a clock that jumped, a publisher that hung, is told once in
        `trouble` and the log, and tried again; ballots are taken meanwhile.
        """
        while True:
            await asyncio.sleep(PUBLISH_SECONDS)
            try:
                await self._tick()
            except Exception as error:  # noqa: BLE001 - told with its traceback where it is a defect; ballots go on
                told = why(error)
                if self.trouble != told:
                    is_foreseen = isinstance(error, (OSError, sqlite3.Error, PlauditError))
                    _log.error(
                        "the log is not brought up to the ballots: %s", error, exc_info=None if is_foreseen else error
                    )
                self.trouble = told
            else:
                if self.trouble:
                    _log.warning("the log is brought up to the ballots again")
                self.trouble = ""

    async def _tick(self) -> None:
        try:
            await self._close_if_due()
        except Exception:  # what keeps the vote from closing keeps nothing from being published
            with suppress(Exception):
                await self._publish_if_due()
            raise
        await self._publish_if_due()

    async def _close_if_due(self) -> None:
        request = self.season.folder / "vote" / CLOSE_REQUEST
        if self.closed_at is None:
            try:
                because = asked(request, refuse_reason)
            finally:
                if self._is_over():
                    await self.finish()
            if because and self.closed_at is None:
                await self.finish(because)
        if self.closed_at is not None:
            request.unlink(missing_ok=True)

    async def _publish_if_due(self) -> None:
        is_behind = self.log.size < self._intake.ballots + 1 + (self.closed_at is not None)
        async with self.publishing:
            await asyncio.to_thread(self.publish if is_behind or self._damage else self._publisher.look)

    def _is_over(self) -> bool:
        try:
            return self._clock.now() >= self.ends_at
        except VoteUnavailable:
            return False  # a clock that jumped closes nothing

    async def finish(self, because: str = "") -> Checkpoint:
        """Let what is in flight be decided, then close."""
        refuse_reason(because)
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
        refuse_reason(because)
        if self.closed_at is None:
            self._refuse_early(because)
            self._intake.is_closed = True
            with usable(self.ballot_store.path):
                self.ballot_store.set_state("closed_because", because)
                closed_at = max(self._clock.now(), self.ballot_store.last()[1])
                self.ballot_store.set_state("closed_at", closed_at)
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

    def _refuse_other_keys(self) -> None:
        """Refuse keys that are not the vote's; a vote opened before fingerprints were kept takes them up now."""
        held = self.ballot_store.state(FINGERPRINTS)
        if held is None:
            self.ballot_store.set_state(FINGERPRINTS, json.dumps(held_fingerprints(self.season.folder)))
            return
        refuse_other_keys(self.season.folder, json.loads(str(held)))
