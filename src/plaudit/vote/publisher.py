"""Bringing the log up to the ballot store: what is committed becomes leaves, and a signed checkpoint makes them public.

The ballot store is the truth. Whatever becomes of the published folder, it is made again from
there; but what was signed before must stay true, so a ballot store that contradicts it publishes nothing.
"""

from __future__ import annotations

import itertools
import logging
import time
from contextlib import ExitStack
from contextlib import closing as closing_of
from typing import TYPE_CHECKING, Final, Protocol

from plaudit.base.errors import DigestMismatch, EvidenceError, OutOfTurn
from plaudit.ledger.files import FolderFiles
from plaudit.ledger.log import Log
from plaudit.ledger.mend import expected, mend
from plaudit.ledger.tiles import WIDTH, place_of
from plaudit.vote.ballot_store import SqliteBallotStore
from plaudit.vote.keys import log_signer
from plaudit.vote.lock import Lock, usable
from plaudit.vote.signed import SIGNED, BoxLeaves, published_note, refuse_another_past, remember, signed_note
from plaudit.vote.statements import read_opening
from plaudit.vote.witnesses import OPENED, keep_opened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from plaudit.ledger.checkpoint import Checkpoint
    from plaudit.rulebook.season import Season

__all__ = ["Publisher", "Publishes"]

_AT_ONCE: Final = 20_000
_WAITS_SECONDS: Final = 10
"""How long the publisher of a server that was killed may take to notice that it is alone, and end."""
_LOOKS_SECONDS: Final = 0.02
"""How long one look over the published files may take; ballots that came meanwhile wait for it."""
_RESTS_SECONDS: Final = 5.0
"""How long nothing is looked at once every file was."""
_OBSTACLES: Final = (FileExistsError, IsADirectoryError, NotADirectoryError)
"""What is met where something else lies in a file's or a folder's place."""
_DAMAGE: Final = (EvidenceError, OutOfTurn, ValueError, *_OBSTACLES)
_log = logging.getLogger("plaudit.vote")


class Publishes(Protocol):
    """What publishes a vote's log, here or in another process."""

    def publish(self, damage: str = "") -> Checkpoint:
        """Bring the log up to what is committed, and sign a checkpoint.

        Parameters
        ----------
        damage : what a reader found wrong with the published files; they are made anew first
        """

    def look(self) -> None:
        """See that whoever publishes is alive, and replace it if not.

        Raises
        ------
        VoteUnavailable : it was replaced; says why.
        """

    def hurry(self) -> None:
        """Wait a few seconds for what is asked from now on, and no longer: the server ends."""

    def close(self) -> None:
        """Let go of the log."""


