"""Whole logs at once: written from entries that lie elsewhere, or compared with them.

The entries are asked for in ranges of 65,536, which is one tile of level 1 with all that
lies below it. Processes share the ranges; each gives back one hash.
"""

from __future__ import annotations

import os
import shutil
import signal
import struct
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import accumulate
from multiprocessing import get_context
from typing import TYPE_CHECKING, Final, Protocol

from plaudit.base.errors import DigestMismatch, OutOfTurn
from plaudit.ledger.check import refuse_surplus
from plaudit.ledger.files import FolderFiles
from plaudit.ledger.tiles import (
    WIDTH,
    Edge,
    bundle_path,
    pack_bundle,
    place_of,
    tile_path,
    unpack_bundle,
    unpack_tile,
    width_at,
)
from plaudit.ledger.tree import HASH_BYTES, leaf_hashes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

__all__ = ["RANGE", "Entries", "build", "compare"]

RANGE: Final = WIDTH * WIDTH


class Entries(Protocol):
    """Gives the entries from `first` up to `last`, which is left out, one by one or end to end.

    A buffer holds entries of one length. Other processes call it, so it must pickle, and it should be small.
    """

    def __call__(self, first: int, last: int, /) -> Sequence[bytes] | bytes | bytearray | memoryview:
        """Give the entries of a range of at most 65,536."""


def build(folder: Path, size: int, entries: Entries, *, workers: int = 2) -> bytes:
    """Write every tile and bundle of a log into a folder and give the root; the checkpoint is the caller's.

    Memory does not grow with the size. Tiles without a checkpoint are removed first; what is written would outlive
    a power cut when the root is given.

    Raises
    ------
    OutOfTurn : the folder holds a checkpoint, so its log can only be appended to.
    """
    files = FolderFiles(folder)
    if files.read("checkpoint") is not None:
        raise OutOfTurn(f"{folder.name} holds a published log", "append to it, or choose another folder")
    if (folder / "tile").exists():
        shutil.rmtree(folder / "tile")
    root = _walk(_create, files, size, entries, workers)
    os.sync()  # once for all that the workers wrote
    return root


def compare(folder: Path, size: int, entries: Entries, *, workers: int = 2) -> bytes:
    """Compare every tile and bundle in a folder with what the entries give, and give the root.

    Memory does not grow with the size.

    Raises
    ------
    DigestMismatch : a file is missing, differs or does not belong there; names the first, and the first entry in it.
    """
    files = FolderFiles(folder)
    root = _walk(_refuse_other, files, size, entries, workers)
    for path, level, index, width in refuse_surplus(files, size):
        height = 0 if level == "entries" else int(level)
        now = width_at(size, height, index)
        if width == now:
            continue
        if level == "entries":
            wanted = pack_bundle(unpack_bundle(files.read(bundle_path(index, now)) or b"", now)[:width])
        else:
            wanted = b"".join(unpack_tile(files.read(tile_path(height, index, now)) or b"")[:width])
        _refuse_other(files, path, wanted)
    return root


def _walk(
    meet: Callable[[FolderFiles, str, bytes], None], files: FolderFiles, size: int, entries: Entries, workers: int
) -> bytes:
    """Let every file of a log meet the bytes it should hold, and give the root."""
    upper, beyond = Edge(), None
    for number, root in enumerate(_range_roots(partial(_range_root, meet, files, size, entries), size, workers)):
        if (number + 1) * RANGE > size:
            beyond = root
            continue
        for level, index, hashes in upper.extend([root], 2):
            meet(files, tile_path(level, index), b"".join(hashes))
    for level, hashes in enumerate(upper.levels):
        if hashes:
            meet(files, tile_path(level, size >> 8 * (level + 1), len(hashes)), b"".join(hashes))
    return upper.root(beyond)


def _range_roots(range_root: Callable[[int], bytes], size: int, workers: int) -> Iterator[bytes]:
    """Give the root over each range, in order."""
    ranges = range(-(-size // RANGE))
    if min(len(ranges), workers) < 2:
        yield from map(range_root, ranges)
        return
    with ProcessPoolExecutor(min(workers, len(ranges)), get_context("spawn"), initializer=_leave_to_parent) as pool:
        try:
            yield from pool.map(range_root, ranges, chunksize=max(1, len(ranges) // (4 * workers)))
        finally:
            pool.shutdown(cancel_futures=True)


def _leave_to_parent() -> None:
    """Let Ctrl-C, which all processes of a terminal get, be answered by the one that asked for the work."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _range_root(
    meet: Callable[[FolderFiles, str, bytes], None], files: FolderFiles, size: int, entries: Entries, number: int
) -> bytes:
    """Let the bundles and the tiles of levels 0 and 1 of one range meet their bytes, and give the root over it."""
    first = number * RANGE
    last = min(first + RANGE, size)
    held = _listed(entries(first, last), last - first)
    edge = Edge(first, ([], []))
    for start in range(0, last - first, WIDTH):
        chunk = held[start : start + WIDTH]
        meet(files, bundle_path((first + start) // WIDTH, len(chunk)), pack_bundle(chunk))
        for level, index, hashes in edge.extend(leaf_hashes(chunk)):
            meet(files, tile_path(level, index), b"".join(hashes))
    for level, hashes in enumerate(edge.levels[:2]):
        if hashes:
            meet(files, tile_path(level, size >> 8 * (level + 1), len(hashes)), b"".join(hashes))
    return edge.root()


def _listed(given: Sequence[bytes] | bytes | bytearray | memoryview, wanted: int) -> Sequence[bytes]:
    """Give the entries one by one.

    Raises
    ------
    ValueError : there are more or fewer than were asked for.
    """
    if isinstance(given, bytes | bytearray | memoryview):
        step, rest = divmod(memoryview(given).nbytes, wanted)
        if rest or not step:
            raise ValueError(f"{memoryview(given).nbytes} bytes are not {wanted} entries of one length")
        given = [entry for (entry,) in struct.iter_unpack(f"{step}s", given)]
    if len(given) != wanted:
        raise ValueError(f"{len(given)} entries were given, {wanted} were asked for")
    return given


def _create(files: FolderFiles, path: str, data: bytes) -> None:
    files.create(path, data)


def _refuse_other(files: FolderFiles, path: str, data: bytes) -> None:
    """Refuse a file that does not hold these bytes."""
    found = files.read(path)
    if found == data:
        return
    entry = _first_entry(path, data, found or b"")
    why = "is missing" if found is None else "differs"
    raise DigestMismatch(
        f"{path} {why}, from entry {entry} on",
        "get it again from a mirror; keep what you have: it is evidence",
        path=path,
        entry=entry,
    )


def _first_entry(path: str, wanted: bytes, found: bytes) -> int:
    """Give the first entry below the first byte that differs; the last one, where more bytes follow."""
    place = place_of(path)
    assert place is not None
    same = next((at for at, (want, got) in enumerate(zip(wanted, found, strict=False)) if want != got), len(found))
    level, index, width = place
    if level != "entries":
        return (index * WIDTH + min(same // HASH_BYTES, width - 1)) << 8 * int(level)
    ends = accumulate(2 + len(entry) for entry in unpack_bundle(wanted, width))
    return index * WIDTH + min(sum(end <= same for end in ends), width - 1)
