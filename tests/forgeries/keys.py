"""Keys that no honest program takes: points of low order, under which anybody can sign anything."""

from __future__ import annotations

import base64
import hashlib
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["COSIGNS", "IDENTITY", "IDENTITY_IN_ANOTHER_ENCODING", "ORDER_TWO", "key_text", "signed_without_a_key"]

_PRIME: Final = 2**255 - 19
_D: Final = -121665 * pow(121666, -1, _PRIME) % _PRIME
_BASE: Final = (
    15112221349535400772501151409588531511454012693041857206046113283949847762202,
    46316835694926478169428394003475163141307993866256225615783033603165251855960,
)
COSIGNS: Final = b"\x04"
"""The kind of key that witnesses sign with."""
IDENTITY: Final = b"\x01" + bytes(31)
ORDER_TWO: Final = b"\xec" + b"\xff" * 30 + b"\x7f"
IDENTITY_IN_ANOTHER_ENCODING: Final = b"\xee" + b"\xff" * 30 + b"\x7f"


def key_text(name: str, public: bytes, kind: bytes = b"\x01") -> str:
    """Give the verifier key as it is written, whatever the point."""
    return f"{name}+{_key_id(name, public, kind).hex()}+{base64.b64encode(kind + public).decode()}"


def signed_without_a_key(text: str, name: str, public: bytes, kind: bytes = b"\x01", time: bytes = b"") -> str:
    """Give the signature line over a text under a point of low order; no secret is needed."""
    for number, (point, other) in enumerate(_multiples(), 1):
        for commitment in (point, other):
            signature = commitment + number.to_bytes(32, "little")
            with suppress(InvalidSignature):
                Ed25519PublicKey.from_public_bytes(public).verify(signature, text.encode())
                signed = base64.b64encode(_key_id(name, public, kind) + time + signature).decode()
                return f"\N{EM DASH} {name} {signed}\n"
    raise ValueError("this text needs a key")


def _multiples() -> Iterator[tuple[bytes, bytes]]:
    """Give the base point's first multiples, each also with the point of order two added."""
    x, y = _BASE
    for _ in range(64):
        yield _encoded(x, y), _encoded(-x % _PRIME, -y % _PRIME)
        (a, b), product = _BASE, _D * x * y * _BASE[0] * _BASE[1]
        x, y = (x * b + y * a) * pow(1 + product, -1, _PRIME), (y * b + x * a) * pow(1 - product, -1, _PRIME)
        x, y = x % _PRIME, y % _PRIME


def _encoded(x: int, y: int) -> bytes:
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _key_id(name: str, public: bytes, kind: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + kind + public).digest()[:4]
