"""What the log's key signed last, remembered beside the ballot store: nothing else of that size is ever signed.

    SEASON/vote/signed-checkpoint      the last signed note, durable before anybody can read it

The published folder may be damaged, replaced or gone; what was signed stays true, and this says what it was.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from plaudit.base.errors import CheckpointsFork, PlauditError, ProofInvalid, SignatureInvalid
from plaudit.ledger.checkpoint import open_checkpoint
from plaudit.ledger.files import FolderFiles
from plaudit.ledger.mend import roots
from plaudit.ledger.note import join_signatures
from plaudit.vote.statements import closing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from plaudit.ledger.checkpoint import Checkpoint
    from plaudit.ledger.note import Verifier
    from plaudit.vote.ballot_store import BallotStore

__all__ = ["SIGNED", "BoxLeaves", "published_note", "refuse_another_past", "remember", "signed_note", "too_few"]

SIGNED: Final = "signed-checkpoint"


def remember(vote: Path, note: str) -> None:
    """Keep a signed note, through a power cut too."""
    FolderFiles(vote).write(SIGNED, note.encode(), durably=True)


def signed_note(vote: Path, verifier: Verifier) -> tuple[str, Checkpoint] | None:
    """Give the last signed note and what it says; None where nothing was remembered.

    Raises
    ------
    SignatureInvalid : the file is damaged, or of another key.
    """
    data = FolderFiles(vote).read(SIGNED)
    if data is None:
        return None
    note = data.decode("utf-8", "replace")
    try:
        return note, open_checkpoint(note, verifier)
    except (SignatureInvalid, ProofInvalid) as error:
        raise SignatureInvalid(
            f"vote/{SIGNED}: {error.what}",
            "put a mirror's last checkpoint there, or evidence/log/checkpoint if the log is whole",
            file=SIGNED,
        ) from None


def published_note(log: Path, verifier: Verifier) -> tuple[str, Checkpoint] | None:
    """Give the published note and what it says; None where there is none that the key signed."""
    data = FolderFiles(log).read("checkpoint")
    note = (data or b"").decode("utf-8", "replace")
    try:
        return note, open_checkpoint(note, verifier)
    except PlauditError:
        return None


class BoxLeaves:
    """The leaves that a box stands for: the opening, a record a ballot, and once the vote is closed the closing."""

    def __init__(self, ballot_store: BallotStore, opening: bytes) -> None:
        self._ballot_store = ballot_store
        self._opening = opening
        closed_at = ballot_store.state("closed_at")  # before the ballots: none come after it
        self.ballots = ballot_store.last()[0]
        because = str(ballot_store.state("closed_because") or "")
        self._closing = None if closed_at is None else closing(self.ballots, int(closed_at), because)

    @property
    def size(self) -> int:
        """All leaves there are by now."""
        return self.ballots + 1 + (self._closing is not None)

    def record(self, leaf: int) -> bytes | None:
        """Give a ballot's record, or nothing where the ballot store has none of that leaf."""
        return self._ballot_store.record(leaf)

    def __call__(self, first: int, last: int) -> Sequence[bytes]:
        """Give the leaves from `first` up to `last`, which is left out.

        Raises
        ------
        ProofInvalid : the ballot store lacks one of them.
        """
        start, end = max(first, 1), min(last, self.ballots + 1)
        leaves = [self._opening] if first == 0 < last else []
        leaves += self._ballot_store.records(start, end - start) if start < end else []
        if self._closing is not None and first <= self.ballots + 1 < last:
            leaves.append(self._closing)
        if len(leaves) != last - first:
            raise ProofInvalid(
                f"the ballot store lacks ballots between leaf {first} and leaf {last}", "restore vote/ballots.sqlite"
            )
        return leaves


def refuse_another_past(
    leaves: BoxLeaves, known: Sequence[tuple[str, Checkpoint]], beat: Callable[[], object] = lambda: None
) -> tuple[str, Checkpoint] | None:
    """Refuse a box that does not hold what was signed, and give the last of the notes, with every signature it has.

    Raises
    ------
    ProofInvalid : the ballot store holds fewer leaves.
    CheckpointsFork : it holds others, or two notes of one size contradict each other.
    """
    last = max(known, key=lambda one: one[1].size, default=None)
    if last is None:
        return None
    if last[1].size > leaves.size:
        raise too_few(last[1].size, leaves.ballots)
    found = roots([checkpoint.size for _, checkpoint in known], leaves, beat)
    note = last[0]
    for other, checkpoint in known:
        if found[checkpoint.size] != checkpoint.root:
            raise CheckpointsFork(
                f"the ballot store's first {checkpoint.size} leaves give root {found[checkpoint.size].hex()},"
                f" but {checkpoint.root.hex()} was signed",
                "restore vote/ as it was; keep both, they are evidence",
                size=checkpoint.size,
            )
        if checkpoint.text == last[1].text:
            with suppress(SignatureInvalid):  # a line that is no signature is left behind
                note = join_signatures(note, other)
    return note, last[1]


def too_few(size: int, ballots: int) -> ProofInvalid:
    """Give the error for a box that is older than what was signed."""
    return ProofInvalid(
        f"the log holds {size} leaves, but the ballot store holds {ballots} ballots",
        "restore vote/ballots.sqlite from your backup; do not start with fewer ballots than were published",
    )
