"""Points of low order and second forms, against the curve itself in plain integers."""

from __future__ import annotations

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from plaudit.base.errors import SignatureInvalid
from plaudit.ledger.note import Signer, Verifier, sign_note, verify_note
from plaudit.ledger.points import is_signature, why_no_point
from plaudit.ledger.witness import WitnessKey, WitnessSigner

PRIME, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, PRIME) % PRIME
ENCODED = {
    "identity": "01" + "00" * 31,
    "identity, sign": "01" + "00" * 30 + "80",
    "identity, y = p + 1": "ee" + "ff" * 30 + "7f",
    "identity, y = p + 1, sign": "ee" + "ff" * 31,
    "order 2": "ec" + "ff" * 30 + "7f",
    "order 2, sign": "ec" + "ff" * 31,
    "order 4": "00" * 32,
    "order 4, sign": "00" * 31 + "80",
    "order 4, y = p": "ed" + "ff" * 30 + "7f",
    "order 4, y = p, sign": "ed" + "ff" * 31,
    "order 8": "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "order 8, sign": "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "order 8, other": "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "order 8, other, sign": "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
}
"""All there are: eight points, and the second forms of four of them."""
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
SIGNER, WITNESS = Signer("example.org/award", KEY), WitnessSigner("witness.example/w1", KEY)

Point = tuple[int, int]


def plus(one: Point, other: Point) -> Point:
    (x, y), (u, v) = one, other
    k = D * x * u * y * v % PRIME
    return ((x * v + u * y) * pow(1 + k, -1, PRIME) % PRIME, (y * v + x * u) * pow(1 - k, -1, PRIME) % PRIME)


def decoded(encoded: bytes) -> Point | None:
    """Give the point of 32 bytes, in either form; None where the curve has none of that y."""
    y = (int.from_bytes(encoded, "little") & (1 << 255) - 1) % PRIME
    square = (y * y - 1) * pow(D * y * y + 1, -1, PRIME) % PRIME
    x = pow(square, (PRIME + 3) // 8, PRIME)
    if (x * x - square) % PRIME:
        x = x * pow(2, (PRIME - 1) // 4, PRIME) % PRIME
    if (x * x - square) % PRIME:
        return None
    return (x if x % 2 == encoded[31] >> 7 else -x % PRIME), y


def order_up_to_8(point: Point) -> int:
    """Give the order of a point, 0 where it is above 8."""
    at, steps = point, 1
    while at != (0, 1) and steps <= 8:
        at, steps = plus(at, point), steps + 1
    return steps if at == (0, 1) else 0


def test_the_curve_has_eight_points_of_low_order_and_all_are_listed() -> None:
    eighth = decoded(bytes.fromhex(ENCODED["order 8"]))
    assert eighth is not None
    at, found = eighth, {eighth}
    while at != (0, 1):
        at = plus(at, eighth)
        found.add(at)

    assert len(found) == 8
    assert {decoded(bytes.fromhex(text)) for text in ENCODED.values()} == found


@pytest.mark.parametrize("name", ENCODED)
def test_no_form_of_a_point_of_low_order_is_a_key(name: str) -> None:
    public = bytes.fromhex(ENCODED[name])

    for kind in (Verifier, WitnessKey):
        with pytest.raises(SignatureInvalid, match=r"the key of some/name is a point (of low order|that is not)"):
            kind.parse(str(kind("some/name", public)))


def test_a_signature_that_fits_every_text_is_refused_though_the_library_takes_it() -> None:
    identity = bytes.fromhex(ENCODED["identity"])
    constant = identity + bytes(32)
    anybody = Verifier("some/name", identity)
    line = base64.b64encode(anybody.key_id + constant).decode()

    for text in (b"one\n", b"another\n"):
        Ed25519PublicKey.from_public_bytes(identity).verify(constant, text)
        assert not anybody.accepts(text, constant)
        with pytest.raises(SignatureInvalid, match="is not what some/name signed"):
            verify_note(f"{text.decode()}\n— some/name {line}\n", anybody)


def test_a_signature_that_begins_with_a_point_of_low_order_is_refused() -> None:
    """Whoever holds a key can sign with the identity: S is then k times the private number."""
    identity, text = bytes.fromhex(ENCODED["identity"]), b"text\n"
    public = KEY.public_key().public_bytes_raw()
    secret = bytearray(hashlib.sha512(bytes(range(32))).digest()[:32])
    secret[0], secret[31] = secret[0] & 248, secret[31] & 127 | 64
    k = int.from_bytes(hashlib.sha512(identity + public + text).digest(), "little")
    odd = identity + (k * int.from_bytes(secret, "little") % ORDER).to_bytes(32, "little")

    KEY.public_key().verify(odd, text)
    assert not SIGNER.verifier.accepts(text, odd)


def test_a_number_written_in_a_second_way_is_refused() -> None:
    signed = SIGNER.sign(b"text\n")
    number = int.from_bytes(signed[32:], "little")

    assert is_signature(signed)
    for second in range(number + ORDER, 1 << 256, ORDER):
        again = signed[:32] + second.to_bytes(32, "little")
        assert not is_signature(again)
        assert not SIGNER.verifier.accepts(b"text\n", again)


@given(st.integers(0, 18), st.booleans())
def test_a_coordinate_that_is_not_below_the_prime_is_a_second_form(above: int, is_signed: bool) -> None:
    encoded = (PRIME + above | is_signed << 255).to_bytes(32, "little")

    assert why_no_point(encoded) == "a point that is not written in its one canonical form"
    assert not is_signature(encoded + bytes(32))


@given(st.binary(min_size=32, max_size=32))
def test_a_point_is_of_low_order_if_the_curve_says_so(encoded: bytes) -> None:
    point = decoded(encoded)

    assert ("low order" in why_no_point(encoded)) == (point is not None and order_up_to_8(point) > 0)


@given(st.binary(min_size=32, max_size=32), st.text(max_size=20))
def test_whatever_a_key_signs_is_taken(seed: bytes, text: str) -> None:
    signer = Signer("example.org/award", Ed25519PrivateKey.from_private_bytes(seed))
    lines = "".join(letter for letter in text if letter >= " ") + "\n"

    assert Verifier.parse(str(signer.verifier)) == signer.verifier
    assert verify_note(sign_note(lines, signer), signer.verifier) == lines
    assert WITNESS.verifier.accepts(lines.encode(), WITNESS.sign(lines.encode(), 7))


@pytest.mark.parametrize("length", [0, 31, 33, 63, 65])
def test_other_lengths_are_neither_points_nor_signatures(length: int) -> None:
    assert f"{length} bytes" in why_no_point(bytes([2]) * length)
    assert not is_signature(bytes([2]) * length)