class Publisher:
    """The one writer of a vote's log; it reads the ballot store and adds nothing to it.

    Parameters
    ----------
    beat : called now and then while it works, so that somebody else may see that it does

    Raises
    ------
    OutOfTurn : the vote was not opened, or another process publishes its log.
    VoteUnavailable : the ballot store cannot be read.
    """

    def __init__(self, season: Season, beat: Callable[[], object] = lambda: None) -> None:
        self._folder = season.log
        self._vote = season.folder / "vote"
        self._signer = log_signer(season.folder, season.origin)
        self._beat = beat
        path = self._vote / "ballots.sqlite"
        lock = Lock(path.parent, "publisher-lock", "publishes this vote's log", waits_seconds=_WAITS_SECONDS)
        with ExitStack() as held:
            held.enter_context(lock)
            held.enter_context(usable(path))
            self._ballot_store = held.enter_context(closing_of(SqliteBallotStore(path, is_view=True)))
            self._tidier = held.enter_context(closing_of(SqliteBallotStore(path)))
            opened = self._ballot_store.state("opening")
            if opened is None:
                raise OutOfTurn("the vote was not opened", "open it with: plaudit vote open SEASON")
            self._opening = str(opened).encode()
            self._is_witnessed = "witnesses" in read_opening(self._opening).stated
            self._held = held.pop_all()
        self._log: Log | None = None
        self._round: Iterator[tuple[str, bytes]] | None = None
        self._round_size = 0
        self._rests_until = 0.0
        self._agreed: tuple[str, ...] = ()
        self._is_told = False

    def follow(self) -> int:
        """Write what is committed behind the log and say how many leaves; `publish` makes them part of it."""
        log = self._log or self._opened()
        self._log = None  # what fails half-way is begun anew, from the checkpoint there is
        before = log.appended
        self._append(log)
        self._log = log
        return log.appended - before

    def publish(self, damage: str = "") -> Checkpoint:
        """Bring the log up to what is committed, and sign a checkpoint; a damaged log is made again from the ballots.

        Raises
        ------
        CheckpointsFork, ProofInvalid : the ballot store does not hold what was signed before; nothing was changed.
        OSError : the folder cannot be written; ask again.
        """
        if damage:
            self.mend(damage)
        try:
            return self._published()
        except _DAMAGE as found:
            self.mend(str(found))
            return self._published()

    def mend(self, damage: str) -> None:
        """Make the published folder hold the last checkpoint that was signed, and what it speaks of.

        Raises
        ------
        As `publish`.
        """
        self._log = self._round = None
        leaves = self._leaves()
        known = [
            one
            for one in (
                signed_note(self._vote, self._signer.verifier),
                published_note(self._folder, self._signer.verifier),
            )
            if one
        ]
        last = max(known, key=lambda one: one[1].size, default=None)
        if (texts := tuple(note for note, _ in known)) != self._agreed:
            last = refuse_another_past(leaves, known, self._beat)
            self._agreed = texts
        if not self._is_told:
            _log.error("the published log is damaged and is made again from the ballot store: %s", damage)
        self._is_told = True
        try:
            wrong = self._write(leaves, last)
        except _OBSTACLES:
            self._set_aside()
            wrong = self._write(leaves, last)
        self._is_told = False
        _log.error("the published log is whole again; %d files were written again", wrong)

    def look_after(self) -> None:
        """Compare some published files with the ballot store, for a moment; what differs is made anew."""
        if self._log is None or time.monotonic() < self._rests_until:
            return
        if self._round is None:
            self._round_size = self._log.size
            self._round = expected(self._round_size, self._leaves())
        until = time.monotonic() + _LOOKS_SECONDS
        files = FolderFiles(self._folder)
        for path, data in self._round:
            if self._is_due(path) and files.read(path) != data:
                self.mend(f"{path} is missing or damaged")
                return
            if time.monotonic() > until:
                return
        self._round = None
        self._rests_until = time.monotonic() + _RESTS_SECONDS
        if files.read("checkpoint") is None:
            self.mend("the checkpoint is missing")

    def tidy(self) -> None:
        """Move committed ballots from the write-ahead log into the ballot store; else a commit does in time."""
        self._tidier.tidy()

    def look(self) -> None:
        """Be alive."""

    def hurry(self) -> None:
        """Take no longer than it takes."""

    def close(self) -> None:
        """Let go of the log."""
        self._held.close()

    def _opened(self) -> Log:
        """Open the log; one without a checkpoint, where one was signed, would be begun anew in silence."""
        log = Log(self._folder)
        if log.size == 0 and (self._vote / SIGNED).is_file():
            raise DigestMismatch("the checkpoint is missing", "it is put back from what was signed", file="checkpoint")
        return log

    def _published(self) -> Checkpoint:
        self.follow()
        log, self._log = self._log, None
        assert log is not None
        files = FolderFiles(self._folder)
        if self._is_witnessed and (log.size <= 1 or files.read(OPENED) is None):
            keep_opened(files, self._signer, self._opening)
        known = signed_note(self._vote, self._signer.verifier)
        checkpoint = log.publish(
            self._signer,
            known=known[1] if known else None,
            before=lambda note: remember(self._vote, note),
        )
        verifier_key = f"{self._signer.verifier}\n".encode()
        if files.read("verifier.key") != verifier_key:
            files.write("verifier.key", verifier_key)
        self._log = log
        return checkpoint

    def _append(self, log: Log) -> None:
        leaves = self._leaves()
        while log.appended < leaves.size:
            log.append(leaves(log.appended, min(log.appended + _AT_ONCE, leaves.size)))
            self._beat()

    def _leaves(self) -> BoxLeaves:
        return BoxLeaves(self._ballot_store, self._opening)

    def _write(self, leaves: BoxLeaves, last: tuple[str, Checkpoint] | None) -> int:
        files = FolderFiles(self._folder)
        wrong = mend(files, last[1].size if last else 0, leaves, self._beat)
        if last:
            files.write("checkpoint", last[0].encode(), durably=True)
        else:
            (self._folder / "checkpoint").unlink(missing_ok=True)
        return wrong

    def _set_aside(self) -> None:
        """Move what lies in the log's place out of the way."""
        aside = next(
            path for number in itertools.count(1) if not (path := self._vote / f"damaged-log-{number}").exists()
        )
        self._folder.rename(aside)
        _log.error("what lay in %s is kept as vote/%s", self._folder.name, aside.name)

    def _is_due(self, path: str) -> bool:
        """Say whether a file must still be there: a partial one goes once the log has grown."""
        place = place_of(path)
        is_full = place is not None and place[2] == WIDTH
        return is_full or (self._log is not None and self._log.size == self._round_size)
