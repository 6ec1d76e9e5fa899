"""A segment: the records of one source and day, in whole frames of zstd, each behind a frame that says its length.

    5e 2a 4d 18  10 00 00 00      a skippable frame of 16 bytes (RFC 8878), which zstd passes over
    length of the next frame, of what it holds (4 bytes each, little-endian), 8 bytes of its SHA-256
    28 b5 2f fd …                 a frame: JSON Lines

`zstd -dc` reads it. What was not written whole shows itself: the last frame lacks bytes, or they are not its own.

References
----------
docs/spec/archive.md
"""

from __future__ import annotations

import hashlib
import struct
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from plaudit.base.errors import DigestMismatch

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

__all__ = ["ENDING", "Frame", "frame", "frames"]

ENDING: Final = ".jsonl.zst"
_MAGIC: Final = 0x184D2A5E
_HEADER: Final = struct.Struct("<IIII8s")
_SAID_BYTES: Final = 16
_PLAIN_MOST: Final = 1 << 28
_ZSTD: Final = pa.Codec("zstd", 3)


class Frame:
    """One frame of a segment.

    first, last : where it begins, with the frame that says its length, and where it ends, in bytes
    """

    def __init__(self, first: int, last: int, data: bytes, plain_bytes: int) -> None:
        self.first = first
        self.last = last
        self._data = data
        self._plain_bytes = plain_bytes

    def lines(self) -> list[bytes]:
        """Give its lines, without their newlines.

        Raises
        ------
        DigestMismatch : the bytes are those that were written, and are no frame.
        """
        try:
            plain: bytes = pa.decompress(self._data, self._plain_bytes, codec="zstd", asbytes=True)
        except (pa.ArrowException, OSError):
            raise DigestMismatch("a frame of the segment is no zstd", "get it again from another copy") from None
        return plain.split(b"\n")[:-1]


def frame(lines: Iterable[bytes]) -> bytes:
    """Give some lines as a frame, with the one before it that says its length."""
    plain = b"".join(line + b"\n" for line in lines)
    data: bytes = _ZSTD.compress(plain, asbytes=True)
    return _HEADER.pack(_MAGIC, _SAID_BYTES, len(data), len(plain), hashlib.sha256(data).digest()[:8]) + data


def frames(path: Path, first: int = 0) -> Iterator[Frame]:
    """Give the whole frames of a segment in order; the first that is not whole ends it.

    Where the last frame ends before the file does, a writer was stopped, or somebody changed a byte: the log tells.
    """
    with path.open("rb") as file:
        file.seek(first)
        while len(header := file.read(_HEADER.size)) == _HEADER.size:
            magic, said_bytes, data_bytes, plain_bytes, digest = _HEADER.unpack(header)
            if (magic, said_bytes) != (_MAGIC, _SAID_BYTES) or plain_bytes > _PLAIN_MOST:
                return
            data = file.read(data_bytes)
            if len(data) < data_bytes or hashlib.sha256(data).digest()[:8] != digest:
                return
            last = first + _HEADER.size + data_bytes
            yield Frame(first, last, data, plain_bytes)
            first = last
