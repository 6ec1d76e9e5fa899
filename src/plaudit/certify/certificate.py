"""The certificate: a canonical statement (RFC 8785), signed as a C2SP note."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import rfc8785

from plaudit.base.errors import EvidenceError, ProofInvalid, RuleFrozen, SignatureInvalid
from plaudit.certify.statement import STATEMENT_TYPE
from plaudit.ledger.note import Signer, Verifier, sign_note, verify_note

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["CERTIFICATE", "VERIFIER_KEY", "Certificate", "canonical", "read_certificate", "write_certificate"]

CERTIFICATE: Final = "certificate.note"
VERIFIER_KEY: Final = "verifier.key"


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


def write_certificate(statement: dict[str, Any], signer: Signer, published: Path) -> Certificate:
    """Sign a statement and write it, with the key that verifies it beside it.

    Raises
    ------
    RuleFrozen : the certificate that is there cites a season's own rule under the
        same name with other bytes.
    """
    path = published / CERTIFICATE
    _refuse_changed_rules(path, statement)
    published.mkdir(parents=True, exist_ok=True)
    text = canonical(statement)
    path.write_text(sign_note(text, signer), "utf-8")
    (published / VERIFIER_KEY).write_text(f"{signer.verifier}\n", "utf-8")
    return Certificate(json.loads(text), path, signer.verifier)


def read_certificate(path: Path, verifier: Verifier | None = None) -> Certificate:
    """Read a certificate and check its signature, by the key beside it if none is given.

    Raises
    ------
    SignatureInvalid : no such file, no key, or not this key's signature over these bytes.
    ProofInvalid : the signed text is no statement in canonical form.
    """
    for needed in (path, *([] if verifier else [path.with_name(VERIFIER_KEY)])):
        if not needed.is_file():
            raise SignatureInvalid(
                f"no file {needed.name} in {needed.parent.name}/", "certify first: plaudit run SEASON"
            )
    try:
        note = path.read_bytes().decode("utf-8")
        verifier = verifier or Verifier.parse(path.with_name(VERIFIER_KEY).read_bytes().decode("utf-8"))
    except UnicodeDecodeError:
        raise SignatureInvalid(f"{path.name} or its key is not UTF-8", "get the whole file again") from None
    text = verify_note(note, verifier)
    try:
        statement = json.loads(text)
        is_canonical = canonical(statement) == text
    except (ValueError, rfc8785.CanonicalizationError):
        is_canonical = False
    if not is_canonical or statement.get("type") != STATEMENT_TYPE:
        raise ProofInvalid(f"{path.name} is signed but holds no {STATEMENT_TYPE} statement", "ask the signer")
    return Certificate(statement, path, verifier)


def _refuse_changed_rules(path: Path, statement: dict[str, Any]) -> None:
    if not path.is_file():
        return
    try:
        cited = read_certificate(path).statement["rules"]
    except EvidenceError:
        return  # a damaged or foreign certificate freezes nothing; a new one replaces it
    for name, rule in statement["rules"].items():
        if name in cited and cited[name]["sha256"] != rule["sha256"]:
            raise RuleFrozen(
                f"rule {name} is cited by {path.name} with SHA-256 {cited[name]['sha256']}, now it is {rule['sha256']}",
                "restore the file and put the change into the next version, with a because",
                rule=name,
            )
