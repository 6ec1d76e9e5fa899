"""What a vote that starts again must hold at least: all that was signed, published, or kept by others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plaudit.base.errors import EvidenceError, ProofInvalid, SignatureInvalid
from plaudit.ledger.checkpoint import open_checkpoint
from plaudit.ledger.files import FolderFiles
from plaudit.ledger.reader import LogReader
from plaudit.vote.lock import why
from plaudit.vote.signed import published_note, refuse_another_past, signed_note, too_few

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from plaudit.ledger.checkpoint import Checkpoint
    from plaudit.ledger.note import Verifier
    from plaudit.rulebook.season import Season
    from plaudit.vote.signed import BoxLeaves

__all__ = ["refuse_lost_past", "whole_log"]


class _NoFiles:
    """A log's folder with nothing in it."""

    def read(self, path: str) -> bytes | None:  # noqa: ARG002 - whatever is asked for
        return None


def whole_log(folder: Path) -> tuple[LogReader, str]:
    """Give the published log; where it cannot be read, one without entries, and why: it is made again then."""
    try:
        log = LogReader(FolderFiles(folder))
        for leaf in {0, log.size - 1} if log.size else ():
            log.entry(leaf)
    except (EvidenceError, OSError, ValueError) as damage:
        return LogReader(_NoFiles()), why(damage)
    return log, ""


def refuse_lost_past(
    season: Season, log: LogReader, leaves: BoxLeaves, verifier: Verifier, at_least: Sequence[str]
) -> None:
    """Refuse to take ballots into a box that does not hold what was signed; it would give leaves away again.

    Parameters
    ----------
    log : the published one, as `whole_log` gives it
    leaves : what the ballot store stands for
    at_least : notes of this log that others hold

    Raises
    ------
    ProofInvalid : the ballot store holds fewer leaves, or the published log others.
    CheckpointsFork : the ballot store holds other leaves than were signed.
    SignatureInvalid : a note is none of this log.
    """
    signed = signed_note(season.folder / "vote", verifier)
    known = [
        signed,
        published_note(season.log, verifier),
        *((note, _checkpoint_of(note, verifier)) for note in at_least),
    ]
    held = [one for one in known if one]
    for _, checkpoint in held:
        if checkpoint.size > leaves.size:
            raise too_few(checkpoint.size, leaves.ballots)
    _refuse_other_leaves(log, leaves)
    doubtful = [one for one in held if not _is_in_log(log, one[1])]
    if signed and (log.size, log.root()) != (signed[1].size, signed[1].root):
        doubtful.append(signed)
    refuse_another_past(leaves, doubtful)


def _refuse_other_leaves(log: LogReader, leaves: BoxLeaves) -> None:
    """Refuse a published log whose first or last leaf is another than the ballot store's."""
    last = log.size - 1
    if 0 < last <= leaves.ballots and log.entry(last) != leaves.record(last):
        raise ProofInvalid(
            f"leaf {last} is not the ballot in the ballot store", "restore vote/ballots.sqlite and evidence/log"
        )
    if log.size and [log.entry(0)] != list(leaves(0, 1)):
        raise ProofInvalid("leaf 0 is not the vote's opening", "restore vote/ballots.sqlite and evidence/log")


def _is_in_log(log: LogReader, checkpoint: Checkpoint) -> bool:
    try:
        return 0 < checkpoint.size <= log.size and log.root(checkpoint.size) == checkpoint.root
    except EvidenceError:
        return False


def _checkpoint_of(note: str, verifier: Verifier) -> Checkpoint:
    try:
        return open_checkpoint(note, verifier)
    except (SignatureInvalid, ProofInvalid) as error:
        raise type(error)(
            f"what the vote must hold at least is not a checkpoint of this log: {error.what}",
            "give the checkpoint that a mirror, a witness or the marker keeps of this log",
        ) from None
