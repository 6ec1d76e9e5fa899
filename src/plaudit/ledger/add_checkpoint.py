"""The request that a witness answers: a checkpoint, and the proof that it follows the one signed before.

    old 700                                              200   — witness.example/w1 jWbPPwAAAABk…
    5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=         409   800        the size it signed last
                                                         404   no such log
    plaudit.example/my-award/log                         403   not signed by that log
    1042                                                 400   cannot be read
    …                                                    422   the proof does not hold

References
----------
C2SP tlog-witness
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from plaudit.base.errors import CheckpointsFork, ProofInvalid, SignatureInvalid
from plaudit.ledger.attest import bare
from plaudit.ledger.checkpoint import open_checkpoint, read_hash, read_number, stated_checkpoint
from plaudit.ledger.note import signature_line
from plaudit.ledger.sight import Sight, contradiction
from plaudit.ledger.tree import EMPTY_ROOT, verify_consistency

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plaudit.ledger.attest import Witness
    from plaudit.ledger.checkpoint import Checkpoint
    from plaudit.ledger.note import Verifier

__all__ = ["REQUEST_BYTES_MAX", "SIZE_TYPE", "Answered", "Request", "add_checkpoint"]

REQUEST_BYTES_MAX: Final = 1 << 17
SIZE_TYPE: Final = "text/x.tlog.size"
_TEXT: Final = "text/plain; charset=utf-8"
_MOST_HASHES: Final = 63
_AGAIN: Final = "send it as C2SP tlog-witness says"


@dataclass(frozen=True)
class Request:
    """What a log posts; `str()` gives it, `parse` reads it.

    Parameters
    ----------
    old_size : of the checkpoint that the witness signed last; 0 for none
    path : the consistency proof from there
    note : the signed checkpoint
    """

    old_size: int
    path: tuple[bytes, ...]
    note: str

    def __str__(self) -> str:
        hashes = [base64.b64encode(node).decode() for node in self.path]
        return "\n".join([f"old {self.old_size}", *hashes, "", self.note])

    @classmethod
    def parse(cls, body: bytes) -> Request:
        """Read a request.

        Raises
        ------
        ProofInvalid : it is none.
        """
        try:
            head, gap, note = body.decode().partition("\n\n")
        except UnicodeDecodeError:
            raise ProofInvalid("the request is not UTF-8", _AGAIN) from None
        first, *hashes = head.split("\n")
        if not gap or not first.startswith("old ") or len(hashes) > _MOST_HASHES:
            raise ProofInvalid("a request is an old size, up to 63 hashes, an empty line, a checkpoint", _AGAIN)
        old_size = read_number(first.removeprefix("old "), "old size")
        return cls(old_size, tuple(read_hash(line, "proof hash") for line in hashes), note)


@dataclass(frozen=True)
class Answered:
    """An HTTP answer: its status, its text and the text's type."""

    status: int
    text: str
    kind: str = _TEXT


def add_checkpoint(body: bytes, logs: Sequence[Verifier], witness: Witness) -> Answered:
    """Answer a request: sign the checkpoint of a known log that follows the one signed before.

    Two notes of one size that contradict each other are kept.

    Parameters
    ----------
    logs : keys of the logs that are witnessed; a key signs for its own name, and for what is below it

    Raises
    ------
    OutOfTurn, SignatureInvalid : the witness's memory cannot be used.
    """
    try:
        request = Request.parse(body)
        checkpoint = stated_checkpoint(request.note)
    except ProofInvalid as wrong:
        return Answered(400, f"{wrong.what}\n")
    known = [key for key in logs if checkpoint.origin == key.name or checkpoint.origin.startswith(f"{key.name}/")]
    if not known:
        return Answered(404, f"{checkpoint.origin} is no log that {witness.signer.verifier.name} knows\n")
    signed = [key for key in known if _is_signed(request.note, key, checkpoint.origin)]
    if not signed:
        return Answered(403, f"not signed by a key of {checkpoint.origin} that is known here\n")
    if request.old_size > checkpoint.size:
        return Answered(400, f"old size {request.old_size} is above size {checkpoint.size}\n")
    return _follow(request, checkpoint, signed[0], witness)


def _follow(request: Request, checkpoint: Checkpoint, log: Verifier, witness: Witness) -> Answered:
    """Sign a log's own checkpoint if it follows what was signed before."""
    known = witness.memory.seen(checkpoint.origin)
    seen = stated_checkpoint(known) if known else None
    old_size, old_root = (seen.size, seen.root) if seen else (0, EMPTY_ROOT)
    if request.old_size != old_size:
        return _conflict(old_size)
    if seen and seen.size == checkpoint.size and seen.root != checkpoint.root:
        contradiction(Sight(known, seen), Sight(bare(request.note, log), checkpoint), witness.forks)
        return _conflict(old_size)
    try:
        verify_consistency(old_size, old_root, checkpoint.size, checkpoint.root, request.path)
    except (CheckpointsFork, ProofInvalid) as wrong:
        return Answered(422, f"{wrong.what}\n")
    line = witness.memory.advance(
        checkpoint.origin,
        known,
        bare(request.note, log),
        lambda: _line(witness, checkpoint.text),
    )
    return _conflict(_now(witness, checkpoint.origin)) if line is None else Answered(200, line)


def _now(witness: Witness, origin: str) -> int:
    return stated_checkpoint(witness.memory.seen(origin)).size


def _line(witness: Witness, text: str) -> str:
    return signature_line(witness.signer.verifier, witness.signer.sign(text.encode(), witness.now()))


def _conflict(size: int) -> Answered:
    return Answered(409, f"{size}\n", SIZE_TYPE)


def _is_signed(note: str, key: Verifier, origin: str) -> bool:
    try:
        open_checkpoint(note, key, origin=origin)
    except (SignatureInvalid, ProofInvalid):
        return False
    return True
