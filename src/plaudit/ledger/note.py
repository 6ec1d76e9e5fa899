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
import hashlib
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
        except ValueError:
            raise _bad_key(text) from None
        verifier = cls(name, raw[1:])
        if len(raw) != 33 or not _is_name(name) or f"{name}+{key_id}+{encoded}" != str(verifier):
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
    """A private key under a name.

    Raises
    ------
    ValueError : the name is empty or holds a space or a plus sign.
    """

    def __init__(self, name: str, key: Ed25519PrivateKey) -> None:
        if not _is_name(name):
            raise ValueError(f"{name!r} cannot name a key: no spaces, no plus sign")
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
    if any(letter < " " and letter != "\n" for letter in note):
        raise SignatureInvalid("the note holds a control character", "get the whole file again")
    signatures = [_signature(line) for line in lines[:-1].split("\n")]
    ours = [raw[4:] for name, raw in signatures if name == verifier.name and raw[:4] == verifier.key_id]
    if not ours:
        raise SignatureInvalid(
            f"no signature by {verifier.name} with key id {verifier.key_id.hex()}",
            "check which key the signer publishes",
        )
    if not all(verifier.accepts(text.encode(), signature) for signature in ours):
        raise SignatureInvalid(
            f"the text is not what {verifier.name} signed",
            "compare it with another copy of the certificate",
            name=verifier.name,
        )
    return text


def _signature(line: str) -> tuple[str, bytes]:
    """Give the name, and the key id with the signature; base64 is taken in its one canonical form."""
    name, _, encoded = line.removeprefix(_MARK).rpartition(" ")
    try:
        raw = base64.b64decode(encoded, validate=True)
    except ValueError:
        raw = b""
    if not line.startswith(_MARK) or not _is_name(name) or len(raw) < 5 or base64.b64encode(raw).decode() != encoded:
        raise SignatureInvalid(f"signature line {line!r} is malformed", "get the whole file again")
    return name, raw


def _is_name(name: str) -> bool:
    return bool(name) and "+" not in name and not any(letter.isspace() or letter < " " for letter in name)


def _bad_key(text: str) -> SignatureInvalid:
    return SignatureInvalid(f"{text.strip()[:80]!r} is no verifier key", "it looks like: name+1234abcd+base64")
