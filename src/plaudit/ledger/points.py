"""Which 32 bytes can stand for a point of a signature: one canonical form, and none of low order.

Under a key of low order anybody can sign: one constant signature fits every text, or
one in a few. Such keys, and points and numbers written in a second way, are refused
before a signature is computed, whatever a library would make of them.

References
----------
RFC 8032, sections 5.1.3 and 5.1.7; docs/spec/log.md, "Keys and signatures"
"""

from __future__ import annotations

from typing import Final

__all__ = ["is_signature", "why_no_point"]

_PRIME: Final = 2**255 - 19
"""Coordinates are below it."""
_ORDER: Final = 2**252 + 27742317777372353535851937790883648493
"""The order of the base point; a signature's number is below it."""
_EIGHTH: Final = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
_LOW: Final = {1: 1, _PRIME - 1: 2, 0: 4, _EIGHTH: 8, _PRIME - _EIGHTH: 8}
"""The order of each point of low order by its coordinate y; with either sign of x they are all eight."""
_POINT_BYTES: Final = 32


def why_no_point(encoded: bytes) -> str:
    """Say why 32 bytes are refused as a public key, or as the first half of a signature; nothing if they are not.

    Examples
    --------
    >>> why_no_point(bytes(32))
    'a point of low order, 4: anybody can sign under it'
    """
    height = int.from_bytes(encoded, "little") & (1 << 255) - 1
    if len(encoded) != _POINT_BYTES:
        return f"{len(encoded)} bytes, a point has {_POINT_BYTES}"
    if height >= _PRIME:
        return "a point that is not written in its one canonical form"
    if height in _LOW:  # the only points with x = 0, where a sign bit would be a second form, are two of these
        return f"a point of low order, {_LOW[height]}: anybody can sign under it"
    return ""


def is_signature(raw: bytes) -> bool:
    """Say whether 64 bytes can be a signature: a point, and a number in its one canonical form."""
    number = int.from_bytes(raw[_POINT_BYTES:], "little")
    return len(raw) == 2 * _POINT_BYTES and number < _ORDER and not why_no_point(raw[:_POINT_BYTES])
