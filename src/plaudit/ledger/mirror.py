"""Mirrors: a log copied by people who do not trust it, for people who need not trust them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

from plaudit.ledger.checkpoint import open_checkpoint
from plaudit.ledger.files import PART, FolderFiles
from plaudit.ledger.note import join_signatures
from plaudit.ledger.proven import ProvenTiles
from plaudit.ledger.sight import Sight, contradiction, fits, put, see
from plaudit.ledger.tiles import WIDTH, bundle_path, place_of, tile_path, width_at

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from plaudit.ledger.checkpoint import Checkpoint
    from plaudit.ledger.files import Files
    from plaudit.ledger.note import Verifier

__all__ = ["UNFINISHED", "mirror", "unfinished"]

UNFINISHED: Final = "unfinished.note"
"""The file that holds the checkpoint which a mirror is still fetching."""

_BUNDLES: Final = 8  # in memory at once; a bundle has 16 MiB at most
_READERS: Final = 4  # more overrun the queue of a small web server, and each that does waits a second


def mirror(
    source: Files,
    target: Path,
    verifier: Verifier,
    *,
    on_progress: Callable[[str, int], None],
    on_older: Callable[[Checkpoint], object] = lambda _: None,
) -> Checkpoint:
    """Bring a folder up to the log's checkpoint, and give the folder's.

    Every tile and entry is checked before it is written, and the folder's checkpoint is replaced last: a
    mirror that was interrupted goes on when it is called again, and fetches nothing twice. Until it has ended, the
    checkpoint that it goes for lies in `unfinished.note`. A log that shows an older checkpoint of the same history
    changes nothing. One call at a time may write to a folder.

    Parameters
    ----------
    on_progress : told what is done, and the leaves that are there so far
    on_older : told an older checkpoint that the source shows

    Raises
    ------
    CheckpointsFork : the log contradicts the folder's checkpoint; both notes are kept as `fork-<size>.note`.
    SignatureInvalid, ProofInvalid : a checkpoint is not one that the log signed.
    DigestMismatch : a file at the source is missing or damaged; names it.
    SourceUnavailable : the source has no checkpoint, or does not answer.
    """
    new, files = see(source, verifier), FolderFiles(target)
    target.mkdir(parents=True, exist_ok=True)
    held_size = 0
    if files.read("checkpoint") is not None:
        old = see(files, verifier)
        held_size, is_older = old.checkpoint.size, new.checkpoint.size < old.checkpoint.size
        if not fits(old, new, files if is_older else source):
            raise contradiction(old, new, target)
        if is_older:
            on_older(new.checkpoint)
            return old.checkpoint
        if new.checkpoint.text == old.checkpoint.text:
            new = Sight(join_signatures(old.note, new.note), new.checkpoint)
    put(target / UNFINISHED, new.note)
    _tidy(files, held_size, new.checkpoint.size)
    _Copy(source, files, held_size, new.checkpoint).run(on_progress)
    files.settle()  # a checkpoint must not outlive the tiles it speaks of
    put(target / "checkpoint", new.note)
    (target / UNFINISHED).unlink()
    return new.checkpoint


def unfinished(files: Files, verifier: Verifier) -> Checkpoint | None:
    """Give the checkpoint that a mirror was fetching when it was stopped, or None.

    Raises
    ------
    SignatureInvalid, ProofInvalid : it is not one that the log signed.
    """
    data = files.read(UNFINISHED)
    return None if data is None else open_checkpoint(data.decode("utf-8", "replace"), verifier)


def _tidy(files: FolderFiles, held_size: int, size: int) -> None:
    """Remove what an interrupted mirror left half done, and partial files that full ones have replaced."""
    for path in list(files.paths()):
        place = place_of(path.removesuffix(PART))
        if place is None:
            continue
        level, index, width = int(place[0].replace("entries", "0")), *place[1:]
        held = width_at(held_size, level, index)
        is_loose = path.endswith(PART) or width > width_at(size, level, index)
        if is_loose or (width < WIDTH and (width > held or held == WIDTH)):
            (files.folder / path).unlink()


class _Copy:
    """One checkpoint's tiles and bundles on their way to a folder; the leaves held were proven before."""

    def __init__(self, source: Files, files: FolderFiles, held_size: int, checkpoint: Checkpoint) -> None:
        self._ahead = _Ahead(source)
        self._files = files
        self._held_size = held_size
        self._checkpoint = checkpoint

    def run(self, on_progress: Callable[[str, int], None]) -> None:
        """Write what the folder lacks, parents first; what lies there unproven is proven or replaced."""
        size = self._checkpoint.size
        tiles = ProvenTiles([self._files, self._ahead], self._checkpoint, self._files.write)
        for level in range(7, 0, -1):
            for index in range(size >> 8 * (level + 1)):
                if self._lacks((tile_path(level, index),), (index + 1) << 8 * (level + 1)):
                    tiles.hashes(level, index)
        for first in range(0, size, _BUNDLES * WIDTH):
            last = min(first + _BUNDLES * WIDTH, size)
            starts = [at for at in range(first, last, WIDTH) if self._lacks(self._paths(at), min(at + WIDTH, size))]
            wanted = [path for at in starts for path in self._paths(at)]
            self._ahead.fetch([path for path in wanted if not self._is_there(path)])
            for at in starts:
                tiles.hashes(0, at // WIDTH)
                tiles.bundle(at // WIDTH)
            if starts:
                on_progress("copied", last)

    def _paths(self, at: int) -> tuple[str, ...]:
        """Give the paths of the tile and of the bundle that start with a leaf."""
        width = min(WIDTH, self._checkpoint.size - at)
        return tile_path(0, at // WIDTH, width), bundle_path(at // WIDTH, width)

    def _lacks(self, paths: tuple[str, ...], end: int) -> bool:
        """Say whether files that end before a leaf must be looked at; those of the old checkpoint were."""
        return end > self._held_size or not all(self._is_there(path) for path in paths)

    def _is_there(self, path: str) -> bool:
        return (self._files.folder / path).exists()


class _Ahead:
    """Files of a source, some of them fetched side by side before they are read."""

    def __init__(self, source: Files) -> None:
        self._source = source
        self._fetched: dict[str, bytes | None] = {}

    def fetch(self, paths: list[str]) -> None:
        """Fetch some files; what was fetched before and not read is dropped."""
        self._fetched.clear()
        with ThreadPoolExecutor(_READERS) as readers:
            self._fetched = dict(zip(paths, readers.map(self._source.read, paths), strict=True))

    def read(self, path: str) -> bytes | None:
        """Give a file's bytes, or None if the source has no such file."""
        return self._fetched.pop(path) if path in self._fetched else self._source.read(path)
