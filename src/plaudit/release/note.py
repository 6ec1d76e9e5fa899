"""A release's note: its statement in canonical form, signed by the season's key, and its entry in the release log."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import rfc8785

from plaudit.base.digests import bytes_sha256
from plaudit.base.errors import ProofInvalid, SignatureInvalid
from plaudit.certify.certificate import canonical
from plaudit.ledger.note import sign_note, verify_note
from plaudit.ledger.note_form import one_form, strict_json
from plaudit.release.shape import misshapen_release

if TYPE_CHECKING:
    from pathlib import Path

    from plaudit.ledger.note import Signer, Verifier

__all__ = ["NOTE", "log_entry", "note_sha256", "read_note", "sign_release"]

NOTE: Final = "release.note"
_LONGEST_BYTES: Final = 1 << 26
_ASK: Final = "ask the signer"


def sign_release(statement: dict[str, Any], signer: Signer) -> bytes:
    """Give the note of a statement.

    Raises
    ------
    ProofInvalid : the statement is not of its shape.
    """
    text = canonical(statement)
    if wrong := misshapen_release(json.loads(text)):
        raise ProofInvalid(f"what would be signed is no release: {wrong}", "nothing was signed")
    return sign_note(text, signer).encode()


def read_note(path: Path, verifier: Verifier) -> dict[str, Any]:
    """Read a note and check its signature and its shape.

    Raises
    ------
    SignatureInvalid : it is not signed by the key.
    ProofInvalid : its text is no statement in canonical form, or not of its shape, or of another origin.
    """
    name = "/".join(path.parts[-4:])
    if path.stat().st_size > _LONGEST_BYTES:
        raise SignatureInvalid(f"{name} has more than {_LONGEST_BYTES:,} bytes", "get it again", file=name)
    try:
        text = verify_note(one_form(path.read_bytes(), name), verifier)
    except SignatureInvalid as error:
        raise SignatureInvalid(f"{name}: {error.what}", error.remedy, file=name) from None
    try:
        statement = strict_json(text)
        is_canonical = canonical(statement) == text
    except (ValueError, RecursionError, rfc8785.CanonicalizationError):
        is_canonical, statement = False, None
    wrong = misshapen_release(statement) if is_canonical else "it is not in canonical form"
    if wrong:
        raise ProofInvalid(f"{name} is signed but is no release: {wrong}", _ASK, file=name)
    assert isinstance(statement, dict)
    if (origin := statement["season"]["origin"]) != verifier.name:
        raise SignatureInvalid(f"{name} is of {origin}, and is signed by {verifier.name}", _ASK, file=name)
    return statement


def log_entry(statement: dict[str, Any], note_sha256: str) -> bytes:
    r"""Give a release's entry in the log: what it is of, and the digest of its note.

    Examples
    --------
    >>> stated = {"chart": {"rule": "social-weekly@1"}, "week": "2018-05-18", "number": 1}
    >>> log_entry(stated, "9f" * 32).decode().splitlines()[:2]
    ['plaudit.dev/release/v1', 'social-weekly@1 2018-05-18 1']
    """
    of = f"{statement['chart']['rule']} {statement['week']} {statement['number']}"
    return f"plaudit.dev/release/v1\n{of}\n{note_sha256}\n".encode()


def note_sha256(path: Path) -> str:
    """Give the digest of a note's bytes."""
    return bytes_sha256(path.read_bytes())
