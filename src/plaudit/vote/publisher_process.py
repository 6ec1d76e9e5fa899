"""Publishing in a process of its own: hashing and writing the log takes no time from who takes the ballots.

It follows the ballot store in small steps, so that there is little left to do when a
checkpoint is due. It ends when the server ends, however that ends: it hears so
from the pipe between them. Its pulse is two counters that both processes see: one
that a thread of it moves, and one that moves as work is done. A process whose
first stands still hangs; one whose second does while something is asked of it is
stuck. Either is killed and replaced.
"""

from __future__ import annotations

import logging
import os
import signal
import sqlite3
import threading
import time
from contextlib import closing, suppress
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any, Final

from plaudit.base.errors import PlauditError, VoteUnavailable
from plaudit.rulebook.season import read_season
from plaudit.vote.publisher import Publisher

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from pathlib import Path

    from plaudit.ledger.checkpoint import Checkpoint
    from plaudit.rulebook.season import Season

__all__ = ["PublisherProcess"]

_BUSY_SECONDS: Final = 0.005
_IDLE_SECONDS: Final = 0.05
"""How often it looks for new ballots, when there were some and when there were none."""
_NICE: Final = 10
"""Ballots come first; at 19 a machine without a processor to spare published five seconds late."""
_ENDS_SECONDS: Final = 2
_BEATS_SECONDS: Final = 0.25
_SILENT_SECONDS: Final = 3.0
"""How long a process may show no pulse at all."""
_STUCK_SECONDS: Final = 30.0
"""How long it may have a pulse and get nothing done; a slow disk may take its time to sync."""
_STARTS_SECONDS: Final = 30.0
"""How long a new process may take until it has a pulse."""
_HURRIES_SECONDS: Final = 8.0
_HURRIED_SILENCE_SECONDS: Final = 1.5
_PIPE_SECONDS: Final = 0.1
_PULSE, _WORK = 0, 1
_log = logging.getLogger("plaudit.vote")


class PublisherProcess:
    """A `Publisher` in another process, which is replaced if it ends, hangs or is stuck.

    Raises
    ------
    PlauditError : what kept it from starting.
    """

    def __init__(self, season: Season) -> None:
        self._folder = season.folder
        self._stuck_seconds = _STUCK_SECONDS
        self._silent_seconds = _SILENT_SECONDS
        self._gives_up_at = float("inf")
        self._start()

    def _start(self) -> None:
        context = get_context("spawn")
        self._counters: Any = context.RawArray("q", 2)
        self._seen = (0, 0)
        self._seen_at = [time.monotonic()] * 2
        self._pipe, theirs = context.Pipe()
        arguments = (self._folder, theirs, self._counters)
        self._process = context.Process(target=_run, args=arguments, name="publisher", daemon=True)
        self._process.start()
        theirs.close()  # the pipe ends with the other process
        self._answer()

    def publish(self, damage: str = "") -> Checkpoint:
        """Bring the log up to what is committed, and sign a checkpoint.

        Raises
        ------
        VoteUnavailable : the process ended, or hung and was killed; ask again.
        """
        if not self._process.is_alive():
            self._replace()
        self._seen_at = [time.monotonic()] * 2
        with suppress(ConnectionError):
            self._pipe.send(damage)
        checkpoint = self._answer()
        assert checkpoint is not None
        return checkpoint

    def look(self) -> None:
        """See that the process is alive, and replace it if not."""
        if not self._process.is_alive():
            self._replace()
            raise _ended()
        self._feel()
        if self._why_hung(is_asked=False):
            time.sleep(2 * _BEATS_SECONDS)  # the whole machine may have stood still
            self._feel()
        if why := self._why_hung(is_asked=False):
            self._end(why)
            self._replace()
            raise _hung(why)

    def hurry(self) -> None:
        """Wait a few seconds for what is asked from now on, and no longer."""
        self._stuck_seconds = _SILENT_SECONDS
        self._silent_seconds = _HURRIED_SILENCE_SECONDS
        self._gives_up_at = time.monotonic() + _HURRIES_SECONDS

    def close(self) -> None:
        """Let the process end."""
        self._pipe.close()
        self._process.join(_ENDS_SECONDS)
        if self._process.is_alive():
            self._process.kill()
            self._process.join(_ENDS_SECONDS)

    def _replace(self) -> None:
        self._pipe.close()
        self._start()

    def _answer(self) -> Checkpoint | None:
        """Wait for the process's answer, as long as it has a pulse and gets something done."""
        try:
            while not self._pipe.poll(_PIPE_SECONDS):
                self._feel()
                if why := self._why_hung(is_asked=True):
                    self._end(why)
                    raise _hung(why)
            answer: Checkpoint | Exception | None = self._pipe.recv()
        except (EOFError, OSError):
            raise _ended() from None
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _feel(self) -> None:
        """Note which counters moved since the last time."""
        now, found = time.monotonic(), (self._counters[_PULSE], self._counters[_WORK])
        for which in (_PULSE, _WORK):
            if found[which] != self._seen[which]:
                self._seen_at[which] = now
        self._seen = found

    def _why_hung(self, *, is_asked: bool) -> str:
        """Say why the process is given up, or nothing."""
        now = time.monotonic()
        silent = now - self._seen_at[_PULSE]
        if silent > (self._silent_seconds if self._seen[_PULSE] else _STARTS_SECONDS):
            return f"shows no sign of life for {silent:.0f} s"
        if is_asked and now - self._seen_at[_WORK] > self._stuck_seconds:
            return f"gets nothing done for {now - self._seen_at[_WORK]:.0f} s"
        return f"is not done after {_HURRIES_SECONDS:g} s" if is_asked and now > self._gives_up_at else ""

    def _end(self, why: str) -> None:
        _log.error("the process that publishes the log %s; it is killed and replaced", why)
        self._process.kill()  # a stopped process dies of it too
        self._process.join(_ENDS_SECONDS)


