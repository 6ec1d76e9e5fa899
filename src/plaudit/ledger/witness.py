"""Witnesses: others who say that they saw a checkpoint, when, and that it fits what they saw before.

    plaudit.example/my-award
    20852163
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
                                                    ← an empty line
    — plaudit.example/my-award Az3grlgt…
    — witness.example/w1 jWbPPwAAAABkGFDL…          ← key id, eight bytes of time, signature

A log that shows two readers two histories needs its witnesses to sign both.

References
----------
C2SP tlog-cosignature, the Ed25519 type
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from plaudit.base.errors import SignatureInvalid
from plaudit.ledger.checkpoint import Checkpoint
from plaudit.ledger.note import Verifier, add_signature, is_name, signatures_by

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

__all__ = ["WitnessKey", "WitnessSigner", "cosign", "require", "witnessed"]

_TIME_BYTES: Final = 8


class WitnessKey(Verifier):
    """A witness's name and public bytes; `str()` gives the verifier key as C2SP writes it.

    Examples
    --------
    >>> key = WitnessKey("witness.example/w1", bytes([2]) * 32)
    >>> str(key)
    'witness.example/w1+09d03806+BAICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIC'
    >>> WitnessKey.parse(str(key)) == key
    True
    """

    kind: ClassVar[bytes] = b"\x04"

    def accepts(self, text: bytes, signature: bytes) -> bool:
        """Say whether the cosignature, time first, is this witness's over the checkpoint's text."""
        seconds = signed_at(signature)
        return seconds < 2**63 and super().accepts(_message(text, seconds), signature[_TIME_BYTES:])


class WitnessSigner:
    """A witness's private key under its name; no other witness may use the same key.

    Raises
    ------
    ValueError : the name is empty or holds a space or a plus sign.
    """

    def __init__(self, name: str, key: Ed25519PrivateKey) -> None:
        if not is_name(name):
            raise ValueError(f"{name!r} cannot name a witness: no spaces, no plus sign")
        self._key = key
        self.verifier = WitnessKey(name, key.public_key().public_bytes_raw())

    def sign(self, text: bytes, at_seconds: int) -> bytes:
        """Give the cosignature over a checkpoint's text, its time first."""
        return at_seconds.to_bytes(_TIME_BYTES, "big") + self._key.sign(_message(text, at_seconds))


def cosign(note: str, signer: WitnessSigner, at_seconds: int) -> str:
    """Give the note with the witness's cosignature, in place of an earlier one of its own.

    It says that of this log the witness has seen no larger tree and none that contradicts:
    check the log's signature and the consistency first.

    Parameters
    ----------
    at_seconds : POSIX time, 0 or more

    Raises
    ------
    SignatureInvalid : the note is malformed, or carries a forged cosignature of this witness.
    ProofInvalid : its text is no checkpoint.
    """
    if not 0 <= at_seconds < 2**63:
        raise ValueError(f"{at_seconds} is not the time of a cosignature")
    text, _ = signatures_by(note, signer.verifier)
    Checkpoint.parse(text)
    return add_signature(note, signer.verifier, signer.sign(text.encode(), at_seconds))


def witnessed(note: str, witnesses: Sequence[WitnessKey]) -> dict[str, int]:
    """Give the names of those who cosigned the checkpoint, and when, in POSIX seconds.

    Others' cosignatures are passed over. Of several by one witness the latest counts.

    Raises
    ------
    SignatureInvalid : the note is malformed, or a cosignature of a known witness is not its own.
    """
    found: dict[str, int] = {}
    for witness in witnesses:
        _, signatures = signatures_by(note, witness)
        times = [signed_at(signature) for signature in signatures]
        if times:
            found[witness.name] = max(*times, found.get(witness.name, 0))
    return found


def require(note: str, witnesses: Sequence[WitnessKey], at_least: int) -> dict[str, int]:
    """Give what `witnessed` gives, of a checkpoint that enough of the witnesses have cosigned.

    Raises
    ------
    SignatureInvalid : too few have, a cosignature is forged, or two names stand for one key.
    """
    names = {witness.public: witness.name for witness in witnesses}
    for witness in witnesses:
        if names[witness.public] != witness.name:
            raise SignatureInvalid(
                f"witnesses {witness.name} and {names[witness.public]} have the same key",
                "name each witness once: one key is one witness",
            )
    found = witnessed(note, witnesses)
    if len(found) < at_least:
        missing = ", ".join(sorted({witness.name for witness in witnesses} - set(found))) or "nobody else is known"
        raise SignatureInvalid(
            f"{len(found)} of {at_least} required witnesses cosigned the checkpoint; missing: {missing}",
            "ask them to cosign, or wait for the next checkpoint",
            missing=missing,
        )
    return found


def signed_at(signature: bytes) -> int:
    """Give the time of a cosignature, in POSIX seconds."""
    return int.from_bytes(signature[:_TIME_BYTES], "big")


def _message(text: bytes, at_seconds: int) -> bytes:
    return f"cosignature/v1\ntime {at_seconds}\n".encode() + text
