"""A sealed result: committed to before it is told, and checked when it is.

    plaudit.example/my-award/commitment/2026        published/commitment.note:
    1                                               the checkpoint of a log of one leaf,
    9mU0iRYB…=                                      the three lines below, which end with
    plaudit.example/my-award                        the SHA-256 of salt and result
    2026
    9f2c6f0b…

    — plaudit.example/my-award BW4vivC/…

The salt keeps anybody from guessing results until one fits; it is told with the
result, in the certificate. Since the note is a checkpoint, any witness can cosign it,
and cosigns no second one.

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
from plaudit.ledger.checkpoint import Checkpoint, sign_checkpoint
from plaudit.ledger.note import verify_note
from plaudit.ledger.note_form import one_form
from plaudit.ledger.tree import leaf_hash
from plaudit.ledger.witness import witnessed
from plaudit.vote.nominee_names import nominee_names
from plaudit.vote.statements import bound_names, refuse_renamed
from plaudit.vote.witnesses import policy_of

if TYPE_CHECKING:
    from pathlib import Path

    from plaudit.ledger.note import Signer, Verifier
    from plaudit.rulebook.season import Season

__all__ = [
    "COMMITMENT",
    "check_commitment",
    "commitment_witnesses",
    "committed",
    "is_sealed",
    "is_told",
    "read_commitment",
    "seal",
    "unsealed",
]

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
        told = unsealed(season, stated)
    else:
        private = season.files.apart / "vote"
        private.mkdir(mode=0o700, parents=True, exist_ok=True)
        result = _result(stated, _names_beside(season, stated))
        kept = json.dumps({"salt": salt.hex(), "result": result}, ensure_ascii=False) + "\n"
        season.files.write(_KEPT, kept.encode(), 0o600)
        told = {"sha256": _digest(salt, result)}
    if not _is_committed(season, told["sha256"], signer.verifier):
        signed = sign_checkpoint(_checkpoint(season, told["sha256"]), signer)
        season.files.write(f"published/{COMMITMENT}", signed.encode())
    season.files.write(f"published/{VERIFIER_KEY}", f"{signer.verifier}\n".encode())
    return season.published / COMMITMENT


def unsealed(season: Season, stated: dict[str, Any]) -> dict[str, Any]:
    """Give salt and digest of the sealed result, if the statement has that result; and the names it binds itself.

    Raises
    ------
    OutOfTurn : nothing was sealed.
    ProofInvalid : the sealed result is another one, or its nominees are called otherwise; names what differs. Or
        it was sealed by a version whose log bound no names.
    """
    if not _kept(season).is_file():
        raise OutOfTurn("no result was sealed", "seal it first: plaudit run SEASON")
    held = json.loads(_kept(season).read_text("utf-8"))
    sealed, beside = held["result"], _names_beside(season, stated)
    refuse_renamed(_bound(sealed), _bound(_result(stated, beside)), "the result was sealed", _ASK)
    now = _result(stated, beside if "names" in sealed else {})
    if _bound(now) and not _bound(sealed) and _counted(sealed) == _counted(now):
        raise ProofInvalid(
            "an earlier version of Plaudit sealed this result, whose log did not say what nominees are called",
            "this version would write another log: reveal with that version, over the log that it wrote",
        )
    if sealed != now:
        name = next(name for name in sorted({*sealed, *now}) if sealed.get(name) != now.get(name))
        raise ProofInvalid(
            f"the sealed {name} is {_shown(sealed.get(name))}, recomputed is {_shown(now.get(name))}", _ASK, name=name
        )
    told = {"salt": held["salt"], "sha256": _digest(bytes.fromhex(held["salt"]), now)}
    return told | {key: now[key] for key in ("names",) if key in now}


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


def committed(note: str) -> str:
    """Give the digest that a commitment's note ends its text with."""
    return note.partition("\n\n")[0].rpartition("\n")[2]


