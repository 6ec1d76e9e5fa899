"""Check what witnesses say of a vote's log: who signed its opening and its closing, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plaudit.base.errors import ProofInvalid, SignatureInvalid
from plaudit.ledger.checkpoint import Checkpoint, open_checkpoint
from plaudit.ledger.note import Verifier
from plaudit.verify.differences import first_value
from plaudit.vote.log import CHECKPOINT, first_open
from plaudit.vote.witnesses import (
    OPENED,
    Times,
    opened_checkpoint,
    read_policy,
    refuse_too_few,
    was_seen_before,
    witnessed_stated,
)

if TYPE_CHECKING:
    from plaudit.rulebook.season import Season
    from plaudit.verify.verified import Verified
    from plaudit.vote.statements import Opening

__all__ = ["check_witnesses"]


def check_witnesses(season: Season, opening: Opening, closed_at: int, stated: dict[str, Any], found: Verified) -> None:
    """Check the cosignatures that a certificate carries against the policy in the log's opening.

    Parameters
    ----------
    stated : what the certificate cites of the log; its root is known to be that of the ballots

    Raises
    ------
    SignatureInvalid : the log or a witness did not sign what they are said to have signed, or too few witnesses did.
    ProofInvalid : the certificate carries another policy, other notes, or cosignatures of times that cannot be.
    """
    policy, told = opening.stated.get("witnesses"), stated.get("witnesses")
    if (policy is None) != (told is None):
        raise ProofInvalid(
            "the certificate cites witnesses that the vote was not opened with"
            if policy is None
            else "the vote was opened with witnesses, and the certificate carries nothing of theirs",
            "ask the signer",
        )
    if told is None:
        found.unchecked.append("when the log was opened and closed: the vote names no witnesses")
        return
    log = Verifier.parse(stated["key"])
    _refuse_other_notes(season, opening, stated, told, log)
    times = Times(first_open(season), closed_at)
    right = witnessed_stated(
        read_policy(policy), log, times, told.get("opened", {}).get("note"), told["closed"]["note"]
    )
    if difference := first_value(told, right, "vote.log.witnesses"):
        raise ProofInvalid(f"the certificate's {difference}", "it states what its notes do not give; ask the signer")
    refuse_too_few(right)
    for what, words in (("opened", "the opening"), ("closed", "the closing checkpoint")):
        for row in right.get(what, {}).get("cosigned", []):
            found.checked.append(f"{row['witness']} cosigned {words} at {row['at']}")
    if not was_seen_before(stated):
        found.unchecked.append("that the rules were declared before the vote: no witness signed the opening by then")


def _refuse_other_notes(
    season: Season, opening: Opening, stated: dict[str, Any], told: dict[str, Any], log: Verifier
) -> None:
    """Refuse notes that are not of this log's opening and of its last checkpoint, and a file that is not."""
    first = opened_checkpoint(stated["origin"], opening.leaf)
    last = (season.log / CHECKPOINT).read_bytes().decode("utf-8", "replace")
    _refuse_other("vote.log.witnesses.closed", _opened(told["closed"]["note"], log), _opened(last, log))
    if "opened" in told:
        _refuse_other("vote.log.witnesses.opened", _opened(told["opened"]["note"], log), first)
    if (season.log / OPENED).is_file():
        held = (season.log / OPENED).read_bytes().decode("utf-8", "replace")
        _refuse_other(f"evidence/log/{OPENED}", _opened(held, log, f"evidence/log/{OPENED}: "), first)


def _opened(note: str, log: Verifier, where: str = "") -> Checkpoint:
    try:
        return open_checkpoint(note, log)
    except (SignatureInvalid, ProofInvalid) as error:
        raise type(error)(f"{where}{error.what}", error.remedy) from None


def _refuse_other(where: str, have: Checkpoint, wanted: Checkpoint) -> None:
    if have.text != wanted.text:
        raise ProofInvalid(
            f"{where} is of {have.size} leaves under root {have.root.hex()}, right is {wanted.size} under"
            f" {wanted.root.hex()}",
            "keep both, they are evidence; ask the signer",
        )
