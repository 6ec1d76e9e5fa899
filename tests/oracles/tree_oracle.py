"""Merkle trees and tiles in the words of RFC 6962 and C2SP: recursive, slow, one definition at a time."""

from __future__ import annotations

import hashlib


def split(size: int) -> int:
    power = 1
    while power * 2 < size:
        power *= 2
    return power


def mth(entries: list[bytes]) -> bytes:
    """The Merkle Tree Hash, section 2.1."""
    if not entries:
        return hashlib.sha256().digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\x00" + entries[0]).digest()
    k = split(len(entries))
    return hashlib.sha256(b"\x01" + mth(entries[:k]) + mth(entries[k:])).digest()


def path(m: int, entries: list[bytes]) -> list[bytes]:
    """The Merkle audit path, section 2.1.1."""
    if len(entries) == 1:
        return []
    k = split(len(entries))
    if m < k:
        return [*path(m, entries[:k]), mth(entries[k:])]
    return [*path(m - k, entries[k:]), mth(entries[:k])]


def proof(m: int, entries: list[bytes]) -> list[bytes]:
    """The Merkle consistency proof, section 2.1.2; for 0 < m < len(entries)."""
    return subproof(m, entries, is_complete=True)


def subproof(m: int, entries: list[bytes], *, is_complete: bool) -> list[bytes]:
    if m == len(entries):
        return [] if is_complete else [mth(entries)]
    k = split(len(entries))
    if m <= k:
        return [*subproof(m, entries[:k], is_complete=is_complete), mth(entries[k:])]
    return [*subproof(m - k, entries[k:], is_complete=False), mth(entries[:k])]


def files(entries: list[bytes]) -> dict[str, bytes]:
    """Every tile and bundle of a log of these entries, by path: the definition of C2SP tlog-tiles, word by word."""
    found: dict[str, bytes] = {}
    size, level = len(entries), 0
    while size // 256**level:
        span = 256**level
        hashes = [mth(entries[start : start + span]) for start in range(0, size // span * span, span)]
        for start in range(0, len(hashes), 256):
            tile = hashes[start : start + 256]
            found[f"tile/{level}/{name(start // 256, len(tile))}"] = b"".join(tile)
        level += 1
    for start in range(0, size, 256):
        bundle = entries[start : start + 256]
        data = b"".join(len(entry).to_bytes(2, "big") + entry for entry in bundle)
        found[f"tile/entries/{name(start // 256, len(bundle))}"] = data
    return found


def name(index: int, width: int) -> str:
    digits = str(index)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[start : start + 3] for start in range(0, len(digits), 3)]
    return "/".join([f"x{group}" for group in groups[:-1]] + groups[-1:]) + ("" if width == 256 else f".p/{width}")