def check_commitment(
    season: Season, stated: dict[str, Any], told: dict[str, Any], verifier: Verifier
) -> dict[str, Any]:
    """Check the published commitment against a recomputed statement; give what the certificate must tell of it.

    Parameters
    ----------
    told : salt and digest, and the names that it binds, as the certificate tells them

    Raises
    ------
    SignatureInvalid : the commitment is not there, or not signed by the key.
    ProofInvalid : it commits to another result or to other names, or is of another edition.
    """
    if not season.published_file(COMMITMENT).is_file():
        raise SignatureInvalid(f"published/{COMMITMENT} is missing", "without it nobody knows what was sealed")
    try:
        text = verify_note(one_form(read_commitment(season), COMMITMENT), verifier)
    except SignatureInvalid as error:
        raise SignatureInvalid(f"{COMMITMENT}: {error.what}", error.remedy, file=COMMITMENT) from None
    names, salt = bound_names(told), told.get("salt", "")
    refuse_renamed(names, _names_beside(season, stated), "the result was sealed", _ASK)
    try:
        digest = _digest(bytes.fromhex(salt), _result(stated, names))
    except ValueError:
        raise ProofInvalid(f"{CERTIFICATE} gives the salt {salt!r}, which is not a salt", "ask the signer") from None
    if text not in (_checkpoint(season, digest).text, _lines(season, digest)):
        raise ProofInvalid(
            f"{COMMITMENT} says {', '.join(text.split())}; the revealed result gives"
            f" {', '.join(_checkpoint(season, digest).text.split())}",
            "keep both, they are evidence: the revealed result is not the one that was sealed",
            file=COMMITMENT,
        )
    return {"salt": salt, "sha256": digest, **names}


def commitment_witnesses(season: Season) -> tuple[dict[str, int], int]:
    """Give who cosigned the commitment and when, in POSIX seconds, and how many signed it with keys unknown here.

    Raises
    ------
    SignatureInvalid : a cosignature of a witness that the season names is not its own.
    """
    note = one_form(read_commitment(season), COMMITMENT)
    policy = policy_of(season)
    found = witnessed(note, policy.keys if policy else [])
    return found, note.rpartition("\n\n")[2].count("\n") - 1 - len(found)


def _kept(season: Season) -> Path:
    return season.files.found(_KEPT)


def _names_beside(season: Season, stated: dict[str, Any]) -> dict[str, Any]:
    """Give the names that the commitment binds itself, since there is no log whose opening does."""
    if bound_names(stated["vote"].get("log") or {}):
        return {}
    return {"names": nominee_names(season, [row["nominee"] for row in stated["nominees"]])}


def _result(stated: dict[str, Any], names: dict[str, Any]) -> dict[str, Any]:
    """Give what is committed to: the result, the log that it was counted from, and what nominees are called.

    What witnesses signed of that log is left out: they may sign later.
    """
    log = stated["vote"].get("log")
    bare = {key: value for key, value in log.items() if key != "witnesses"} if log else log
    return {"log": bare, **names, **stated["result"]}


def _counted(result: dict[str, Any]) -> dict[str, Any]:
    """Give the result alone, without the log that it was counted from, and without names."""
    return {key: value for key, value in result.items() if key not in {"log", "names"}}


def _bound(result: dict[str, Any]) -> dict[str, Any]:
    """Give the names that a result binds: by its log's opening, or itself."""
    return bound_names(result["log"] or {}) or bound_names(result)


def _shown(value: Any) -> Any:
    """Give a value for a message; of the log without its names, which are compared before."""
    return {key: value[key] for key in value if key != "names"} if isinstance(value, dict) else value


def _digest(salt: bytes, result: dict[str, Any]) -> str:
    return bytes_sha256(salt + canonical(result).encode())


def _lines(season: Season, digest: str) -> str:
    """Give the leaf; earlier versions signed these lines alone."""
    return f"{season.origin}\n{season.edition}\n{digest}\n"


def _checkpoint(season: Season, digest: str) -> Checkpoint:
    """Give the checkpoint of the log whose one leaf is the commitment; its lines follow as extensions."""
    leaf = _lines(season, digest)
    origin = f"{season.origin}/commitment/{season.edition}"
    return Checkpoint(origin, 1, leaf_hash(leaf.encode()), tuple(leaf.splitlines()))


def _is_committed(season: Season, digest: str, verifier: Verifier) -> bool:
    """Say whether the commitment is published already, signed by the key; it may have been cosigned since."""
    try:
        text = verify_note(one_form(read_commitment(season), COMMITMENT), verifier)
    except (OutOfTurn, SignatureInvalid):
        return False
    return text in (_checkpoint(season, digest).text, _lines(season, digest))
