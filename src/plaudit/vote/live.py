"""A live vote: from a season's folder, one process takes ballots, and the log is published.

    SEASON/vote/ballots.sqlite     where ballots are durable; private
    SEASON/vote/lock               held by the one process that takes them
    SEASON/vote/signed-checkpoint  what the log's key signed last
    SEASON/evidence/log/           the tile log; public

The box is the truth and the log follows it: whatever was killed or damaged, starting
again on the same folder brings the log up to the box. It refuses to start where
the box does not hold what was signed.
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
    ProofInvalid,
    SignatureInvalid,
    UnknownName,
    VoteUnavailable,
)
from plaudit.base.weeks import instant_text
from plaudit.ledger.checkpoint import open_checkpoint
from plaudit.ledger.files import FolderFiles
from plaudit.ledger.reader import LogReader
from plaudit.ledger.sight import put
from plaudit.vote.admission import Admission
from plaudit.vote.ballot_store import SqliteBallotStore
from plaudit.vote.clock import HeldClock, steady_clock, wall_clock
from plaudit.vote.intake import Intake
from plaudit.vote.keys import FINGERPRINTS, fingerprints, held_fingerprints, log_signer, make_keys, refuse_other_keys
from plaudit.vote.lock import Lock, is_served, usable, why
from plaudit.vote.publisher import Publisher
from plaudit.vote.request_files import CLOSE_REQUEST, asked, refuse_reason
from plaudit.vote.signed import BoxLeaves, published_note, refuse_another_past, signed_note, too_few
from plaudit.vote.statements import opening, read_opening, refuse_other_opening

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from plaudit.base.errors import BallotRejected
    from plaudit.ledger.checkpoint import Checkpoint
    from plaudit.ledger.note import Verifier
    from plaudit.ledger.proof import TlogProof
    from plaudit.rulebook.season import Season
    from plaudit.vote.admission import Allowance, BallotRequest
    from plaudit.vote.intake import AcceptedBallot, Done
    from plaudit.vote.publisher import Publishes
    from plaudit.vote.statements import Opening

__all__ = ["LiveVote", "Standings", "open_vote"]

PUBLISH_SECONDS: Final = 0.5
_log = logging.getLogger("plaudit.vote")


class Standings(Struct, frozen=True):
    """Accepted votes so far, by nominee and channel, before caps are checked again and before any audit."""

    as_of: int
    ballots: int
    votes: dict[str, dict[str, int]]


def open_vote(season: Season, nominees: Sequence[str]) -> Checkpoint:
    """Declare the vote: make the keys that lack, write the opening and the log's first checkpoint.

    Repeating it changes nothing, also while a server runs, and gives the checkpoint that there is.

    Raises
    ------
    OutOfTurn : the season takes no ballots itself, nobody is nominated, or another process opens the vote.
    SignatureInvalid, DigestMismatch : a key is none, or is not the one the vote was opened with.
    ProofInvalid : the vote was opened with another opening; it says what differs.
    VoteUnavailable : folder or file cannot be written.
    """
    if season.live is None:
        raise OutOfTurn("the season takes no ballots itself", "add [vote.live] to season.toml")
    if not nominees:
        raise OutOfTurn("nobody is nominated", "run first: plaudit nominate SEASON")
    opened = opening(season, nominees)
    if is_served(season.folder) and (checkpoint := _served_checkpoint(season, opened)):
        return checkpoint
    path = _box_path(season)
    with Lock(season.folder / "vote"), usable(path), closing_of(SqliteBallotStore(path)) as box:
        held = box.state("opening")
        if held is None:
            make_keys(season.folder)
            keys = fingerprints(season.folder)
            box.set_state(FINGERPRINTS, json.dumps(keys))
            box.set_state("opening", opening(season, nominees, keys).leaf.decode())
        else:
            refuse_other_opening(str(held).encode(), opened)
    with LiveVote(season, clock=wall_clock) as vote:
        return vote.publish()


def _served_checkpoint(season: Season, opened: Opening) -> Checkpoint | None:
    """Give the last checkpoint of a vote that another process takes; None where it is not opened yet."""
    path = _box_path(season)
    with usable(path), closing_of(SqliteBallotStore(path, is_view=True)) as box:
        held = box.state("opening")
    if held is None:
        return None
    refuse_other_opening(str(held).encode(), opened)
    signed = signed_note(path.parent, log_signer(season.folder, season.origin).verifier)
    return signed[1] if signed else None


class LiveVote:
    """The one process that takes a season's ballots.

    Parameters
    ----------
    clock : gives microseconds, UTC
    steady : gives microseconds that nobody can set, or None to trust the clock
    publisher : makes what publishes the log
    at_least : notes of this log that others hold; the box must hold what they speak of
    marker : a file outside the season that keeps the last checkpoint, and is read like one of `at_least`

    Attributes
    ----------
    log : as of the last checkpoint; another one takes its place with each
    publishing : held while the log is brought up to the box
    trouble : what keeps the log from being brought up to the box, or nothing

    Raises
    ------
    OutOfTurn : the vote was not opened, another process has it, or a key lacks.
    ProofInvalid : season, box and log do not agree; it says in what.
    CheckpointsFork : the box does not hold what was signed.
    SignatureInvalid, DigestMismatch : a key is none, or is not the one the vote was opened with.
    VoteUnavailable : the box cannot be written.
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
        path = _box_path(season)
        if not path.is_file():
            raise OutOfTurn("the vote was not opened", "open it with: plaudit vote open SEASON")
        self.season = season
        self.rule = season.counting_rule()
        self.signer = log_signer(season.folder, season.origin)
        self.publishing = asyncio.Lock()
        self.trouble = ""
        self._damage = ""
        self._marker = marker
        self._is_unmarked = False
        self._at_least = [*at_least, *_marked(marker)]
        with ExitStack() as held:
            held.enter_context(Lock(season.folder / "vote"))
            held.enter_context(usable(path))
            self.box, self._view = (
                held.enter_context(closing_of(SqliteBallotStore(path, is_view=is_view))) for is_view in (False, True)
            )
            self._start(clock, steady)
            self._publisher = held.enter_context(closing_of(publisher(season)))
            self._held = held.pop_all()
        if self._marker and self.log.size:
            self._mark(self._marker, self.log.note())

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
        self.door = Admission(self.rule, self.season.windows(), self.names)
        self._intake = Intake(self.box, self.door, self.names, self.signer, self._clock.now)
        closed_at = self.box.state("closed_at")
        self.closed_at = None if closed_at is None else int(closed_at)
        self._intake.is_closed = self.closed_at is not None
        self._refuse_other_keys()
        self.log = self._whole_log()
        self._refuse_another_past()

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
        most = self.door.most(channel)
        if most is None or self.rule.keep == "last":
            return most
        slot = self.door.slot(channel, nominee, self._clock.now())
        if slot is None:
            return most
        with usable(self.box.path):
            _, spent = self._view.known([], [(voter, slot)])
        return most - spent.get((voter, slot), 0)

    def charged(self, asks: Sequence[BallotRequest]) -> tuple[dict[tuple[int, str], int], dict[Allowance, int]]:
        """Give what the box knows of asks with an instant of their own: their keys, and what is spent of allowances."""
        slots = [
            (ask.voter, slot)
            for ask in asks
            if ask.cast_at is not None and (slot := self.door.slot(ask.channel, ask.nominee, ask.cast_at)) is not None
        ]
        with usable(self.box.path):
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
        if self._marker:
            self._mark(self._marker, self.log.note())
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

    def _refuse_other_keys(self) -> None:
        """Refuse keys that are not the vote's; a vote opened before fingerprints were kept takes them up now."""
        held = self.box.state(FINGERPRINTS)
        if held is None:
            self.box.set_state(FINGERPRINTS, json.dumps(held_fingerprints(self.season.folder)))
            return
        refuse_other_keys(self.season.folder, json.loads(str(held)))

    def _whole_log(self) -> LogReader:
        """Give the published log, or one without entries where that cannot be read: it is made anew then."""
        try:
            log = LogReader(FolderFiles(self.season.log))
            for leaf in {0, log.size - 1} if log.size else ():
                log.entry(leaf)
        except (EvidenceError, OSError, ValueError) as damage:
            self._damage = why(damage)
            log = LogReader(_NoFiles())
        return log

    def _refuse_another_past(self) -> None:
        """Refuse to take ballots into a box that does not hold what was signed; it would give leaves away again."""
        verifier = self.signer.verifier
        leaves = BoxLeaves(self._view, self.opening.leaf)
        signed = signed_note(self.season.folder / "vote", verifier)
        known = [
            signed,
            published_note(self.season.log, verifier),
            *((note, _checkpoint_of(note, verifier)) for note in self._at_least),
        ]
        held = [one for one in known if one]
        for _, checkpoint in held:
            if checkpoint.size > leaves.size:
                raise too_few(checkpoint.size, leaves.ballots)
        self._refuse_other_leaves(leaves)
        doubtful = [one for one in held if not self._is_in_log(one[1])]
        if signed and (self.log.size, self.log.root()) != (signed[1].size, signed[1].root):
            doubtful.append(signed)
        refuse_another_past(leaves, doubtful)

    def _refuse_other_leaves(self, leaves: BoxLeaves) -> None:
        """Refuse a published log whose first or last leaf is another than the box's."""
        last = self.log.size - 1
        if 0 < last <= leaves.ballots and self.log.entry(last) != self.box.record(last):
            raise ProofInvalid(
                f"leaf {last} is not the ballot in the ballot store", "restore vote/ballots.sqlite and evidence/log"
            )
        if self.log.size and self.log.entry(0) != self.opening.leaf:
            raise ProofInvalid("leaf 0 is not the vote's opening", "restore vote/ballots.sqlite and evidence/log")

    def _is_in_log(self, checkpoint: Checkpoint) -> bool:
        try:
            return 0 < checkpoint.size <= self.log.size and self.log.root(checkpoint.size) == checkpoint.root
        except EvidenceError:
            return False

    def _mark(self, marker: Path, note: str) -> None:
        try:
            put(marker, note)
        except OSError as error:
            if not self._is_unmarked:
                _log.error("the marker %s cannot be written: %s", marker, error)
            self._is_unmarked = True
        else:
            self._is_unmarked = False


class _NoFiles:
    """A log's folder with nothing in it."""

    def read(self, path: str) -> bytes | None:  # noqa: ARG002 - whatever is asked for
        return None


def _box_path(season: Season) -> Path:
    return season.folder / "vote" / "ballots.sqlite"


def _marked(marker: Path | None) -> list[str]:
    """Give the note in a marker, if it was ever written."""
    return [marker.read_bytes().decode("utf-8", "replace")] if marker and marker.is_file() else []


def _checkpoint_of(note: str, verifier: Verifier) -> Checkpoint:
    try:
        return open_checkpoint(note, verifier)
    except (SignatureInvalid, ProofInvalid) as error:
        raise type(error)(
            f"what the vote must hold at least is not a checkpoint of this log: {error.what}",
            "give the checkpoint that a mirror, a witness or the marker keeps of this log",
        ) from None
