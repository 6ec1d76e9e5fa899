"""Checking a whole log in a folder against its checkpoint, down to the file that is wrong.

First the names: what is there must be what the tree has. Then the right edge, on which
the root rests; then every tile from the top, every bundle against its tile, and the
partial tiles and bundles of earlier checkpoints against those that hold them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from plaudit.base.errors import DigestMismatch, ProofInvalid
from plaudit.ledger.files import PART
from plaudit.ledger.proven import ProvenTiles
from plaudit.ledger.tiles import (
    WIDTH,
    Edge,
    bundle_path,
    pack_bundle,
    partial_widths,
    place_of,
    tile_path,
    unpack_bundle,
    unpack_tile,
    width_at,
)
from plaudit.ledger.tree import HASH_BYTES, leaf_hashes, root_of

if TYPE_CHECKING:
    from plaudit.ledger.checkpoint import Checkpoint
    from plaudit.ledger.files import FolderFiles

__all__ = ["check", "refuse_surplus"]


def check(files: FolderFiles, checkpoint: Checkpoint, *, unfinished_size: int = 0) -> int:
    """Check every file of a log against a checkpoint, and give how many files lie beyond it.

    Parameters
    ----------
    unfinished_size : of the checkpoint that a mirror was still fetching: what belongs to that one may lie there,
        and is not checked

    Raises
    ------
    DigestMismatch : a file is missing, damaged or does not belong there; names it, and the entry where it can.
    """
    every = refuse_surplus(files, max(checkpoint.size, unfinished_size), may_be_half=unfinished_size > 0)
    partials = [one for one in every if _is_within(checkpoint.size, *one[1:])] if unfinished_size else every
    beyond = 0
    if unfinished_size:
        beyond = sum(not _is_within(checkpoint.size, *(place_of(path) or ("0", 0, 0))) for path in files.paths())
    _refuse_damaged_edge(files, checkpoint)
    proven = ProvenTiles([files], checkpoint)
    for index in range(-(-checkpoint.size // WIDTH)):
        proven.bundle(index)
    for path, level, index, width in partials:
        if level == "entries":
            wanted = pack_bundle(proven.bundle(index)[:width])
        else:
            wanted = b"".join(proven.hashes(int(level), index)[:width])
        if files.read(path) != wanted:
            raise _damaged(path, "is not the beginning of what the tree holds there")
    return beyond


def refuse_surplus(files: FolderFiles, size: int, *, may_be_half: bool = False) -> list[tuple[str, str, int, int]]:
    """Give path, level, index and width of every partial tile and bundle, in order; nothing else may be there.

    Parameters
    ----------
    may_be_half : a file that is being written may be there, too

    Raises
    ------
    DigestMismatch : a file below `tile/` is none of a tree of that size, nor of a smaller one.
    """
    partials = []
    for path in files.paths():
        if may_be_half and path.endswith(PART):
            continue
        place = place_of(path)
        level, index, width = place or ("0", 0, 0)
        if place is None or not _is_within(size, level, index, width):
            raise DigestMismatch(
                f"{path} does not belong to a log of {size} entries",
                "remove it, or find out who put it there",
                path=path,
            )
        if width < WIDTH:
            partials.append((path, level, index, width))
    return sorted(partials)


def _is_within(size: int, level: str, index: int, width: int) -> bool:
    """Say whether a tree of some size, or a smaller one before it, has a tile or bundle of that width."""
    return 0 < width <= width_at(size, 0 if level == "entries" else int(level), index)


def _refuse_damaged_edge(files: FolderFiles, checkpoint: Checkpoint) -> None:
    """Name the partial tile that keeps the right edge from giving the root, if one does."""
    levels: list[list[bytes]] = []
    for level, width in enumerate(partial_widths(checkpoint.size)):
        path = tile_path(level, checkpoint.size >> 8 * (level + 1), width)
        data = files.read(path) if width else b""
        if data is None or len(data) != width * HASH_BYTES:
            raise _damaged(path, "is missing" if data is None else f"holds {len(data)} bytes for {width} hashes")
        levels.append(unpack_tile(data))
    if Edge(checkpoint.size, levels).root() == checkpoint.root:
        return
    for level, hashes in enumerate(levels):
        index = checkpoint.size >> 8 * (level + 1)
        if hashes and hashes != _from_below(files, level, index, len(hashes)):
            raise _damaged(tile_path(level, index, len(hashes)), "differs from what lies below it")
    raise _damaged("checkpoint", f"states root {checkpoint.root.hex()}, which its tiles do not give")


def _from_below(files: FolderFiles, level: int, index: int, width: int) -> list[bytes]:
    """Give the hashes that a tile should hold, from the bundle or the tiles below; what is missing gives none."""
    if level:
        below = [files.read(tile_path(level - 1, index * WIDTH + at)) for at in range(width)]
        return [root_of(unpack_tile(data)) for data in below if data]
    try:
        return leaf_hashes(unpack_bundle(files.read(bundle_path(index, width)) or b"", width))
    except ProofInvalid:
        return []


def _damaged(path: str, why: str) -> DigestMismatch:
    return DigestMismatch(f"{path} {why}", "get it again from a mirror; keep what you have: it is evidence", path=path)
