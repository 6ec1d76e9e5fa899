"""Reading a log: its entries, and proofs about them, from a folder or from the web.

Every tile and bundle is proven against the checkpoint before it is believed; the
checkpoint itself is taken as it stands until `open_checkpoint` has verified its note.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from plaudit.base.errors import SignatureInvalid, UnknownName
from plaudit.ledger.checkpoint import Checkpoint
from plaudit.ledger.proof import TlogProof
from plaudit.ledger.proven import ProvenTiles
from plaudit.ledger.tiles import WIDTH
from plaudit.ledger.tree import EMPTY_ROOT, consistency_ranges, inclusion_ranges, range_root, root_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plaudit.ledger.files import Files

__all__ = ["LogReader", "read_checkpoint"]


class LogReader:
    """A log at the checkpoint that its files held when it was opened.

    Raises
    ------
    ProofInvalid, SignatureInvalid : the checkpoint is malformed.
    DigestMismatch : the tiles of the right edge are missing or do not give the checkpoint's root.
    """

    def __init__(self, files: Files) -> None:
        self._files = files
        self._read()

    def _read(self) -> None:
        self._note, self._checkpoint = read_checkpoint(self._files)
        self._proven = ProvenTiles([self._files], self._checkpoint)

    @property
    def size(self) -> int:
        """Entries, as the checkpoint says; 0 where there is no checkpoint."""
        return self._checkpoint.size

    def root(self, size: int | None = None) -> bytes:
        """Give the root over all entries, or over the first ones."""
        return self._checkpoint.root if size is None else self._proven.root(self._at_most(size))

    def note(self) -> str:
        """Give the signed checkpoint as it stands in its file; empty where there is none."""
        return self._note

    def entry(self, index: int) -> bytes:
        """Give one entry.

        Raises
        ------
        UnknownName : the log has no such entry.
        DigestMismatch : its bundle or a tile above it is missing or damaged.
        """
        self._refuse_beyond(index, self.size)
        return self._proven.bundle(index // WIDTH)[index % WIDTH]

    def entries(self, first: int = 0, last: int | None = None) -> Iterator[bytes]:
        """Give the entries from `first` up to `last`, which is left out."""
        last = self._at_most(self.size if last is None else last)
        for index in range(first // WIDTH, -(-last // WIDTH)):
            start = index * WIDTH
            yield from self._proven.bundle(index)[max(0, first - start) : last - start]

    def prove_inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        """Give the path from an entry to the root, or to the root over the first entries."""
        size = self._at_most(self.size if size is None else size)
        self._refuse_beyond(index, size)
        return [range_root(first, last, self._node) for first, last in inclusion_ranges(index, size)]

    def prove_consistency(self, old_size: int, new_size: int | None = None) -> list[bytes]:
        """Give the path from the root over the first entries to the root over more of them, or over all."""
        new_size = self._at_most(self.size if new_size is None else new_size)
        if not 0 <= old_size <= new_size:
            raise UnknownName(f"no tree of size {old_size} in one of {new_size}", "give the smaller size first")
        return [range_root(first, last, self._node) for first, last in consistency_ranges(old_size, new_size)]

    def proof(self, index: int, extra: bytes | None = None) -> TlogProof:
        """Give a proof that a file can carry: the path, and the signed checkpoint that it leads to."""
        return TlogProof(index, tuple(self.prove_inclusion(index)), self._note, extra)

    def _node(self, height: int, index: int) -> bytes:
        """Give the root over `1 << height` leaves: they are hashed together from a tile of 256."""
        level, inner = divmod(height, 8)
        tile, start = divmod(index << inner, WIDTH)
        return root_of(self._proven.hashes(level, tile)[start : start + (1 << inner)])

    def _at_most(self, size: int) -> int:
        if not 0 <= size <= self.size:
            raise UnknownName(f"no size {size} in a log of {self.size} entries", f"choose up to {self.size}", size=size)
        return size

    @staticmethod
    def _refuse_beyond(index: int, size: int) -> None:
        if not 0 <= index < size:
            raise UnknownName(
                f"no entry {index} among {size} entries",
                "entries count from 0; a new one appears with the next checkpoint",
                index=index,
                size=size,
            )


def read_checkpoint(files: Files) -> tuple[str, Checkpoint]:
    """Give a log's note and the checkpoint in it, whose signatures nobody has checked; an empty note if there is none.

    Raises
    ------
    SignatureInvalid : the note has no signature block.
    ProofInvalid : its text is no checkpoint.
    """
    data = files.read("checkpoint")
    if data is None:
        return "", Checkpoint("none", 0, EMPTY_ROOT)
    note = data.decode(errors="replace")
    text, gap, _ = note.rpartition("\n\n")
    if not gap:
        raise SignatureInvalid("the checkpoint has no signature block", "get the whole file again")
    return note, Checkpoint.parse(f"{text}\n")
