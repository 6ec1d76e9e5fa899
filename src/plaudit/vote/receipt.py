"""Receipts at once: one signature over all ballots of a commit, and each ballot's path to it.

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
from hashlib import sha256
from typing import TYPE_CHECKING

from plaudit.ledger.note import sign_note

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plaudit.ledger.note import Signer

__all__ = ["commit_origin", "receipts"]


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
    shown: list[list[str]] = []
    while len(level) > 1:
        shown.append([_base64(node) for node in level])
        odd = level[len(level) & ~1 :]  # a last node without a sibling is passed up as it is
        level = [sha256(b"\x01" + left + right).digest() for left, right in zip(level[::2], level[1::2], strict=False)]
        level += odd
    text = f"{commit_origin(signer.verifier.name, first)}\n{len(records)}\n{_base64(level[0])}\n"
    note = sign_note(text, signer)
    return [_receipt(records[position], position, shown, note) for position in wanted]


def _receipt(record: bytes, position: int, shown: list[list[str]], note: str) -> str:
    lines = ["c2sp.org/tlog-proof@v1", f"extra {_base64(record)}", f"index {position}"]
    place = position
    for nodes in shown:
        if place ^ 1 < len(nodes):
            lines.append(nodes[place ^ 1])
        place >>= 1
    lines += ["", note]
    return "\n".join(lines)


def _base64(data: bytes) -> str:
    return b2a_base64(data, newline=False).decode()
