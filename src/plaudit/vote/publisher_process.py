"""Publishing in a process of its own: hashing and writing the log takes no time from who takes the ballots.

It follows the box in small steps, so that there is little left to do when a
checkpoint is due. It ends when the server ends, however that ends: it hears so
from the pipe between them.
"""

from __future__ import annotations

import os
import signal
import sqlite3
from contextlib import closing, suppress
from multiprocessing import get_context
from typing import TYPE_CHECKING, Final

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
_ENDS_SECONDS: Final = 10


class PublisherProcess:
    """A `Publisher` in another process, which is started again if it ends.

    Raises
    ------
    PlauditError : what kept it from starting.
    """

    def __init__(self, season: Season) -> None:
        self._folder = season.folder
        self._start()

    def _start(self) -> None:
        context = get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_run, args=(self._folder, theirs), name="publisher", daemon=True)
        self._process.start()
        theirs.close()  # the pipe ends with the other process
        self._answer()

    def publish(self) -> Checkpoint:
        """Bring the log up to what is committed, and sign a checkpoint.

        Raises
        ------
        VoteUnavailable : the process ended; ask again.
        """
        if not self._process.is_alive():
            self._pipe.close()
            self._start()
        with suppress(ConnectionError):
            self._pipe.send("publish")
        checkpoint = self._answer()
        assert checkpoint is not None
        return checkpoint

    def close(self) -> None:
        """Let the process end."""
        self._pipe.close()
        self._process.join(_ENDS_SECONDS)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()

    def _answer(self) -> Checkpoint | None:
        try:
            answer: Checkpoint | Exception | None = self._pipe.recv()
        except (EOFError, OSError):
            raise VoteUnavailable("the process that publishes the log ended", "it is started again") from None
        if isinstance(answer, Exception):
            raise answer
        return answer


def _run(folder: Path, pipe: Connection) -> None:
    """Follow the box and answer requests until the pipe ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it goes to all who hold the terminal; the server says when to end
    os.nice(_NICE)
    with suppress(EOFError, ConnectionError):  # the server ended
        try:
            publisher = Publisher(read_season(folder))
        except PlauditError as error:
            pipe.send(error)
            return
        with closing(publisher):
            pipe.send(None)
            while True:
                _follow(publisher, pipe)
                pipe.recv()
                pipe.send(_outcome(publisher))
                with suppress(sqlite3.Error):  # else a commit tidies, and tells of the disk
                    publisher.tidy()


def _follow(publisher: Publisher, pipe: Connection) -> None:
    """Work ahead until something is asked; what fails here fails again when a checkpoint is due, and is told then."""
    seconds = _BUSY_SECONDS
    while not pipe.poll(seconds):
        seconds = _IDLE_SECONDS
        with suppress(OSError, sqlite3.Error, PlauditError):
            seconds = _BUSY_SECONDS if publisher.follow() else _IDLE_SECONDS


def _outcome(publisher: Publisher) -> Checkpoint | Exception:
    try:
        return publisher.publish()
    except Exception as error:  # noqa: BLE001 - the server raises it
        return error
