"""Taking ballots: what queued while the last commit ran goes into the next one.

No timer: a lone ballot is committed at once, and under load a commit carries as
many as came while the one before was being synced. A disk that is not quick
syncs in a thread, and what comes meanwhile is read. Asks are judged one after
the other in the order they came, so no interleaving passes a cap.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from plaudit.base.errors import AllowanceSpent, BallotRejected, KeyReused, VoteClosed, VoteUnavailable
from plaudit.vote.admission import BallotRequest
from plaudit.vote.ballot_store import Batch
from plaudit.vote.receipt import receipts
from plaudit.vote.record import Ballot

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plaudit.ledger.note import Signer
    from plaudit.vote.admission import Admission, Allowance, Slot
    from plaudit.vote.ballot_store import BallotStore
    from plaudit.vote.record import Names

__all__ = ["AcceptedBallot", "Intake"]

BATCH_MOST: Final = 1_000
QUEUE_MOST: Final = 20_000
"""More than so many ballots waiting for the disk are refused instead of kept waiting."""
QUICK_SECONDS: Final = 0.001
"""A disk whose last commit took less is waited for: a thread for so little made slow ballots twice as slow."""
_SLOW_DISK: Final = "try again in a second with the same key"
_log = logging.getLogger("plaudit.vote")
Done = Callable[["AcceptedBallot | BaseException"], object]
"""What is called with the ballot that was taken, or with why it was not."""


class AcceptedBallot(Struct):
    """An accepted ballot: its leaf to come, what was asked, the instant that counts, the votes left, the receipt."""

    leaf: int
    ask: BallotRequest
    cast_at: int
    left: int | None
    is_replay: bool
    receipt: str = ""


class _Waiting(Struct):
    """An ask, the instant it was received at, and whether the vote was closed then."""

    ask: BallotRequest
    received_at: int
    is_late: bool
    done: Done


class Intake:
    """Judge asks, add them to the box, and answer when they are durable."""

    def __init__(self, box: BallotStore, door: Admission, names: Names, signer: Signer, now: Callable[[], int]) -> None:
        self._box = box
        self._door = door
        self._names = names
        self._signer = signer
        self._now = now
        self._last, _ = box.last()
        self.is_closed = False
        self._queue: deque[_Waiting] = deque()
        self._is_busy = False
        self._is_stopped = False
        self._decided = 0
        self._in_flight = 0
        self._commit_seconds = 0.0
        self._thread = ThreadPoolExecutor(1, "commit")
        self._is_by_commit = door.rule.intake.in_flight == "committed"
        self.standings: dict[tuple[str, str], list[int]] = {
            (nominee, channel): [ballots, votes] for nominee, channel, ballots, votes in box.standings()
        }

    @property
    def is_busy(self) -> bool:
        """Whether any ballot is in flight."""
        return self._is_busy

    @property
    def ballots(self) -> int:
        """How many ballots are durable."""
        return self._last

    async def cast(self, ask: BallotRequest) -> AcceptedBallot:
        """Take one ballot; it is durable when this returns.

        Raises
        ------
        BallotRejected : one of its kinds; nothing was taken.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[AcceptedBallot] = loop.create_future()
        self.submit(ask, lambda outcome: _settle(future, outcome), loop)
        return await future

    def submit(self, ask: BallotRequest, done: Done, loop: asyncio.AbstractEventLoop) -> None:
        """Take one ballot and say so once it is durable; a waiting coroutine costs more than the call.

        Raises
        ------
        VoteUnavailable : nothing was taken, and `done` is not called.
        """
        if self._is_stopped:
            raise _stopped()
        if len(self._queue) >= QUEUE_MOST:
            raise VoteUnavailable(f"{QUEUE_MOST:,} ballots wait for the disk", _SLOW_DISK, retry_after=1)
        self._queue.append(_Waiting(ask, self._now(), self.is_closed, done))
        if not self._is_busy:
            self._is_busy = True
            loop.call_soon(self._begin, loop)

    def take(self, asks: Sequence[BallotRequest]) -> list[AcceptedBallot | BallotRejected]:
        """Take ballots in one commit, here and now.

        Raises
        ------
        VoteUnavailable : they cannot be made durable, or others are in flight; none was taken.
        """
        if self._is_busy:
            raise VoteUnavailable("other ballots are in flight", _SLOW_DISK, retry_after=1)
        if not asks:
            return []
        received_at = self._now()
        try:
            batch, answers = self._judged([_Waiting(ask, received_at, self.is_closed, _nobody) for ask in asks])
            if batch.ballots:
                self._box.add(batch)
                self._box.commit()
        except BaseException as error:
            self._roll_back()
            if isinstance(error, sqlite3.Error):
                raise _not_durable(error) from error
            raise
        self._took(batch)
        return answers

    async def drained(self) -> None:
        """Wait until all that came before this call is decided; others may come meanwhile."""
        awaited = self._decided + self._in_flight + len(self._queue)
        while self._decided < awaited:
            await asyncio.sleep(0.005)

    def stop(self) -> None:
        """Let the commit thread go; who still waits for a commit that has not begun is told so."""
        self._is_stopped = True
        self._thread.shutdown()
        while self._queue:
            waiting = self._queue.popleft()
            self._decided += 1
            waiting.done(_stopped())

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        taken = [self._queue.popleft() for _ in range(min(BATCH_MOST, len(self._queue)))]
        if not taken:
            self._is_busy = False
            return
        self._in_flight = len(taken)
        try:
            batch, answers = self._judged(taken)
            if batch.ballots:
                self._box.add(batch)
        except Exception as error:  # noqa: BLE001 - whoever waits must hear of it, a defect of ours too
            self._apart(taken, error, loop)
            return
        if not batch.ballots:
            self._finish(taken, answers, loop)
            return

        def committed(error: BaseException | None) -> None:
            if error is not None:
                self._failed(taken, error, loop)
            else:
                self._took(batch)
                self._finish(taken, answers, loop)

        if self._commit_seconds < QUICK_SECONDS:
            committed(self._commit())
        else:
            self._thread.submit(lambda: loop.call_soon_threadsafe(committed, self._commit()))

    def _commit(self) -> BaseException | None:
        """Commit, and give what went wrong."""
        began = time.perf_counter()
        try:
            self._box.commit()
        except BaseException as error:  # noqa: BLE001 - whoever waits must hear of it
            return error
        finally:
            self._commit_seconds = time.perf_counter() - began
        return None

    def _finish(
        self, taken: list[_Waiting], answers: Sequence[AcceptedBallot | BallotRejected], loop: asyncio.AbstractEventLoop
    ) -> None:
        for waiting, answer in zip(taken, answers, strict=True):
            try:
                waiting.done(answer)
            except Exception:  # noqa: BLE001 - the others are still to be told
                _log.exception("a defect in answering a voter; the ballot counts")
        self._next(loop)

    def _apart(self, taken: list[_Waiting], error: Exception, loop: asyncio.AbstractEventLoop) -> None:
        """Answer a batch that could not be judged: whoever is the cause gets the error, the others are judged again."""
        self._roll_back()
        sound, refused = [], []
        for waiting in taken if len(taken) > 1 and not isinstance(error, sqlite3.Error) else ():
            try:
                self._judged([waiting])
            except Exception as own:  # noqa: BLE001 - it is this ballot's answer
                refused.append((waiting, own))
            else:
                sound.append(waiting)
        if not refused:  # the disk, or nobody's alone
            self._failed(taken, error, loop)
            return
        self._queue.extendleft(reversed(sound))
        self._in_flight = len(refused)
        for waiting, cause in refused:
            self._failed_one(waiting, cause)
        self._next(loop)

    def _failed(self, taken: list[_Waiting], error: BaseException, loop: asyncio.AbstractEventLoop) -> None:
        self._roll_back()
        if isinstance(error, sqlite3.Error) and not self._is_stopped:
            self._box.tidy()  # else a write-ahead log that only grows fills the disk that it waits for
        for waiting in taken:
            self._failed_one(waiting, error)
        self._next(loop)

    @staticmethod
    def _failed_one(waiting: _Waiting, error: BaseException) -> None:
        try:
            waiting.done(_not_durable(error) if isinstance(error, sqlite3.Error) else error)
        except Exception:  # noqa: BLE001 - the others are still to be told
            _log.exception("a defect in telling a voter; nothing was taken")

    def _next(self, loop: asyncio.AbstractEventLoop) -> None:
        self._decided += self._in_flight
        self._in_flight = 0
        if self._queue:
            loop.call_soon(self._begin, loop)  # once what came meanwhile is read
        else:
            self._is_busy = False

    def _roll_back(self) -> None:
        """Forget a batch; where even that fails, the next one fails at its start and comes here again."""
        if not self._is_stopped:  # a file that is let go of has nothing staged
            with suppress(sqlite3.Error):
                self._box.rollback()

    def _took(self, batch: Batch) -> None:
        self._last += len(batch.ballots)
        for place, (ballots, votes) in batch.standings.items():
            sums = self.standings.setdefault(place, [0, 0])
            sums[0] += ballots
            sums[1] += votes

    def _judged(self, asks: Sequence[_Waiting]) -> tuple[Batch, list[AcceptedBallot | BallotRejected]]:
        """Give what the asks add to the box, and each one's answer, receipts included."""
        at = self._now() if self._is_by_commit else asks[-1].received_at
        moments = [at if self._is_by_commit else waiting.received_at for waiting in asks]
        slots = [self._slot(waiting.ask, now) for waiting, now in zip(asks, moments, strict=True)]
        batch = Batch(self._last + 1, at, [], {}, {}, {})
        known, spent = self._box.known(
            [(waiting.ask.voter, waiting.ask.key) for waiting in asks],
            [(waiting.ask.voter, slot) for waiting, slot in zip(asks, slots, strict=True) if slot],
        )
        answers: list[AcceptedBallot | BallotRejected] = []
        for waiting, now, slot in zip(asks, moments, slots, strict=True):
            try:
                answers.append(self._admitted(waiting, now, slot, batch, known, spent))
            except BallotRejected as refused:
                answers.append(refused)
        self._give_receipts(batch, answers)
        return batch, answers

    def _slot(self, ask: BallotRequest, now: int) -> Slot | None:
        return self._door.slot(ask.channel, ask.nominee, now if ask.cast_at is None else ask.cast_at)

    def _admitted(
        self,
        waiting: _Waiting,
        now: int,
        slot: Slot | None,
        batch: Batch,
        known: dict[tuple[int, str], int],
        spent: dict[Allowance, int],
    ) -> AcceptedBallot:
        """Add one ballot to the batch; `known` and `spent` grow with it, so the next ask of the voter sees it."""
        ask = waiting.ask
        allowance = None if slot is None else (ask.voter, slot)
        sent = ask.voter, ask.key
        leaf = known.get(sent)
        if leaf is not None:
            return self._replayed(ask, leaf, batch, self._left(ask, allowance, spent))
        if waiting.is_late:
            raise VoteClosed("the vote is closed for good", "see the result", rule=self._door.rule.name)
        cast_at = now if ask.cast_at is None else ask.cast_at
        self._door.check(ask, cast_at)
        if allowance is not None:
            spent[allowance] = batch.spent[allowance] = self._charged(ask, spent.get(allowance, 0))
        leaf = batch.first + len(batch.ballots)
        batch.ballots.append((leaf, self._names.pack(_ballot(ask, cast_at)), ask.post))
        known[sent] = batch.asked[sent] = leaf
        sums = batch.standings.setdefault((ask.nominee, ask.channel), [0, 0])
        sums[0] += 1
        sums[1] += ask.votes
        return AcceptedBallot(leaf, ask, cast_at, self._left(ask, allowance, spent), is_replay=False)

    def _charged(self, ask: BallotRequest, spent: int) -> int:
        """Give what of an allowance is spent with this ballot."""
        most = self._door.most(ask.channel)
        assert most is not None
        if self._door.rule.keep == "last":
            spent = 0  # the last votes replace the ones before, so each ballot has the whole allowance
        if spent + ask.votes > most:
            raise AllowanceSpent(
                f"{ask.votes} votes asked for, {most - spent} of {most} left",
                "ask for fewer, or wait for the next period" if most > spent else "wait for the next period",
                left=most - spent,
                cap=most,
                rule=self._door.rule.name,
            )
        return spent + ask.votes

    def _left(self, ask: BallotRequest, allowance: Allowance | None, spent: dict[Allowance, int]) -> int | None:
        if allowance is None:
            return None
        most = self._door.most(ask.channel)
        if most is None or self._door.rule.keep == "last":
            return most
        return most - spent.get(allowance, 0)

    def _replayed(self, ask: BallotRequest, leaf: int, batch: Batch, left: int | None) -> AcceptedBallot:
        """Give the ballot that a key already stands for."""
        is_staged = leaf >= batch.first
        record = batch.ballots[leaf - batch.first][1] if is_staged else self._box.record(leaf)
        assert record is not None
        values = self._names.unpack(record)
        if (values["nominee"], values["votes"], values["channel"]) != (ask.nominee, ask.votes, ask.channel):
            raise KeyReused(
                f"key {ask.key} was used for {values['votes']} votes for {values['nominee']}",
                "use a new key for a new ballot",
                leaf=leaf,
            )
        return AcceptedBallot(leaf, ask, values["cast_at"], left, is_replay=True)

    def _give_receipts(self, batch: Batch, answers: Sequence[AcceptedBallot | BallotRejected]) -> None:
        given = [answer for answer in answers if isinstance(answer, AcceptedBallot)]
        new = [answer for answer in given if answer.leaf >= batch.first]
        if new:
            records = [record for _, record, _ in batch.ballots]
            texts = receipts(records, batch.first, self._signer, [answer.leaf - batch.first for answer in new])
            for answer, text in zip(new, texts, strict=True):
                answer.receipt = text
        self._give_old_receipts([answer for answer in given if answer.leaf < batch.first])

    def _give_old_receipts(self, answers: Sequence[AcceptedBallot]) -> None:
        """Give the receipts of earlier commits, each of which is hashed once however many keys of it are sent again."""
        rest = deque(sorted(answers, key=lambda answer: answer.leaf))
        while rest:
            first, records = self._box.commit_of(rest[0].leaf)
            again = []
            while rest and rest[0].leaf < first + len(records):
                again.append(rest.popleft())
            texts = receipts(records, first, self._signer, [answer.leaf - first for answer in again])
            for answer, text in zip(again, texts, strict=True):
                answer.receipt = text


def _ballot(ask: BallotRequest, cast_at: int) -> Ballot:
    return Ballot(
        ask.channel,
        ask.nominee,
        ask.votes,
        cast_at,
        ask.voter,
        ask.source,
        ask.gesture,
        ask.tags,
        ask.is_deleted,
        ask.is_private,
        ask.account_created_at,
        ask.post,
    )


def _nobody(_outcome: AcceptedBallot | BaseException) -> None:
    """Hear what became of a ballot that nobody waits for."""


def _settle(future: asyncio.Future[AcceptedBallot], outcome: AcceptedBallot | BaseException) -> None:
    if future.done():  # the voter hung up; the ballot stands
        return
    if isinstance(outcome, AcceptedBallot):
        future.set_result(outcome)
    else:
        future.set_exception(outcome)


def _stopped() -> VoteUnavailable:
    return VoteUnavailable("the server is stopping", "try again in a minute with the same key", retry_after=60)


def _not_durable(error: BaseException) -> VoteUnavailable:
    return VoteUnavailable(
        f"the ballot could not be made durable: {error}",
        "try again with the same key; nothing was taken",
        retry_after=5,
    )