def _ended() -> VoteUnavailable:
    return VoteUnavailable("the process that publishes the log ended", "it is started again")


def _hung(why: str) -> VoteUnavailable:
    return VoteUnavailable(f"the process that publishes the log {why}", "it was killed and is started again")


def _run(folder: Path, pipe: Connection, counters: Any) -> None:
    """Follow the ballot store and answer requests until the pipe ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it goes to all who hold the terminal; the server says when to end
    if hasattr(os, "nice"):
        os.nice(_NICE)
    counters[_PULSE] = 1
    threading.Thread(target=_beat, args=(counters,), daemon=True).start()

    def worked() -> None:
        counters[_WORK] += 1

    with suppress(EOFError, ConnectionError):  # the server ended
        try:
            publisher = Publisher(read_season(folder), worked)
        except PlauditError as error:
            pipe.send(error)
            return
        with closing(publisher):
            pipe.send(None)
            while True:
                _follow(publisher, pipe)
                damage = pipe.recv()
                worked()
                pipe.send(_outcome(publisher, damage))
                with suppress(sqlite3.Error):  # else a commit tidies, and tells of the disk
                    publisher.tidy()


def _beat(counters: Any) -> None:
    while True:
        time.sleep(_BEATS_SECONDS)
        counters[_PULSE] += 1


def _follow(publisher: Publisher, pipe: Connection) -> None:
    """Work ahead until something is asked; what fails here fails again when a checkpoint is due, and is told then."""
    seconds = _BUSY_SECONDS
    while not pipe.poll(seconds):
        seconds = _IDLE_SECONDS
        with suppress(OSError, sqlite3.Error, PlauditError, ValueError):
            seconds = _BUSY_SECONDS if publisher.follow() else _IDLE_SECONDS
            if seconds == _IDLE_SECONDS:
                publisher.look_after()


def _outcome(publisher: Publisher, damage: str) -> Checkpoint | Exception:
    try:
        return publisher.publish(damage)
    except Exception as error:  # noqa: BLE001 - the server raises it
        return error
