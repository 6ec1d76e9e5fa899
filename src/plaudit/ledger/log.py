"""Writing a log: entries go in at the end, and a signed checkpoint makes them part of it.

    log = Log(folder)
    log.append([b"first", b"second"])       tiles and bundles are written; nobody counts on them yet
    log.publish(signer)                     they are made durable, then the checkpoint takes its name

Whenever the process is killed, the folder is the log of the checkpoint in it. What
lies beyond is removed by the next writer and written anew.
"""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING

from plaudit.base.errors import CheckpointsFork, OutOfTurn
from plaudit.ledger.check import check
from plaudit.ledger.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from plaudit.ledger.files import PART, FolderFiles
from plaudit.ledger.proven import ProvenTiles
from plaudit.ledger.reader import LogReader, read_checkpoint
from plaudit.ledger.tiles import (
    ENTRY_BYTES_MAX,
    WIDTH,
    Edge,
    bundle_path,
    pack_bundle,
    partial_widths,
    place_of,
    tile_path,
    width_at,
)
from plaudit.ledger.tree import leaf_hashes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from plaudit.ledger.note import Signer

__all__ = ["Log", "publish_checkpoint"]


class Log(LogReader):
    """A log in a folder; reads as of its last checkpoint, and appends.

    One writer at a time: whoever opens a log for writing sees to it that nobody else does.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    >>> from plaudit.ledger.note import Signer
    >>> signer = Signer("example.org/log", Ed25519PrivateKey.from_private_bytes(bytes(32)))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     log = Log(pathlib.Path(folder))
    ...     log.append([b"first", b"second"])
    ...     before = log.size
    ...     print(before, log.publish(signer).size, log.entry(1))
    0 2 b'second'
    """

    def __init__(self, folder: Path) -> None:
        self._folder_files = FolderFiles(folder)
        super().__init__(self._folder_files)
        self._is_open = True
        self._is_tidy = False
        self._edge, self._tail = self._right_edge()
        self.appended = self.size

    def append(self, entries: Iterable[bytes]) -> None:
        """Write entries behind those there are; `publish` makes them part of the log.

        Raises
        ------
        ValueError : an entry is longer than 65,535 bytes.
        OutOfTurn : an earlier append or publish failed, or somebody else published; open the log again.
        """
        with self._or_reopened():
            rest = iter(entries)
            while chunk := list(islice(rest, WIDTH - len(self._tail))):
                self._append(chunk)

    def publish(
        self,
        signer: Signer,
        *,
        origin: str = "",
        known: Checkpoint | None = None,
        before: Callable[[str], object] | None = None,
    ) -> Checkpoint:
        """Sign what was appended and put the checkpoint in place; the same log again changes nothing.

        Parameters
        ----------
        origin : the log's name; the key's, if left out
        known : the last checkpoint that the key signed, by another memory than this folder
        before : called with the signed note before anybody can read it

        Raises
        ------
        CheckpointsFork : the checkpoint there is of a larger or of another log.
        SignatureInvalid, ProofInvalid : the checkpoint there is by another key, or of another origin.
        OutOfTurn : an earlier append or publish failed, or somebody else published; open the log again.
        """
        with self._or_reopened():
            for path, data in self._partial_files():
                if not (self._folder_files.folder / path).exists():
                    self._folder_files.write(path, data)
            self._folder_files.settle()
        checkpoint = Checkpoint(origin or signer.verifier.name, self.appended, self._edge.root())
        old_size = self.size
        published = publish_checkpoint(self._folder_files, checkpoint, signer, known=known, before=before)
        self._read()
        self._remove_filled(old_size)
        return published

    def check(self) -> None:
        """Check every file of the log against its checkpoint.

        Raises
        ------
        DigestMismatch : a file is missing, damaged or does not belong there; names it, and the entry where it can.
        """
        check(self._folder_files, self._checkpoint)

    def _append(self, chunk: list[bytes]) -> None:
        """Append as many entries as the last bundle has room for, or fewer."""
        longest = max(map(len, chunk))
        if longest > ENTRY_BYTES_MAX:
            raise ValueError(f"an entry of {longest} bytes is too long: a log takes up to {ENTRY_BYTES_MAX}")
        self._tail += chunk
        if len(self._tail) == WIDTH:
            self._folder_files.write(bundle_path(self.appended // WIDTH), pack_bundle(self._tail))
            self._tail = []
        for level, index, hashes in self._edge.extend(leaf_hashes(chunk)):
            self._folder_files.write(tile_path(level, index), b"".join(hashes))
        self.appended += len(chunk)

    def _right_edge(self) -> tuple[Edge, list[bytes]]:
        """Give the partial tiles and the partial bundle of the checkpoint's tree."""
        levels = [
            self._proven.hashes(level, self.size >> 8 * (level + 1))[:width] if width else []
            for level, width in enumerate(partial_widths(self.size))
        ]
        return Edge(self.size, levels), self._proven.bundle(self.size // WIDTH) if self.size % WIDTH else []

    def _partial_files(self) -> Iterator[tuple[str, bytes]]:
        """Give path and bytes of each partial bundle and tile, as of the last append."""
        if self._tail:
            yield bundle_path(self.appended // WIDTH, len(self._tail)), pack_bundle(self._tail)
        for level, hashes in enumerate(self._edge.levels):
            if hashes:
                yield tile_path(level, self.appended >> 8 * (level + 1), len(hashes)), b"".join(hashes)

    def _remove_beyond(self) -> None:
        """Remove what a killed writer left: half files, and tiles and bundles beyond the checkpoint.

        A partial tile that was never published may hold other entries than those that come now.
        """
        for path, data in self._partial_files():  # first what a larger tile may stand in for
            if self._files.read(path) is None:
                self._folder_files.write(path, data)
        for path in list(self._folder_files.paths()):
            place = place_of(path.removesuffix(PART))
            if place is None:
                continue
            level, index, width = place
            if path.endswith(PART) or width > width_at(self.size, 0 if level == "entries" else int(level), index):
                (self._folder_files.folder / path).unlink()

    def _remove_filled(self, old_size: int) -> None:
        """Remove the partial tiles and bundles that are full since that size."""
        for level, width in enumerate(partial_widths(old_size)):
            index = old_size >> 8 * (level + 1)
            if width and width_at(self.size, level, index) == WIDTH:
                for path in [tile_path(level, index)] + ([] if level else [bundle_path(index)]):
                    partials = self._folder_files.folder / f"{path}.p"
                    if partials.exists():
                        shutil.rmtree(partials)

    def _refuse_second_writer(self) -> None:
        """Refuse to write behind a checkpoint that is no longer there; cosignatures may have joined it."""
        _, held = read_checkpoint(self._files)
        if (held.size, held.root) != (self.size, self.root()):
            raise OutOfTurn(
                f"the log was opened at size {self.size} and is now published at {held.size}",
                "let one process write, and open the log again",
                size=self.size,
                published=held.size,
            )

    @contextmanager
    def _or_reopened(self) -> Iterator[None]:
        """Refuse all that follows on a write that failed: memory and disk may differ since."""
        if not self._is_open:
            raise OutOfTurn("an earlier append or publish failed", "open the log again, then append again")
        self._refuse_second_writer()
        self._is_open = False
        if not self._is_tidy:
            self._remove_beyond()
            self._is_tidy = True
        yield
        self._is_open = True


def publish_checkpoint(
    files: FolderFiles,
    checkpoint: Checkpoint,
    signer: Signer,
    *,
    known: Checkpoint | None = None,
    before: Callable[[str], object] | None = None,
) -> Checkpoint:
    """Sign a checkpoint and put it in place, if the tiles in the folder give its root and it follows the one there.

    The checkpoint there stays, with all its signatures, if it is of the same size and root. The tiles must be on disk
    by now: `FolderFiles.settle` and `build` see to it.

    Parameters
    ----------
    known, before : as for `Log.publish`

    Raises
    ------
    CheckpointsFork : the checkpoint there, or the known one, is of a larger or of another log.
    SignatureInvalid, ProofInvalid : the checkpoint there is by another key, or of another origin.
    DigestMismatch : the tiles do not give the root.
    """
    proven = ProvenTiles([files], checkpoint)
    held = files.read("checkpoint")
    if held is not None:
        old = open_checkpoint(held.decode(errors="replace"), signer.verifier, origin=checkpoint.origin)
        if (old.size, old.root) == (checkpoint.size, checkpoint.root):
            return old
        _refuse_fork(files.folder.name, proven, old, checkpoint)
    if known is not None and (known.size, known.root) != (checkpoint.size, checkpoint.root):
        _refuse_fork("the log", proven, known, checkpoint)
    note = sign_checkpoint(checkpoint, signer)
    if before is not None:
        before(note)
    files.write("checkpoint", note.encode(), durably=True)
    return checkpoint


def _refuse_fork(name: str, proven: ProvenTiles, old: Checkpoint, new: Checkpoint) -> None:
    if old.size >= new.size or proven.root(old.size) != old.root:
        raise _fork(name, old, new)


def _fork(name: str, old: Checkpoint, new: Checkpoint) -> CheckpointsFork:
    return CheckpointsFork(
        f"{name} is published at size {old.size} with root {old.root.hex()};"
        f" size {new.size} with root {new.root.hex()} does not follow it",
        "keep both, they are evidence; open the log again to append to what is published",
        old_size=old.size,
        new_size=new.size,
    )
