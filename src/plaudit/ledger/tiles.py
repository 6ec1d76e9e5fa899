"""Where a tree's hashes and entries lie: tiles and bundles of 256, as C2SP tlog-tiles names them.

    tile/0/x001/x234/067      256 leaf hashes, those of entries 315,921,152 to 315,921,407
    tile/1/004                256 roots of tiles of level 0
    tile/0/273.p/112          the last tile of level 0 in a tree of size 70,000
    tile/entries/273.p/112    the 112 entries below it, each behind two bytes of length

References
----------
C2SP tlog-tiles
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from plaudit.base.errors import ProofInvalid
from plaudit.ledger.tree import EMPTY_ROOT, HASH_BYTES, root_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = [
    "ENTRY_BYTES_MAX",
    "WIDTH",
    "Edge",
    "bundle_path",
    "pack_bundle",
    "partial_widths",
    "place_of",
    "tile_path",
    "tiles_of",
    "unpack_bundle",
    "unpack_tile",
    "width_at",
]

WIDTH: Final = 256
ENTRY_BYTES_MAX: Final = 65_535

_PATH: Final = re.compile(r"tile/(entries|0|[1-9]\d?)/((?:x\d{3}/)*)(\d{3})(?:\.p/([1-9]\d{0,2}))?", re.ASCII)


def tile_path(level: int, index: int, width: int = WIDTH) -> str:
    """Give the path of a tile below the log's folder.

    Examples
    --------
    >>> tile_path(0, 1234067)
    'tile/0/x001/x234/067'
    >>> tile_path(1, 1, 17)
    'tile/1/001.p/17'
    """
    return _path(str(level), index, width)


def bundle_path(index: int, width: int = WIDTH) -> str:
    """Give the path of an entry bundle below the log's folder.

    Examples
    --------
    >>> bundle_path(273, 112)
    'tile/entries/273.p/112'
    """
    return _path("entries", index, width)


def place_of(path: str) -> tuple[str, int, int] | None:
    """Give the level ('0' to '63', or 'entries'), index and width that a path names; None if it names none.

    Examples
    --------
    >>> place_of("tile/entries/x001/067")
    ('entries', 1067, 256)
    >>> place_of("tile/0/x000/067") is None
    True
    """
    match = _PATH.fullmatch(path)
    if not match:
        return None
    level, above, last, width = match.groups()
    index = int(above.replace("x", "").replace("/", "") + last)
    place = (level, index, int(width or WIDTH))
    return place if _path(*place) == path and (level == "entries" or int(level) < 64) else None


def width_at(size: int, level: int, index: int) -> int:
    """Give how many hashes a tile holds in a tree of that size; 0 if the tree has no such tile."""
    return max(0, min(WIDTH, (size >> 8 * level) - index * WIDTH))


def partial_widths(size: int) -> list[int]:
    """Give the width of the partial tile at each level, from level 0; 0 where there is none.

    Examples
    --------
    >>> partial_widths(70_000)
    [112, 17, 1]
    """
    widths = []
    while size:
        widths.append(size % WIDTH)
        size //= WIDTH
    return widths


def tiles_of(size: int) -> Iterator[tuple[int, int, int]]:
    """Give level, index and width of every tile in a tree of that size."""
    for level, width in enumerate(partial_widths(size)):
        full = size >> 8 * (level + 1)
        for index in range(full):
            yield level, index, WIDTH
        if width:
            yield level, full, width


def pack_bundle(entries: Sequence[bytes]) -> bytes:
    """Give the bytes of a bundle.

    Raises
    ------
    ValueError : an entry is longer than two bytes can say.
    """
    lengths = set(map(len, entries))
    if len(lengths) == 1:  # as in most logs: one prefix for all, three times as fast
        prefix = _prefix(lengths.pop())
        return prefix + prefix.join(entries)
    return b"".join([_prefix(len(entry)) + entry for entry in entries])


def unpack_bundle(data: bytes, width: int) -> list[bytes]:
    """Give the entries of a bundle that holds so many.

    Raises
    ------
    ProofInvalid : it holds more or fewer, or ends within one.
    """
    entries: list[bytes] = []
    start = 0
    while start + 2 <= len(data) and len(entries) < width:
        end = start + 2 + (data[start] << 8 | data[start + 1])
        entries.append(data[start + 2 : end])
        start = end
    if start != len(data) or len(entries) != width:
        raise ProofInvalid(
            f"a bundle of {len(data)} bytes does not hold {width} whole entries",
            "get the bundle again",
            entry=len(entries),
        )
    return entries


def unpack_tile(data: bytes) -> list[bytes]:
    """Give the hashes of a tile."""
    return [data[start : start + HASH_BYTES] for start in range(0, len(data), HASH_BYTES)]


class Edge:
    """The hashes at a growing tree's right edge that no full tile holds yet.

    Parameters
    ----------
    size : leaves in the tree so far
    levels : the hashes of the partial tile at each level, from level 0
    """

    def __init__(self, size: int = 0, levels: Iterable[Iterable[bytes]] = ()) -> None:
        self.levels = [list(level) for level in levels]
        self._full = [size >> 8 * (level + 1) for level in range(len(self.levels))]

    def extend(self, hashes: Sequence[bytes], level: int = 0) -> list[tuple[int, int, list[bytes]]]:
        """Append hashes of a level; give level, index and hashes of each tile that this fills."""
        while len(self.levels) <= level:
            self.levels.append([])
            self._full.append(0)
        edge, filled = self.levels[level], []
        edge += hashes
        while len(edge) >= WIDTH:
            tile = edge[:WIDTH]
            del edge[:WIDTH]
            filled.append((level, self._full[level], tile))
            self._full[level] += 1
            filled += self.extend([root_of(tile)], level + 1)
        return filled

    def root(self, beyond: bytes | None = None) -> bytes:
        """Give the root of the whole tree; `beyond` is the root over leaves to the right of the edge."""
        last = [] if beyond is None else [beyond]
        for level in self.levels:
            hashes = level + last
            last = [root_of(hashes)] if hashes else []
        return last[0] if last else EMPTY_ROOT


def _path(level: str, index: int, width: int) -> str:
    groups = [f"{index % 1000:03}"]
    while index := index // 1000:
        groups.append(f"x{index % 1000:03}")
    partial = "" if width == WIDTH else f".p/{width}"
    return f"tile/{level}/{'/'.join(reversed(groups))}{partial}"


def _prefix(length: int) -> bytes:
    if length > ENTRY_BYTES_MAX:
        raise ValueError(f"an entry of {length} bytes is too long: a bundle holds up to {ENTRY_BYTES_MAX}")
    return length.to_bytes(2, "big")
