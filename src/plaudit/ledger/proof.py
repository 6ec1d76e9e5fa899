"""Proofs that a file can carry: one entry's place in a log, and the checkpoint it leads to.

    c2sp.org/tlog-proof@v1
    index 1
    lqKW0iTyhcZ77pPDD4owkVfw2qNdxbh+QQt4YwoJz8c=        ← the sibling of the leaf, then up
                                                        ← an empty line
    plaudit.example/my-award                            ← the signed checkpoint, verbatim
    2
    …

References
----------
C2SP tlog-proof
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from plaudit.base.errors import ProofInvalid
from plaudit.ledger.checkpoint import open_checkpoint, read_hash, read_number
from plaudit.ledger.tree import leaf_hash, verify_inclusion

if TYPE_CHECKING:
    from plaudit.ledger.checkpoint import Checkpoint
    from plaudit.ledger.note import Verifier

__all__ = ["TlogProof"]

_HEADER: Final = "c2sp.org/tlog-proof@v1"
_MOST_HASHES: Final = 63
_MOST_LETTERS: Final = 1 << 20
_AGAIN: Final = "get the whole proof again"


@dataclass(frozen=True)
class TlogProof:
    """A proof as text; `str()` gives it, `parse` reads it.

    Parameters
    ----------
    index : of the entry, from 0
    path : the inclusion path, the leaf's sibling first
    checkpoint : the signed note, verbatim
    extra : bytes that nothing authenticates, or None
    """

    index: int
    path: tuple[bytes, ...]
    checkpoint: str
    extra: bytes | None = None

    def __str__(self) -> str:
        extra = [] if self.extra is None else [f"extra {_encoded(self.extra)}"]
        return "\n".join(
            [_HEADER, *extra, f"index {self.index}", *(_encoded(node) for node in self.path), "", self.checkpoint]
        )

    @classmethod
    def parse(cls, text: str) -> TlogProof:
        """Read a proof; its checkpoint is not opened before `verify`.

        Raises
        ------
        ProofInvalid : it is none.
        """
        if len(text) > _MOST_LETTERS:
            raise ProofInvalid(f"the text has {len(text)} characters, a proof has at most {_MOST_LETTERS}", _AGAIN)
        head, gap, checkpoint = text.partition("\n\n")
        header, *lines = head.split("\n")
        if header != _HEADER or not gap:
            raise ProofInvalid(f"the text does not start like a proof, with {_HEADER!r} and a checkpoint", _AGAIN)
        extra = _extra(lines.pop(0).removeprefix("extra ")) if lines and lines[0].startswith("extra ") else None
        if not lines or not lines[0].startswith("index "):
            raise ProofInvalid("the proof has no index", _AGAIN)
        index = read_number(lines[0].removeprefix("index "), "index")
        if len(lines) - 1 > _MOST_HASHES:
            raise ProofInvalid(f"a path has {_MOST_HASHES} hashes at most, this one {len(lines) - 1}", _AGAIN)
        return cls(index, tuple(read_hash(line, "path hash") for line in lines[1:]), checkpoint, extra)

    def verify(self, entry: bytes, verifier: Verifier, *, origin: str = "") -> Checkpoint:
        """Give the checkpoint that the log signed and that holds the entry at the index.

        Parameters
        ----------
        entry : the logged bytes; hashed here
        origin : the log that is asked about; the key's name, if left out

        Raises
        ------
        SignatureInvalid : the log did not sign the checkpoint.
        ProofInvalid : the entry is not at that index of that tree, or the checkpoint is another log's.
        """
        checkpoint = open_checkpoint(self.checkpoint, verifier, origin=origin)
        verify_inclusion(leaf_hash(entry), self.index, checkpoint.size, self.path, checkpoint.root)
        return checkpoint


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _extra(text: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError:
        raise ProofInvalid("the extra data is not in base64", _AGAIN) from None
    if _encoded(raw) != text:
        raise ProofInvalid("the extra data is not in canonical base64", _AGAIN)
    return raw
