"""A log made whole again from its entries: every tile and bundle is compared, and what differs is written.

    for path, data in expected(size, entries): …      what the files of a tree must hold, in the order of the leaves

Whoever mends a log has its entries elsewhere; nothing here is signed, and no checkpoint is touched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plaudit.ledger.files import PART
from plaudit.ledger.tiles import (
    WIDTH,
    Edge,
    bundle_path,
    pack_bundle,
    place_of,
    tile_path,
    unpack_bundle,
    width_at,
)
from plaudit.ledger.tree import HASH_BYTES, leaf_hashes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from plaudit.ledger.files import FolderFiles

    Entries = Callable[[int, int], Sequence[bytes]]

__all__ = ["expected", "mend", "roots"]

_AT_ONCE: Final = 64 * WIDTH
"""Entries that are asked for together; they are held in memory meanwhile."""


def expected(size: int, entries: Entries) -> Iterator[tuple[str, bytes]]:
    """Give path and bytes of every tile and bundle of a tree, a bundle before the tiles that it fills.

    Parameters
    ----------
    entries : gives those from a first one up to a last one, which is left out
    """
    edge = Edge()
    for index, chunk in enumerate(_chunks(size, entries)):
        yield bundle_path(index, len(chunk)), pack_bundle(chunk)
        for level, place, hashes in edge.extend(leaf_hashes(chunk)):
            yield tile_path(level, place), b"".join(hashes)
    for level, hashes in enumerate(edge.levels):
        if hashes:
            yield tile_path(level, size >> 8 * (level + 1), len(hashes)), b"".join(hashes)


def roots(sizes: Iterable[int], entries: Entries, beat: Callable[[], object]) -> dict[int, bytes]:
    """Give the root over the first entries, for each of some sizes.

    Parameters
    ----------
    beat : called now and then, since this takes a second for a million entries
    """
    found: dict[int, bytes] = {}
    edge, at = Edge(), 0
    for size in sorted(set(sizes)):
        for chunk in _chunks(size - at, lambda first, last, at=at: entries(at + first, at + last)):  # type: ignore[misc]
            edge.extend(leaf_hashes(chunk))
            beat()
        at = size
        found[size] = edge.root()
    return found


def mend(files: FolderFiles, size: int, entries: Entries, beat: Callable[[], object]) -> int:
    """Make a folder hold the files of a tree, and give how many of them were missing or wrong.

    Partial files of smaller trees stay, made right; what lies beyond the tree is removed. Foreign files are left alone.
    What was written outlives a power cut when this returns.
    """
    wrong = 0
    for path, data in expected(size, entries):
        beat()
        wrong += _put_right(files, path, data)
    for path in list(files.paths()):
        beat()
        place = place_of(path.removesuffix(PART))
        if place is None:
            continue
        level, index, width = place
        now = width_at(size, 0 if level == "entries" else int(level), index)
        if path.endswith(PART) or width > now:
            (files.folder / path).unlink()
        elif width < now:
            wrong += _put_right(files, path, _beginning(files, level, index, width, now))
    files.settle()
    return wrong


def _chunks(size: int, entries: Entries) -> Iterator[Sequence[bytes]]:
    for first in range(0, size, _AT_ONCE):
        held = entries(first, min(first + _AT_ONCE, size))
        for start in range(0, len(held), WIDTH):
            yield held[start : start + WIDTH]


def _put_right(files: FolderFiles, path: str, data: bytes) -> bool:
    if files.read(path) == data:
        return False
    files.write(path, data)
    return True


def _beginning(files: FolderFiles, level: str, index: int, width: int, now: int) -> bytes:
    """Give what a partial file of a smaller tree holds, from the one of this tree."""
    if level == "entries":
        return pack_bundle(unpack_bundle(files.read(bundle_path(index, now)) or b"", now)[:width])
    return (files.read(tile_path(int(level), index, now)) or b"")[: width * HASH_BYTES]
