"""Signed notes: text that carries its signatures, as C2SP signed-note writes them.

    {"award":"…"}
                                    ← an empty line
    — plaudit.example/season az3grlgt…

A note's text ends with a newline; a signature line holds the key's name and, in
base64, four bytes of key id and the signature: for Ed25519, 64 bytes over the text.
A note may carry lines of several keys and of other kinds of signature; the key id
says whose and which.

References
----------
C2SP signed-note v1.0.0
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from plaudit.base.errors import SignatureInvalid
from plaudit.ledger.points import is_signature, why_no_point

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "Signer",
    "Verifier",
    "add_signature",
    "is_name",
    "join_signatures",
    "sign_note",
    "signature_line",
    "signatures_by",
    "signed_text",
    "verify_note",
]

_MARK: Final = "— "
_MOST_SIGNATURES: Final = 64  # C2SP asks for 16 at least and for a limit


@dataclass(frozen=True)
class Verifier:
    """A key's name and public bytes; `str()` gives the verifier key as C2SP writes it.

    Examples
    --------
    >>> text = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    >>> str(Verifier.parse(text)) == text
    True
    """

    kind: ClassVar[bytes] = b"\x01"

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """The first four bytes of SHA-256 over name, newline, algorithm and key."""
        return hashlib.sha256(self.name.encode() + b"\n" + self.kind + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(self.kind + self.public).decode()}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a verifier key.

        Raises
        ------
        SignatureInvalid : it is none, its key id is not that of its key, or its point is of low order or not
            canonical.
        """
        parts = text.strip().split("+", 2)
        try:
            name, key_id, encoded = parts
            raw = base64.b64decode(encoded, validate=True)
        except ValueError:
            raise _bad_key(text) from None
        verifier = cls(name, raw[1:])
        if len(raw) != 33 or not is_name(name) or f"{name}+{key_id}+{encoded}" != str(verifier):
            raise _bad_key(text)
        if why := why_no_point(verifier.public):
            raise SignatureInvalid(f"the key of {name} is {why}", "trust no signature under it; ask whose key it is")
        return verifier

    def accepts(self, text: bytes, signature: bytes) -> bool:
        """Say whether the signature is this key's over the text; points of low order are nobody's."""
        if why_no_point(self.public) or not is_signature(signature):
            return False
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
        if not is_name(name):
            raise ValueError(f"{name!r} cannot name a key: no spaces, no plus sign")
        self._key = key
        self.verifier = Verifier(name, key.public_key().public_bytes_raw())

    def sign(self, text: bytes) -> bytes:
        """Give the signature over a text."""
        return self._key.sign(text)

    def renamed(self, name: str) -> Signer:
        """Give the same key under another name."""
        return Signer(name, self._key)


def sign_note(text: str, signer: Signer) -> str:
    """Give the signed note over a text that ends with a newline."""
    if not text.endswith("\n"):
        raise ValueError("a note's text ends with a newline")
    return _note(text, [_line(signer.verifier, signer.sign(text.encode()))])


def signed_text(text: str, signatures: Sequence[tuple[Verifier, bytes]]) -> str:
    """Give the note over a text with these signatures, each by its key, and no others."""
    return _note(text, [_line(key, signature) for key, signature in signatures])


def signature_line(key: Verifier, signature: bytes) -> str:
    """Give the line of a signature, with its newline."""
    return f"{_line(key, signature)}\n"


def add_signature(note: str, key: Verifier, signature: bytes) -> str:
    """Give the note with one more signature, in place of what the same key signed before.

    Raises
    ------
    SignatureInvalid : the note is malformed, or has no room for a signature more.
    """
    text, lines = _parts(note)
    others = [line for line in lines if _signature(line)[:2] != (key.name, key.key_id)]
    added = _note(text, [*others, _line(key, signature)])
    _parts(added)
    return added


