"""Ballots' records as a forger packs them: whatever a number is, it fits."""

from __future__ import annotations

import hashlib
import struct
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plaudit.vote.record import Names

__all__ = ["packed", "unpacked"]

_LAYOUT: Final = struct.Struct(">BBHIqQBBHHq16s")
_GESTURES: Final = ("vote", "post", "repost", "quote")


def packed(row: dict[str, Any], names: Names) -> bytes:
    """Give a row's record; names that are not declared become what stands for none, numbers wrap round."""
    since, post = row["account_created_at"], row["post"]
    return _LAYOUT.pack(
        1,
        _place(row["channel"], names.channels, 0xFF),
        _place(row["nominee"], names.nominees, 0xFFFF),
        (row["votes"] or 0) % 2**32,
        row["cast_at"],
        (row["voter"] or 0) % 2**64,
        _place(row["gesture"], _GESTURES, 0),
        1 * row["is_deleted"] + 2 * row["is_private"] + 4 * (since is not None),
        (row["tags"] or 0) % 2**16,
        _place(row["source"], names.sources, 0xFFFF),
        since or 0,
        hashlib.sha256(post.encode()).digest()[:16] if post else bytes(16),
    )


def unpacked(record: bytes, names: Names) -> dict[str, Any]:
    """Give the row of a record, whatever its numbers are."""
    _, channel, nominee, votes, cast_at, voter, gesture, flags, tags, source, since, post = _LAYOUT.unpack(record)
    return {
        "channel": names.channels[channel],
        "nominee": names.nominees[nominee],
        "votes": votes,
        "cast_at": cast_at,
        "voter": voter,
        "gesture": _GESTURES[gesture],
        "tags": tags,
        "is_deleted": bool(flags & 1),
        "is_private": bool(flags & 2),
        "account_created_at": since if flags & 4 else None,
        "post": post.strip(b"\0"),
        "source": names.sources[source],
    }


def _place(name: str | None, names: Sequence[str], unknown: int) -> int:
    return names.index(name) if name in names else unknown
