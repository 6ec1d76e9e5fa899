"""The certificate: a canonical statement (RFC 8785), signed as a C2SP note."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import rfc8785

from plaudit.base.errors import EvidenceError, OutOfTurn, ProofInvalid, RuleFrozen, SignatureInvalid
from plaudit.certify.coherence import misshapen
from plaudit.certify.shape import PROSE_TYPE, STATEMENT_TYPE
from plaudit.ledger.note import Signer, Verifier, sign_note, verify_note
from plaudit.ledger.note_form import one_form, strict_json

if TYPE_CHECKING:
    from pathlib import Path

    from plaudit.base.change import InPlace

__all__ = [
    "CERTIFICATE",
    "VERIFIER_KEY",
    "Certificate",
    "canonical",
    "read_certificate",
    "read_verifier",
    "refuse_changed_rules",
    "write_certificate",
]

CERTIFICATE: Final = "certificate.note"
VERIFIER_KEY: Final = "verifier.key"
_PUBLISHED: Final = "published"
_LONGEST_BYTES: Final = 1 << 28


@dataclass(frozen=True)
class Certificate:
    """A statement, the note that carries it, and who signed."""

    statement: dict[str, Any]
    path: Path
    signer: Verifier


def canonical(statement: dict[str, Any]) -> str:
    r"""Give the RFC 8785 text of a statement, with a newline.

    Examples
    --------
    >>> canonical({"b": 1, "a": "방탄소년단"})
    '{"a":"방탄소년단","b":1}\n'
    """
    return rfc8785.dumps(statement).decode() + "\n"


def write_certificate(statement: dict[str, Any], signer: Signer, files: InPlace) -> Certificate:
    """Sign a statement and write it, with the key that verifies it beside it.

    Parameters
    ----------
    files : the season's folder

    Raises
    ------
    RuleFrozen : the certificate that is there cites a season's own rule under the
        same name with other bytes.
    ProofInvalid : the statement is not of its shape.
    SignatureInvalid : the signer is not the season's origin.
    """
    published = files.folder / _PUBLISHED
    refuse_changed_rules(published, {name: rule["sha256"] for name, rule in statement["rules"].items()})
    text = canonical(statement)
    if wrong := misshapen(json.loads(text)):
        raise ProofInvalid(f"what would be signed is no certificate: {wrong}", "correct the season; nothing was signed")
    _refuse_other_signer(CERTIFICATE, statement, signer.verifier)
    files.write(f"{_PUBLISHED}/{CERTIFICATE}", sign_note(text, signer).encode())
    files.write(f"{_PUBLISHED}/{VERIFIER_KEY}", f"{signer.verifier}\n".encode())
    return Certificate(json.loads(text), published / CERTIFICATE, signer.verifier)


def refuse_changed_rules(published: Path, digests: dict[str, str]) -> None:
    """Refuse rules whose bytes are not those that the certificate in `published` cites.

    Raises
    ------
    RuleFrozen : names the rule and both digests.
    """
    path = published / CERTIFICATE
    if not path.is_file():
        return
    try:
        cited = read_certificate(path).statement["rules"]
    except EvidenceError:
        return  # a damaged or foreign certificate freezes nothing; a new one replaces it
    for name, digest in digests.items():
        if name in cited and cited[name]["sha256"] != digest:
            raise RuleFrozen(
                f"rule {name} is cited by {path.name} with SHA-256 {cited[name]['sha256']}, now it is {digest}",
                "restore the file and put the change into the next version, with a because",
                rule=name,
            )


def read_certificate(path: Path, verifier: Verifier | None = None) -> Certificate:
    """Read a certificate and check its signature, by the key beside it if none is given.

    Raises
    ------
    OutOfTurn : no such file.
    SignatureInvalid : no key, not this key's signature over these bytes, or the
        key's name is not the season's origin; names the file.
    ProofInvalid : the signed text is no statement in canonical form, or not of its shape.
    """
    if not path.is_file():
        raise OutOfTurn(f"no file {path.name} in {path.parent.name}/", "certify first: plaudit run SEASON")
    verifier = verifier or read_verifier(path.with_name(VERIFIER_KEY))
    try:
        text = verify_note(_text(path), verifier)
    except SignatureInvalid as error:
        raise SignatureInvalid(f"{path.name}: {error.what}", error.remedy, file=path.name) from None
    try:
        statement = strict_json(text)
        is_canonical = canonical(statement) == text
    except (ValueError, RecursionError, rfc8785.CanonicalizationError):
        is_canonical = False
    if not is_canonical or not isinstance(statement, dict) or statement.get("type") not in (STATEMENT_TYPE, PROSE_TYPE):
        raise ProofInvalid(f"{path.name} is signed but holds no {STATEMENT_TYPE} statement", "ask the signer")
    if wrong := misshapen(statement):
        raise ProofInvalid(
            f"{path.name} is signed but is not a complete statement: {wrong}", "ask the signer", file=path.name
        )
    _refuse_other_signer(path.name, statement, verifier)
    return Certificate(statement, path, verifier)


def _refuse_other_signer(name: str, statement: dict[str, Any], signer: Verifier) -> None:
    """Refuse a certificate that another than its origin signs: whoever it says it is of, nobody vouches for that."""
    if signer.name != (origin := statement["season"]["origin"]):
        raise SignatureInvalid(
            f"{name} is a certificate of {origin}, and the key that signed it is of {signer.name}",
            "get the certificate that its origin signed",
            file=name,
        )


def read_verifier(path: Path) -> Verifier:
    """Read the key that lies beside a certificate.

    Raises
    ------
    SignatureInvalid : no such file, or it holds anything but one key and a newline.
    """
    if not path.is_file():
        raise SignatureInvalid(f"no file {path.name} in {path.parent.name}/", "put it there, or give --key")
    text = _text(path)
    try:
        verifier = Verifier.parse(text)
    except SignatureInvalid as error:
        raise SignatureInvalid(f"{path.name}: {error.what}", error.remedy, file=path.name) from None
    if text != f"{verifier}\n":
        raise SignatureInvalid(f"{path.name}: {text!r} is not one key and a newline", "get the whole file again")
    return verifier


def _text(path: Path) -> str:
    if path.stat().st_size > _LONGEST_BYTES:
        raise SignatureInvalid(f"{path.name} has more than {_LONGEST_BYTES:,} bytes", "get it again", file=path.name)
    return one_form(path.read_bytes(), path.name)
