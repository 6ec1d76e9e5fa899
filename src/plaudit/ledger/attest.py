"""A witness at work: it proves that a log holds all it showed before, remembers that, and signs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plaudit.base.errors import OutOfTurn
from plaudit.ledger.keys import make_signing_key, signing_key
from plaudit.ledger.memory import Memory
from plaudit.ledger.note import signatures_by, signed_text
from plaudit.ledger.sight import Sight, see
from plaudit.ledger.watch import look
from plaudit.ledger.witness import WitnessSigner, cosign

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from plaudit.ledger.files import Files
    from plaudit.ledger.note import Verifier

__all__ = ["Witness", "bare", "witness_of"]


class Witness:
    """A name and a key, and what they signed.

    Parameters
    ----------
    forks : folder that keeps notes that contradict each other
    now : gives POSIX seconds
    """

    def __init__(self, signer: WitnessSigner, memory: Memory, forks: Path, now: Callable[[], int]) -> None:
        self.signer = signer
        self.memory = memory
        self.forks = forks
        self.now = now

    def attest(self, files: Files, verifier: Verifier) -> tuple[Sight, str]:
        """Give what a log shows, and its note with the witness's signature.

        Raises
        ------
        OutOfTurn : it shows less than the witness has seen, or another process signs and does not end.
        SignatureInvalid : the witness's memory is missing or damaged.
        As `look`.
        """
        while True:
            known = self.memory.seen(verifier.name)
            shown = see(files, verifier)
            found = look(files, verifier, Sight.of(known, verifier) if known else None, self.forks)
            if found.checkpoint != shown.checkpoint:
                raise OutOfTurn(
                    f"the log shows {shown.checkpoint.size} leaves, and this witness has seen {found.checkpoint.size}",
                    "bring the folder up to date, or ask again, then cosign",
                )
            signed = self.memory.advance(
                verifier.name,
                known,
                bare(shown.note, verifier),
                lambda note=shown.note: cosign(note, self.signer, self.now()),  # type: ignore[misc]
            )
            if signed is not None:
                return shown, signed


def witness_of(key: Path, name: str, now: Callable[[], int]) -> Witness:
    """Give the witness whose private key lies in a file; a new one, with its memory beside it, if neither is there.

    Raises
    ------
    OutOfTurn, SignatureInvalid : the key is missing or none, or its memory is missing or damaged.
    """
    memory = Memory(key.with_suffix(".seen"))
    if not key.exists():
        memory.begin()
        if memory.is_empty:  # a key that signed something is never made again
            make_signing_key(key)
    memory.seen("")  # refuses a lost one before anything is asked
    return Witness(WitnessSigner(name, signing_key(key)), memory, key.with_suffix(".forks"), now)


def bare(note: str, verifier: Verifier) -> str:
    """Give a note with the log's signature alone."""
    text, signatures = signatures_by(note, verifier)
    return signed_text(text, [(verifier, signatures[0])])
