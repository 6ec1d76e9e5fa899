"""Taking ballots: what queued while the last commit ran goes into the next one.

No timer: a lone ballot is committed at once, and under load a commit carries as
many as came while the one before was being synced. A disk that is not quick
syncs in a thread, and what comes meanwhile is read.
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

from plaudit.base.errors import VoteUnavailable
from plaudit.vote.judge import AcceptedBallot, Asked, Judge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plaudit.base.errors import BallotRejected
    from plaudit.ledger.note import Signer
    from plaudit.vote.admission import Admission, BallotRequest
    from plaudit.vote.ballot_store import BallotStore, Batch
    from plaudit.vote.record import Names

__all__ = ["Intake"]

BATCH_MOST: Final = 1_000
QUEUE_MOST: Final = 20_000
"""More than so many ballots waiting for the disk are refused instead of kept waiting."""
QUICK_SECONDS: Final = 0.001
"""A disk whose last commit took less is waited for: a thread for so little made slow ballots twice as slow."""
_SLOW_DISK: Final = "try again in a second with the same key"
_log = logging.getLogger("plaudit.vote")
Done = Callable[["AcceptedBallot | BaseException"], object]
"""What is called with the ballot that was taken, or with why it was not."""


class _Waiting(Asked):
    """An ask whose answer somebody waits for."""

    done: Done


class Intake:
    """Judge asks, add them to the ballot store, and answer when they are durable."""

    def __init__(
        self, ballot_store: BallotStore, admission: Admission, names: Names, signer: Signer, now: Callable[[], int]
    ) -> None:
        self._ballot_store = ballot_store
        self._judge = Judge(ballot_store, admission, names, signer, now)
        self._now = now
        self._last, _ = ballot_store.last()
        self.is_closed = False
        self._queue: deque[_Waiting] = deque()
        self._is_busy = False
        self._is_stopped = False
        self._decided = 0
        self._in_flight = 0
        self._commit_seconds = 0.0
        self._thread = ThreadPoolExecutor(1, "commit")
        self.standings: dict[tuple[str, str], list[int]] = {
            (nominee, channel): [ballots, votes] for nominee, channel, ballots, votes in ballot_store.standings()
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
            batch, answers = self._judge.judged(
                self._last + 1, [_Waiting(ask, received_at, self.is_closed, _nobody) for ask in asks]
            )
            if batch.ballots:
                self._ballot_store.add(batch)
                self._ballot_store.commit()
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
            batch, answers = self._judge.judged(self._last + 1, taken)
            if batch.ballots:
                self._ballot_store.add(batch)
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
            self._ballot_store.commit()
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
                self._judge.judged(self._last + 1, [waiting])
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
            self._ballot_store.tidy()  # else a write-ahead log that only grows fills the disk that it waits for
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
                self._ballot_store.rollback()

    def _took(self, batch: Batch) -> None:
        self._last += len(batch.ballots)
        for place, (ballots, votes) in batch.standings.items():
            sums = self.standings.setdefault(place, [0, 0])
            sums[0] += ballots
            sums[1] += votes


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
