"""Tiles from anywhere, each checked against a checkpoint before it is believed.

The tiles on the right edge of a tree give its root together. Every other tile
gives one hash of the tile above it. So a damaged tile is named as soon as it is
read, and the root of any smaller tree follows from tiles that are proven.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from plaudit.base.errors import DigestMismatch, ProofInvalid
from plaudit.ledger.tiles import (
    WIDTH,
    Edge,
    bundle_path,
    partial_widths,
    tile_path,
    unpack_bundle,
    unpack_tile,
    width_at,
)
from plaudit.ledger.tree import HASH_BYTES, leaf_hashes, root_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from plaudit.ledger.checkpoint import Checkpoint
    from plaudit.ledger.files import Files

__all__ = ["ProvenTiles"]


class ProvenTiles:
    """The tree of one checkpoint, read from files that nobody needs to trust.

    Parameters
    ----------
    sources : where a tile is looked for, in this order; bytes that do not prove right are passed over
        while another source is left
    checkpoint : signed by the log; its signature is checked already
    kept : told each path and the bytes of that width that proved right, but not those the first of several sources had

    Raises
    ------
    DigestMismatch : the tiles of the right edge are missing or do not give the root.
    """

    def __init__(
        self, sources: Sequence[Files], checkpoint: Checkpoint, kept: Callable[[str, bytes], None] | None = None
    ) -> None:
        self._sources = sources
        self._checkpoint = checkpoint
        self._kept = kept
        self._cache: dict[int, tuple[int, list[bytes]]] = {}
        self._edge = self._proven_edge()

    def root(self, size: int) -> bytes:
        """Give the root of the tree of the first leaves.

        Raises
        ------
        DigestMismatch : a tile that is needed is missing or damaged.
        """
        if size > self._checkpoint.size:
            raise ValueError(f"{size} leaves are more than the checkpoint's {self._checkpoint.size}")
        return Edge(levels=[self.hashes(level, index)[:width] for level, index, width in _edge_of(size)]).root()

    def hashes(self, level: int, index: int) -> list[bytes]:
        """Give a tile's hashes: 256, or fewer at the right edge.

        Raises
        ------
        DigestMismatch : the tile, or one above it, is missing or damaged.
        """
        if (level, index) in self._edge:
            return self._edge[level, index]
        held = self._cache.get(level)
        if held and held[0] == index:
            return held[1]
        if not width_at(self._checkpoint.size, level, index):
            raise ValueError(f"a tree of {self._checkpoint.size} leaves has no tile {tile_path(level, index)}")
        wanted = self.hashes(level + 1, index // WIDTH)[index % WIDTH]
        path = tile_path(level, index)
        for place, data in self._candidates(path, path):
            hashes = unpack_tile(data)
            if len(data) == WIDTH * HASH_BYTES and root_of(hashes) == wanted:
                self._keep(place, path, data)
                self._cache[level] = index, hashes
                return hashes
        raise self._unproven(path, "is damaged")

    def bundle(self, index: int) -> list[bytes]:
        """Give the entries of a bundle: 256, or fewer at the right edge.

        Raises
        ------
        DigestMismatch : the bundle is missing or damaged; names the first entry that differs.
        """
        wanted = self.hashes(0, index)
        path = bundle_path(index, len(wanted))
        why = "is damaged"
        for place, data in self._candidates(path, bundle_path(index)):
            try:
                cut = data if len(wanted) == WIDTH else _first_entries(data, len(wanted))
                entries = unpack_bundle(cut, len(wanted))
            except ProofInvalid as wrong:
                why = f"is no bundle of {len(wanted)} entries: {wrong.what}"
                continue
            differ = [at for at, leaf in enumerate(leaf_hashes(entries)) if leaf != wanted[at]]
            if not differ:
                self._keep(place, path, cut)
                return entries
            why = f"holds another entry {index * WIDTH + differ[0]}"
        raise self._unproven(path, why)

    def _proven_edge(self) -> dict[tuple[int, int], list[bytes]]:
        """Read the right edge from the last source: all of it, or nothing can be checked."""
        edge: dict[tuple[int, int], list[bytes]] = {}
        for level, index, width in _edge_of(self._checkpoint.size):
            path = tile_path(level, index, width)
            _, data = list(self._candidates(path, tile_path(level, index)))[-1]
            if len(data) < width * HASH_BYTES:
                raise self._unproven(path, f"holds {len(data)} bytes where {width} hashes are needed")
            edge[level, index] = unpack_tile(data[: width * HASH_BYTES])
        if Edge(levels=edge.values()).root() != self._checkpoint.root:
            paths = ", ".join(tile_path(level, index, len(hashes)) for (level, index), hashes in edge.items())
            raise self._unproven(paths or "the empty tree", "does not give the root")
        for (level, index), hashes in edge.items():
            self._keep(len(self._sources) - 1, tile_path(level, index, len(hashes)), b"".join(hashes))
        return edge

    def _candidates(self, path: str, full_path: str) -> Iterator[tuple[int, bytes]]:
        """Give each source's bytes under the path; a source may keep the full tile alone."""
        found = False
        for place, source in enumerate(self._sources):
            data = source.read(path)
            if data is None and path != full_path:
                data = source.read(full_path)
            if data is not None:
                found = True
                yield place, data
        if not found:
            raise self._unproven(path, "is missing")

    def _keep(self, place: int, path: str, data: bytes) -> None:
        if self._kept and place == len(self._sources) - 1:
            self._kept(path, data)

    def _unproven(self, path: str, why: str) -> DigestMismatch:
        return DigestMismatch(
            f"{path} {why}, by the checkpoint of {self._checkpoint.size} leaves",
            "get it again, or ask whoever serves the log; keep what you have",
            path=path,
        )


def _edge_of(size: int) -> list[tuple[int, int, int]]:
    """Give level, index and width of the partial tiles of a tree, from the leaves up."""
    return [(level, size >> 8 * (level + 1), width) for level, width in enumerate(partial_widths(size)) if width]


def _first_entries(data: bytes, width: int) -> bytes:
    """Give the part of a bundle that holds its first entries."""
    end = 0
    for _ in range(width):
        end += 2 + int.from_bytes(data[end : end + 2], "big")
    return data[:end]
