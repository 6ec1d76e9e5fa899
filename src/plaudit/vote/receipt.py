"""Receipts at once: one signature over all ballots of a commit, and each ballot's path to it; and reading them.

A commit is a small log of its own: its checkpoint's origin is
`<log origin>/commit/<first leaf>`, its size the ballots it took. What the voter
gets is a tlog-proof in that log, so one verifier serves for this receipt and for
the later one under the published checkpoint.

References
----------
docs/spec/receipt.md
"""

from __future__ import annotations

from binascii import b2a_base64
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from plaudit.base.errors import ProofInvalid, SignatureInvalid
from plaudit.base.paths import is_file
from plaudit.ledger.checkpoint import Checkpoint, read_number
from plaudit.ledger.note import sign_note
from plaudit.ledger.note_form import one_form, strict_json
from plaudit.ledger.proof import TlogProof

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from plaudit.ledger.note import Signer, Verifier

__all__ = ["OpenedReceipt", "commit_origin", "open_receipt", "read_receipt", "receipts"]

_HEADER: Final = "c2sp.org/tlog-proof@v1"
_LONGEST_BYTES: Final = 1 << 20


@dataclass(frozen=True)
class OpenedReceipt:
    """What a receipt's signature covers.

    leaf : the ballot's leaf in the log
    record : the ballot as the leaf holds it
    signed : the checkpoint it leads to, of the log or of one commit
    is_of_commit : which of the two
    """

    leaf: int
    record: bytes
    signed: Checkpoint
    is_of_commit: bool


def read_receipt(path: Path) -> str:
    """Give the receipt in a file, or in an answer saved whole as JSON; empty if the file holds none.

    It is in its one form, whatever program saved the file.
    """
    if not is_file(path) or path.stat().st_size > _LONGEST_BYTES:
        return ""
    try:
        text = one_form(path.read_bytes(), path.name)
        if text.startswith("{") and "\n\n— " not in text:
            text = strict_json(text)["receipt"]
    except (KeyError, SignatureInvalid, TypeError, ValueError):
        return ""
    return text if isinstance(text, str) and text.startswith(_HEADER) else ""


def open_receipt(text: str, verifier: Verifier) -> OpenedReceipt:
    """Give the ballot that a receipt is of, once the log's key is known to have signed for it.

    Raises
    ------
    SignatureInvalid : the key did not sign.
    ProofInvalid : the proof does not lead to what was signed, or is of another log.
    """
    proof = TlogProof.parse(text)
    origin = proof.checkpoint.partition("\n")[0]
    first = _first_leaf(origin, verifier)
    if proof.extra is None:
        raise ProofInvalid("the receipt carries no ballot", "get it again from the vote that gave it")
    signed = proof.verify(proof.extra, verifier, origin=origin)
    return OpenedReceipt(first + proof.index, proof.extra, signed, is_of_commit=first > 0)


def _first_leaf(origin: str, verifier: Verifier) -> int:
    """Give the first leaf of the commit that the origin names, or 0 for the log itself."""
    if origin == verifier.name:
        return 0
    log, commit, number = origin.rpartition("/commit/")
    if not commit or log != verifier.name:
        raise ProofInvalid(f"the receipt is of {origin}, the key is of {verifier.name}", "get the key of that log")
    first = read_number(number, "commit")
    if not first:
        raise ProofInvalid(f"the receipt is of {origin}, and no commit begins with the opening", "get it again")
    return first


def commit_origin(log_origin: str, first: int) -> str:
    """Give the origin of a commit's checkpoint."""
    return f"{log_origin}/commit/{first}"


def receipts(records: Sequence[bytes], first: int, signer: Signer, wanted: Sequence[int]) -> list[str]:
    """Give the receipts of some ballots of a commit.

    Parameters
    ----------
    records : all ballots of the commit, in order
    first : the leaf of the first of them
    wanted : positions in `records`

    Notes
    -----
    Ed25519 gives one signature for one text, so the same commit gives the same
    receipts whenever it is asked.
    """
    level = [sha256(b"\x00" + record).digest() for record in records]
    below: list[list[bytes]] = []
    while len(level) > 1:
        below.append([b2a_base64(node) for node in level])
        odd = level[len(level) & ~1 :]  # a last node without a sibling is passed up as it is
        level = [sha256(b"\x01" + left + right).digest() for left, right in zip(level[::2], level[1::2], strict=False)]
        level += odd
    text = f"{commit_origin(signer.verifier.name, first)}\n{len(records)}\n{_base64(level[0])}\n"
    rest = _paths(below, f"\n{sign_note(text, signer)}".encode())
    head = f"{_HEADER}\nextra ".encode()
    return [(b"%b%bindex %d\n%b" % (head, b2a_base64(records[leaf]), leaf, rest[leaf])).decode() for leaf in wanted]


def _paths(below: Sequence[Sequence[bytes]], end: bytes) -> list[bytes]:
    """Give each leaf's path to the root, a line a node, and what stands behind it; nodes near the root share theirs.

    Parameters
    ----------
    below : the nodes of each level below the root, as lines in base64, the leaves first
    """
    rest = [end]
    for nodes in reversed(below):
        pairs = len(nodes) & ~1
        rest = [nodes[place ^ 1] + rest[place >> 1] for place in range(pairs)] + rest[pairs >> 1 :]
    return rest


def _base64(data: bytes) -> str:
    return b2a_base64(data, newline=False).decode()