def join_signatures(note: str, other: str) -> str:
    """Give a note with the lines of keys that only another copy of the same text has, as far as there is room.

    Raises
    ------
    SignatureInvalid : a note is malformed.
    ValueError : the texts differ.
    """
    (text, lines), (other_text, other_lines) = _parts(note), _parts(other)
    if text != other_text:
        raise ValueError("signatures over one text say nothing of another")
    keys = {_signature(line)[:2] for line in lines}
    added = [line for line in other_lines if _signature(line)[:2] not in keys]
    return _note(text, [*lines, *added][:_MOST_SIGNATURES])


def verify_note(note: str, verifier: Verifier) -> str:
    """Give the text of a note that the key has signed; other keys' signatures are passed over.

    Raises
    ------
    SignatureInvalid : the note is malformed, not signed by the key, or altered.
    """
    text, ours = signatures_by(note, verifier)
    if not ours:
        raise SignatureInvalid(
            f"no signature by {verifier.name} with key id {verifier.key_id.hex()}",
            "check which key the signer publishes",
        )
    return text


def signatures_by(note: str, verifier: Verifier) -> tuple[str, list[bytes]]:
    """Give a note's text and what one key signed of it, in the order of the lines; it may be nothing.

    Raises
    ------
    SignatureInvalid : the note is malformed, or a signature under the key's name and id is not the key's.
    """
    text, lines = _parts(note)
    signatures = [_signature(line) for line in lines]
    ours = [raw for name, key_id, raw in signatures if (name, key_id) == (verifier.name, verifier.key_id)]
    if not all(verifier.accepts(text.encode(), signature) for signature in ours):
        raise SignatureInvalid(
            f"the text is not what {verifier.name} signed",
            "compare it with another copy of the certificate",
            name=verifier.name,
        )
    return text, ours


def is_name(name: str) -> bool:
    """Say whether a key can have the name: text, not empty, no spaces, no plus sign."""
    is_plain = "+" not in name and not any(letter.isspace() or letter < " " for letter in name)
    return bool(name) and is_plain and _is_utf8(name)


def _parts(note: str) -> tuple[str, list[str]]:
    """Give a note's text and its signature lines."""
    text, gap, lines = note.rpartition("\n\n")
    if not gap or not lines.endswith("\n"):
        raise SignatureInvalid("the note has no signature block", "get the whole file again")
    if any(letter < " " and letter != "\n" for letter in note):
        raise SignatureInvalid("the note holds a control character", "get the whole file again")
    found = lines[:-1].split("\n")
    if len(found) > _MOST_SIGNATURES:
        raise SignatureInvalid(
            f"the note has {len(found)} signature lines; {_MOST_SIGNATURES} are read at most",
            "get the file from its signer",
        )
    if not _is_utf8(note):
        raise SignatureInvalid("the note is not UTF-8", "get the whole file again")
    return f"{text}\n", found


def _note(text: str, lines: list[str]) -> str:
    return "\n".join([text, *lines, ""])


def _line(key: Verifier, signature: bytes) -> str:
    return f"{_MARK}{key.name} {base64.b64encode(key.key_id + signature).decode()}"


def _signature(line: str) -> tuple[str, bytes, bytes]:
    """Give the name, the key id and the signature; base64 is taken in its one canonical form."""
    name, _, encoded = line.removeprefix(_MARK).rpartition(" ")
    try:
        raw = base64.b64decode(encoded, validate=True)
    except ValueError:
        raw = b""
    if not line.startswith(_MARK) or not is_name(name) or len(raw) < 5 or base64.b64encode(raw).decode() != encoded:
        raise SignatureInvalid(f"signature line {line!r} is malformed", "get the whole file again")
    return name, raw[:4], raw[4:]


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a pair: text that was never decoded from bytes
        return False
    return True


def _bad_key(text: str) -> SignatureInvalid:
    return SignatureInvalid(f"{text.strip()[:80]!r} is not a verifier key", "it looks like: name+1234abcd+base64")
