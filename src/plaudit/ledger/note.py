"""Signed notes: text that carries its signatures, as C2SP signed-note writes them.

    {"award":"…"}
                                    ← an empty line
    — plaudit.example/season az3grlgt…

A note's text ends with a newline; a signature line holds the key's name and, in
base64, four bytes of key id and 64 bytes of Ed25519 signature.

References
----------
C2SP signed-note v1.0.0
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from plaudit.base.errors import SignatureInvalid

__all__ = ["Signer", "Verifier", "sign_note", "verify_note"]

_ED25519: Final = b"\x01"
_MARK: Final = "— "


@dataclass(frozen=True)
class Verifier:
    """A key's name and public bytes; `str()` gives the verifier key as C2SP writes it.

    Examples
    --------
    >>> text = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    >>> str(Verifier.parse(text)) == text
    True
    """

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """The first four bytes of SHA-256 over name, newline, algorithm and key."""
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(_ED25519 + self.public).decode()}"

    @classmethod
    def parse(cls, text: str) -> Verifier:
        """Read a verifier key.

        Raises
        ------
        SignatureInvalid : it is none, or its key id is not that of its key.
        """
        parts = text.strip().split("+", 2)
        try:
            name, key_id, encoded = parts
            raw = base64.b64decode(encoded, validate=True)
        except (ValueError, binascii.Error):
            raise _bad_key(text) from None
        verifier = cls(name, raw[1:])
        if len(raw) != 33 or raw[:1] != _ED25519 or verifier.key_id.hex() != key_id or not _is_name(name):
            raise _bad_key(text)
        return verifier

    def accepts(self, text: bytes, signature: bytes) -> bool:
        """Say whether the signature is this key's over the text."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text)
        except InvalidSignature:
            return False
        return True


class Signer:
    """A private key under a name."""

    def __init__(self, name: str, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.verifier = Verifier(name, key.public_key().public_bytes_raw())

    def sign(self, text: bytes) -> bytes:
        """Give the signature over a text."""
        return self._key.sign(text)


def sign_note(text: str, signer: Signer) -> str:
    """Give the signed note over a text that ends with a newline."""
    if not text.endswith("\n"):
        raise ValueError("a note's text ends with a newline")
    signature = signer.verifier.key_id + signer.sign(text.encode())
    return f"{text}\n{_MARK}{signer.verifier.name} {base64.b64encode(signature).decode()}\n"


def verify_note(note: str, verifier: Verifier) -> str:
    """Give the text of a note that the key has signed; other keys' signatures are passed over.

    Raises
    ------
    SignatureInvalid : the note is malformed, not signed by the key, or altered.
    """
    text, gap, lines = note.rpartition("\n\n")
    text += "\n"
    if not gap or not lines.endswith("\n"):
        raise SignatureInvalid("the note has no signature block", "get the whole file again")
    for line in lines.splitlines():
        name, _, encoded = line.removeprefix(_MARK).rpartition(" ")
        try:
            raw = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            raise SignatureInvalid(f"signature line {line!r} is malformed", "get the whole file again") from None
        if not line.startswith(_MARK) or not _is_name(name) or len(raw) < 5:
            raise SignatureInvalid(f"signature line {line!r} is malformed", "get the whole file again")
        if name == verifier.name and hmac.compare_digest(raw[:4], verifier.key_id):
            if not verifier.accepts(text.encode(), raw[4:]):
                raise SignatureInvalid(
                    f"the text is not what {name} signed", "compare it with another copy of the certificate", name=name
                )
            return text
    raise SignatureInvalid(
        f"no signature by {verifier.name} with key id {verifier.key_id.hex()}", "check which key the signer publishes"
    )


def _is_name(name: str) -> bool:
    return bool(name) and "+" not in name and not any(letter.isspace() for letter in name)


def _bad_key(text: str) -> SignatureInvalid:
    return SignatureInvalid(f"{text.strip()[:80]!r} is no verifier key", "it looks like: name+1234abcd+base64")
