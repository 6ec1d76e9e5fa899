"""A sealed result: committed to before it is told, and checked when it is.

    plaudit.example/my-award                        published/commitment.note:
    2026                                            origin, edition, and the SHA-256
    9f2c6f0b…                                       of salt and result

    — plaudit.example/my-award BW4vivC/…

The salt keeps anybody from guessing results until one fits; it is told with the
result, in the certificate.

References
----------
docs/spec/certificate.md, "A sealed result"
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from plaudit.base.digests import bytes_sha256
from plaudit.base.errors import EvidenceError, OutOfTurn, ProofInvalid, SignatureInvalid
from plaudit.certify.certificate import CERTIFICATE, VERIFIER_KEY, canonical, read_certificate
from plaudit.ledger.note import sign_note, verify_note

if TYPE_CHECKING:
    from pathlib import Path

    from plaudit.ledger.note import Signer, Verifier
    from plaudit.rulebook.season import Season

__all__ = ["COMMITMENT", "check_commitment", "is_sealed", "is_told", "read_commitment", "seal", "unsealed"]

COMMITMENT: Final = "commitment.note"
_KEPT: Final = "vote/sealed.json"
_ASK: Final = "find out what changed since it was sealed; a sealed result is not replaced"


def is_sealed(season: Season) -> bool:
    """Say whether the season's rule seals the result until it is revealed."""
    return season.vote is not None and season.counting_rule().intake.standings == "sealed"


def is_told(season: Season) -> bool:
    """Say whether the sealed result was revealed: a certificate tells its salt."""
    try:
        stated = read_certificate(season.published_file(CERTIFICATE)).statement
    except (EvidenceError, OutOfTurn):
        return False  # a certificate that is not there, or damaged, tells nothing
    return "commitment" in stated.get("vote", {})


def seal(season: Season, stated: dict[str, Any], signer: Signer, salt: bytes) -> Path:
    """Sign the commitment to a result and give its file; salt and result stay in `vote/sealed.json`.

    Sealing the same result again changes nothing.

    Parameters
    ----------
    stated : the certificate's statement
    salt : 32 random bytes; those of an earlier sealing are kept

    Raises
    ------
    ProofInvalid : another result was sealed before.
    """
    if _kept(season).is_file():
        salt = bytes.fromhex(unsealed(season, stated)["salt"])
    else:
        private = season.files.apart / "vote"
        private.mkdir(mode=0o700, parents=True, exist_ok=True)
        kept = json.dumps({"salt": salt.hex(), "result": _result(stated)}, ensure_ascii=False) + "\n"
        season.files.write(_KEPT, kept.encode(), 0o600)
    signed = sign_note(_text(season, _digest(salt, stated)), signer)
    season.files.write(f"published/{COMMITMENT}", signed.encode())
    season.files.write(f"published/{VERIFIER_KEY}", f"{signer.verifier}\n".encode())
    return season.published / COMMITMENT


def unsealed(season: Season, stated: dict[str, Any]) -> dict[str, str]:
    """Give salt and digest of the sealed result, if the statement has that result.

    Raises
    ------
    OutOfTurn : nothing was sealed.
    ProofInvalid : the sealed result is another one; names what differs.
    """
    if not _kept(season).is_file():
        raise OutOfTurn("no result was sealed", "seal it first: plaudit run SEASON")
    held = json.loads(_kept(season).read_text("utf-8"))
    now = _result(stated)
    if held["result"] != now:
        name = next(name for name in sorted({*held["result"], *now}) if held["result"].get(name) != now.get(name))
        raise ProofInvalid(
            f"the sealed {name} is {held['result'].get(name)}, recomputed is {now.get(name)}", _ASK, name=name
        )
    return {"salt": held["salt"], "sha256": _digest(bytes.fromhex(held["salt"]), stated)}


def read_commitment(season: Season) -> bytes:
    """Give the published commitment as it stands.

    Raises
    ------
    OutOfTurn : there is none.
    """
    path = season.published_file(COMMITMENT)
    if not path.is_file():
        raise OutOfTurn(f"no file {COMMITMENT} in {path.parent.name}/", "seal the result first: plaudit run SEASON")
    return path.read_bytes()


def check_commitment(
    season: Season, stated: dict[str, Any], told: dict[str, str], verifier: Verifier
) -> dict[str, str]:
    """Check the published commitment against a recomputed statement; give what the certificate must tell of it.

    Parameters
    ----------
    told : salt and digest, as the certificate tells them

    Raises
    ------
    SignatureInvalid : the commitment is not there, or not signed by the key.
    ProofInvalid : it commits to another result, or of another edition.
    """
    if not season.published_file(COMMITMENT).is_file():
        raise SignatureInvalid(f"published/{COMMITMENT} is missing", "without it nobody knows what was sealed")
    try:
        committed = verify_note(read_commitment(season).decode("utf-8", "replace"), verifier)
    except SignatureInvalid as error:
        raise SignatureInvalid(f"{COMMITMENT}: {error.what}", error.remedy, file=COMMITMENT) from None
    salt = told.get("salt", "")
    try:
        digest = _digest(bytes.fromhex(salt), stated)
    except ValueError:
        raise ProofInvalid(f"{CERTIFICATE} gives the salt {salt!r}, which is not a salt", "ask the signer") from None
    if committed != _text(season, digest):
        raise ProofInvalid(
            f"{COMMITMENT} says {', '.join(committed.split())}; the revealed result gives"
            f" {', '.join(_text(season, digest).split())}",
            "keep both, they are evidence: the revealed result is not the one that was sealed",
            file=COMMITMENT,
        )
    return {"salt": salt, "sha256": digest}


def _kept(season: Season) -> Path:
    return season.files.found(_KEPT)


def _result(stated: dict[str, Any]) -> dict[str, Any]:
    """Give what is committed to: the result, and the log that it was counted from."""
    return {"log": stated["vote"].get("log"), **stated["result"]}


def _digest(salt: bytes, stated: dict[str, Any]) -> str:
    return bytes_sha256(salt + canonical(_result(stated)).encode())


def _text(season: Season, digest: str) -> str:
    return f"{season.origin}\n{season.edition}\n{digest}\n"
