"""Checkpoints: what a log held at one moment, in three lines that it signs.

    plaudit.example/my-award
    20852163
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

The origin names the log, the size counts its leaves, the root commits to every
one of them and to their order.

References
----------
C2SP tlog-checkpoint
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from plaudit.base.errors import ProofInvalid
from plaudit.ledger.note import sign_note, verify_note

if TYPE_CHECKING:
    from plaudit.ledger.note import Signer, Verifier

__all__ = ["Checkpoint", "open_checkpoint", "read_hash", "read_number", "sign_checkpoint", "stated_checkpoint"]

_MOST: Final = 2**63 - 1
_GAP: Final = "\n\n"


@dataclass(frozen=True)
class Checkpoint:
    r"""One log at one size.

    Parameters
    ----------
    origin : the log's name
    size : leaves
    root : 32 bytes, the RFC 6962 tree hash over all leaves
    extensions : further lines, opaque; what they say is no part of the tree

    Examples
    --------
    >>> text = "plaudit.example/my-award\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    >>> checkpoint = Checkpoint.parse(text)
    >>> checkpoint.size, checkpoint.text == text
    (20852163, True)
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not (0 <= self.size <= _MOST and len(self.root) == 32):
            raise ValueError(f"no tree has {self.size} leaves and a root of {len(self.root)} bytes")
        for line in (self.origin, *self.extensions):
            if not line or any(letter < " " for letter in line):
                raise ValueError(f"{line!r} cannot be a line of a checkpoint")

    @property
    def text(self) -> str:
        """The lines that are signed, the last newline included."""
        root = base64.b64encode(self.root).decode()
        return "".join(f"{line}\n" for line in (self.origin, self.size, root, *self.extensions))

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """Read a checkpoint's text; a number or a hash is taken in its one canonical form.

        Raises
        ------
        ProofInvalid : it is none.
        """
        lines = text.split("\n")
        if len(lines) < 4 or lines[-1]:
            raise ProofInvalid("a checkpoint is three lines or more: origin, size, root", "get the whole file again")
        origin, size, root, *extensions = lines[:-1]
        try:
            return cls(origin, read_number(size, "tree size"), read_hash(root, "root hash"), tuple(extensions))
        except ValueError as wrong:
            raise ProofInvalid(str(wrong), "get the whole file again") from None


def stated_checkpoint(note: str) -> Checkpoint:
    """Give the checkpoint in a note, whoever signed it.

    Raises
    ------
    ProofInvalid : its text is no checkpoint.
    """
    return Checkpoint.parse(f"{note.rpartition(_GAP)[0]}\n")


def sign_checkpoint(checkpoint: Checkpoint, signer: Signer) -> str:
    """Give the signed note of a checkpoint.

    Raises
    ------
    ValueError : the origin is neither the key's name nor below it; nobody could know whose log it is.
    """
    name = signer.verifier.name
    if checkpoint.origin != name and not checkpoint.origin.startswith(f"{name}/"):
        raise ValueError(f"{name} cannot sign for {checkpoint.origin}")
    return sign_note(checkpoint.text, signer)


def open_checkpoint(note: str, verifier: Verifier, *, origin: str = "") -> Checkpoint:
    """Give the checkpoint in a note that the log has signed.

    Parameters
    ----------
    origin : the log that is asked about; the key's name, if left out

    Raises
    ------
    SignatureInvalid : the log did not sign this text.
    ProofInvalid : the text is no checkpoint, or another log's.
    """
    checkpoint = Checkpoint.parse(verify_note(note, verifier))
    wanted = origin or verifier.name
    if checkpoint.origin != wanted:
        raise ProofInvalid(
            f"the checkpoint is of {checkpoint.origin}, not of {wanted}",
            "check that this is the log you want",
            origin=checkpoint.origin,
            wanted=wanted,
        )
    return checkpoint


def read_number(text: str, what: str) -> int:
    """Read a decimal without leading zeroes, at most 2^63 - 1.

    Raises
    ------
    ProofInvalid : it is none.
    """
    is_decimal = text.isascii() and text.isdigit() and len(text) <= 19 and (text == "0" or text[0] != "0")
    if not is_decimal or int(text) > _MOST:
        raise ProofInvalid(f"{what} {text[:40]!r} is not a number as C2SP writes it", "get the whole file again")
    return int(text)


def read_hash(text: str, what: str) -> bytes:
    """Read the 32 bytes of a SHA-256 hash from their canonical base64.

    Raises
    ------
    ProofInvalid : it is none.
    """
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError:
        raw = b""
    if len(raw) != 32 or base64.b64encode(raw).decode() != text:
        raise ProofInvalid(f"{what} {text[:60]!r} is not a SHA-256 hash in base64", "get the whole file again")
    return raw
