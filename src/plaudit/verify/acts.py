"""Check what a season's operators did: the log of acts, and that enough of them signed what cannot be undone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plaudit.acts.act import agreement_text
from plaudit.acts.acts import FOLDER, acts_key, acts_origin, read_acts
from plaudit.acts.agreed import agreed_by, needs_agreement, operators_of
from plaudit.base.errors import ProofInvalid, SignatureInvalid
from plaudit.base.numbers import counted
from plaudit.certify.seal import is_sealed
from plaudit.certify.subjects import subject_of
from plaudit.ledger.note import Verifier

if TYPE_CHECKING:
    from plaudit.acts.act import Act
    from plaudit.rulebook.season import Season
    from plaudit.store.evidence import Evidence
    from plaudit.verify.verified import Verified

__all__ = ["check_acts"]

_ASK = "ask the signer; an act that operators must sign was not done in order"


def check_acts(season: Season, made: Evidence, stated: dict[str, Any], certified: str, found: Verified) -> None:
    """Check the acts of a season that names operators, or that has written any down.

    Parameters
    ----------
    certified : the subject of certifying: the digest of the certificate's text

    Raises
    ------
    ProofInvalid : an act that operators must sign is missing, or was signed by fewer.
    SignatureInvalid, DigestMismatch : the log of acts is not what the key of the vote's log signed.
    """
    if season.operators is None and not (season.folder / FOLDER).is_dir():
        return
    held = read_acts(season.folder)
    if held is None and season.operators is None:
        return
    if held is None:
        raise ProofInvalid(f"{FOLDER}/ holds no acts, and season.toml names operators", _ASK, file=FOLDER)
    checkpoint, acts = held
    if checkpoint.origin != acts_origin(season.origin):
        raise ProofInvalid(f"{FOLDER}/checkpoint is of {checkpoint.origin}", "restore the one of this season")
    log = stated.get("vote", {}).get("log")
    if log is None:
        found.unchecked.append(f"whose key signed {FOLDER}/: no log of this vote names it")
    elif acts_key(season.folder).public != Verifier.parse(log["key"]).public:
        raise SignatureInvalid(f"{FOLDER}/ is signed by a key other than that of the vote's log", "ask the signer")
    for act in _to_be_signed(season, stated):
        subject = certified if act == "certify" else subject_of(season, made, act)
        names = _signers(season, acts, act, subject)
        found.checked.append(f"{act} was signed beforehand by {', '.join(names)}")
    found.checked.append(f"{counted(len(acts), 'act')} of the operators are in their log")
    if needs_agreement(season, "forget"):
        found.unchecked.append("whether the voters' key was destroyed, and who agreed to it: only its holder can know")


def _to_be_signed(season: Season, stated: dict[str, Any]) -> list[str]:
    """Give the acts that were done, as far as the certificate shows, and that operators must sign."""
    log = stated.get("vote", {}).get("log")
    done = ["open"] if log and (season.live or season.witnesses) else []
    done += ["close"] if log and log["because"] else []
    done += ["reveal" if is_sealed(season) else "certify"]
    return [act for act in done if needs_agreement(season, act)]


def _signers(season: Season, acts: list[Act], act: str, subject: str) -> list[str]:
    assert season.operators is not None
    done = next((one for one in acts if (one.act, one.subject) == (act, subject)), None)
    if done is None:
        raise ProofInvalid(f"the log of acts has no {act} on {subject[:16]}…, which was done", _ASK, act=act)
    text = agreement_text(season.origin, season.edition, act, subject)
    names = agreed_by(done.agreed, text, operators_of(season)) if done.agreed else []
    if len(names) < season.operators.least:
        raise ProofInvalid(
            f"{act} was signed by {len(names)} of {season.operators.least} operators: {', '.join(names) or 'nobody'}",
            _ASK,
            act=act,
        )
    return names
