"""Bringing the log up to the box: what is committed becomes leaves, and a signed checkpoint makes them public."""

from __future__ import annotations

from contextlib import ExitStack
from contextlib import closing as closing_of
from typing import TYPE_CHECKING, Final, Protocol

from plaudit.base.errors import OutOfTurn, ProofInvalid
from plaudit.ledger.files import FolderFiles
from plaudit.ledger.log import Log
from plaudit.vote.box import SqliteBox
from plaudit.vote.keys import log_signer
from plaudit.vote.lock import Lock, usable
from plaudit.vote.statements import closing

if TYPE_CHECKING:
    from plaudit.ledger.checkpoint import Checkpoint
    from plaudit.rulebook.season import Season

__all__ = ["Publisher", "Publishes"]

_AT_ONCE: Final = 20_000
_WAITS_SECONDS: Final = 10
"""How long the publisher of a server that was killed may take to notice that it is alone, and end."""


class Publishes(Protocol):
    """What publishes a vote's log, here or in another process."""

    def publish(self) -> Checkpoint:
        """Bring the log up to what is committed, and sign a checkpoint."""

    def close(self) -> None:
        """Let go of the log."""


class Publisher:
    """The one writer of a vote's log; it reads the box and adds nothing to it.

    Raises
    ------
    OutOfTurn : the vote was not opened, or another process publishes its log.
    VoteUnavailable : the box cannot be read.
    """

    def __init__(self, season: Season) -> None:
        self._folder = season.log
        self._signer = log_signer(season.folder, season.origin)
        path = season.folder / "vote" / "ballots.sqlite"
        lock = Lock(path.parent, "publisher-lock", "publishes this vote's log", waits_seconds=_WAITS_SECONDS)
        with ExitStack() as held:
            held.enter_context(lock)
            held.enter_context(usable(path))
            self._box = held.enter_context(closing_of(SqliteBox(path, is_view=True)))
            self._tidier = held.enter_context(closing_of(SqliteBox(path)))
            opened = self._box.state("opening")
            if opened is None:
                raise OutOfTurn("the vote was not opened", "open it with: plaudit vote open SEASON")
            self._opening = str(opened).encode()
            self._held = held.pop_all()
        self._log: Log | None = None

    def follow(self) -> int:
        """Write what is committed behind the log and say how many leaves; `publish` makes them part of it."""
        log = self._log or Log(self._folder)
        self._log = None  # what fails half-way is begun anew, from the checkpoint there is
        before = log.appended
        self._append(log)
        self._log = log
        return log.appended - before

    def publish(self) -> Checkpoint:
        """Bring the log up to what is committed, and sign a checkpoint."""
        self.follow()
        log, self._log = self._log, None
        assert log is not None
        checkpoint = log.publish(self._signer)
        files = FolderFiles(self._folder)
        verifier_key = f"{self._signer.verifier}\n".encode()
        if files.read("verifier.key") != verifier_key:
            files.write("verifier.key", verifier_key)
        self._log = log
        return checkpoint

    def tidy(self) -> None:
        """Move committed ballots from the box's write-ahead log into the box itself; else a commit does in time."""
        self._tidier.tidy()

    def close(self) -> None:
        """Let go of the log."""
        self._held.close()

    def _append(self, log: Log) -> None:
        closed_at = self._box.state("closed_at")  # before the ballots: none come after it
        ballots, _ = self._box.last()
        if log.appended == 0:
            log.append([self._opening])
        while log.appended <= ballots:
            records = self._box.records(log.appended, min(_AT_ONCE, ballots + 1 - log.appended))
            if not records:
                raise ProofInvalid(f"the box lacks ballot {log.appended} of {ballots}", "restore vote/ballots.sqlite")
            log.append(records)
        if closed_at is not None and log.appended == ballots + 1:
            because = str(self._box.state("closed_because") or "")
            log.append([closing(ballots, int(closed_at), because)])
