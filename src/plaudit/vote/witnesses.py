r"""What witnesses say of a vote: who was to sign its opening and its closing, who did, and when.

    {"policy": {"keys": ["witness.example/w1+7961276f+BPDW…"], "least": 1},
     "opened": {"note": "plaudit.example/my-award/log\n1\n…",
                "cosigned": [{"witness": "witness.example/w1", "at": "2026-01-15T08:00:00Z"}]},
     "closed": {"note": …, "cosigned": […]}}

The log's first leaf states the policy, so that nobody chooses the witnesses afterwards. A
checkpoint of that leaf alone is signed before the first window, the last one after closing;
a certificate carries both. A cosignature counts where its time can be true, and of several by
one witness the first that counts.

References
----------
docs/spec/log.md, "Witnesses"
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from plaudit.base.errors import ProofInvalid, RuleInvalid, SignatureInvalid
from plaudit.base.weeks import instant_text
from plaudit.ledger.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from plaudit.ledger.note import join_signatures, signatures_by, signed_text
from plaudit.ledger.tree import leaf_hash
from plaudit.ledger.witness import WitnessKey, signed_at

if TYPE_CHECKING:
    from plaudit.ledger.files import FolderFiles
    from plaudit.ledger.note import Signer, Verifier
    from plaudit.ledger.sight import Sight
    from plaudit.rulebook.season import Season

__all__ = [
    "OPENED",
    "Policy",
    "Times",
    "add_to_opened",
    "keep_opened",
    "opened_checkpoint",
    "policy_of",
    "read_policy",
    "refuse_too_few",
    "was_seen_before",
    "witnessed_stated",
]

OPENED: Final = "opened"
"""The file in a log's folder that keeps the checkpoint of the opening alone, with its cosignatures."""
_SECOND: Final = 1_000_000
_DAY: Final = 86_400 * _SECOND
_EARLIEST: Final = 400 * _DAY
_LATEST: Final = 4_000 * _DAY
_APART: Final = 60 * _SECOND
"""So far may a witness's clock be behind that of the vote."""


@dataclass(frozen=True)
class Policy:
    """The witnesses that a vote was opened with, and how many of them must sign."""

    keys: tuple[WitnessKey, ...]
    least: int

    @property
    def stated(self) -> dict[str, Any]:
        """What opening and certificate say."""
        return {"keys": [str(key) for key in self.keys], "least": self.least}


@dataclass(frozen=True)
class Times:
    """When a vote's first window opened and when it was closed, in microseconds, UTC."""

    opens_at: int
    closed_at: int

    def can_be(self, what: str, at_seconds: int) -> bool:
        """Say whether a cosignature of the opening (`opened`) or of the last checkpoint (`closed`) can be of a time."""
        at = at_seconds * _SECOND
        if what == "opened":
            return self.opens_at - _EARLIEST <= at <= self.opens_at
        return self.closed_at - _APART <= at <= self.closed_at + _LATEST


def policy_of(season: Season) -> Policy | None:
    """Give the witnesses that a season names, or None where it names none.

    Raises
    ------
    RuleInvalid : a key is none that can be trusted.
    """
    named = season.witnesses
    if named is None:
        return None
    try:
        return Policy(tuple(WitnessKey.parse(key) for key in named.keys), named.least)
    except SignatureInvalid as error:
        raise RuleInvalid(f"season.toml, vote.witnesses.keys: {error.what}", error.remedy) from None


def read_policy(stated: object) -> Policy:
    """Read what an opening or a certificate states of its witnesses.

    Raises
    ------
    ProofInvalid : it is no policy in its one form.
    """
    try:
        assert isinstance(stated, dict)
        policy = Policy(tuple(WitnessKey.parse(key) for key in stated["keys"]), stated["least"])
    except (AssertionError, AttributeError, KeyError, TypeError, SignatureInvalid) as error:
        raise _no_policy(str(error)) from None
    is_number = type(policy.least) is int and 0 <= policy.least <= len(policy.keys)
    if policy.stated != stated or not is_number:
        raise _no_policy(f"{policy.least!r} of {len(policy.keys)} witnesses")
    for what in ("name", "public"):
        if len({getattr(key, what) for key in policy.keys}) < len(policy.keys):
            raise _no_policy("one witness is named twice")
    return policy


def opened_checkpoint(origin: str, opening: bytes) -> Checkpoint:
    """Give the checkpoint of a log that holds its opening alone."""
    return Checkpoint(origin, 1, leaf_hash(opening))


def keep_opened(files: FolderFiles, signer: Signer, opening: bytes) -> None:
    """Keep the checkpoint of the opening, with all cosignatures that it has, or that the log's checkpoint has of it."""
    wanted = opened_checkpoint(signer.verifier.name, opening)
    fresh = sign_checkpoint(wanted, signer)
    note = fresh
    for name in (OPENED, "checkpoint"):
        held = (files.read(name) or b"").decode("utf-8", "replace")
        try:
            if open_checkpoint(held, signer.verifier).text == wanted.text:
                note = join_signatures(note, held)
        except (SignatureInvalid, ProofInvalid):
            continue  # damaged: it is made again
    if files.read(OPENED) != note.encode():
        files.write(OPENED, note.encode(), durably=True)


def add_to_opened(files: FolderFiles, other: Sight, log: Verifier) -> bool:
    """Add the signatures of a note to the kept checkpoint of the opening, and say whether it is of that."""
    held = files.read(OPENED)
    if held is None or open_checkpoint(held.decode("utf-8", "replace"), log).text != other.checkpoint.text:
        return False
    files.write(OPENED, join_signatures(held.decode(), other.note).encode(), durably=True)
    return True


def witnessed_stated(
    policy: Policy, log: Verifier, times: Times, opened: str | None, closed: str
) -> dict[str, dict[str, Any]]:
    """Give what a certificate carries of the witnesses.

    Parameters
    ----------
    opened, closed : the signed notes of the opening alone, if it was published, and of the last checkpoint

    Raises
    ------
    SignatureInvalid : the log, or a witness under whose name a line stands, did not sign a note.
    ProofInvalid : a note is no checkpoint of this log, or the log's own key is named as a witness.
    """
    if log.public in {key.public for key in policy.keys}:
        raise ProofInvalid("the log's own key is named as a witness", "name others: nobody vouches for oneself")
    found: dict[str, dict[str, Any]] = {"policy": policy.stated}
    for what, note in (("opened", opened), ("closed", closed)):
        if note is not None:
            found[what] = _counted(policy, log, times, what, note)
    return found


def refuse_too_few(stated: dict[str, dict[str, Any]]) -> None:
    """Refuse a vote whose opening or closing was signed by fewer witnesses than its policy asks.

    Parameters
    ----------
    stated : as `witnessed_stated` gives it

    Raises
    ------
    SignatureInvalid : says how many signed what, and who did not.
    """
    policy = stated["policy"]
    for what, told in _TOLD.items():
        cosigned = {row["witness"] for row in stated.get(what, {}).get("cosigned", [])}
        if len(cosigned) < policy["least"]:
            missing = ", ".join(sorted({key.partition("+")[0] for key in policy["keys"]} - cosigned))
            raise SignatureInvalid(
                f"{len(cosigned)} of {policy['least']} required witnesses cosigned {told}; missing: {missing}",
                "ask them to cosign: plaudit log submit SEASON; what they sign outside its time counts for nothing",
                missing=missing,
            )


def was_seen_before(log: dict[str, Any] | None) -> bool:
    """Say whether the opening was provably there before the first window: enough witnesses signed it, one at least.

    Parameters
    ----------
    log : what a certificate cites of the log
    """
    stated = (log or {}).get("witnesses")
    if not stated:
        return False
    cosigned: list[object] = stated.get("opened", {}).get("cosigned", [])
    return len(cosigned) >= max(1, int(stated["policy"]["least"]))


_TOLD: Final = {
    "opened": "the opening before the first window",
    "closed": "the closing checkpoint",
}


def _counted(policy: Policy, log: Verifier, times: Times, what: str, note: str) -> dict[str, Any]:
    """Give a note with the log's line and those cosignatures that count, and who signed when."""
    open_checkpoint(note, log)
    text, lines = signatures_by(note, log)
    kept: list[tuple[Verifier, bytes]] = [(log, lines[0])]
    cosigned = []
    for key in policy.keys:
        _, signatures = signatures_by(note, key)
        counts = [raw for raw in signatures if times.can_be(what, signed_at(raw))]
        if counts:
            first = min(counts, key=signed_at)
            kept.append((key, first))
            cosigned.append({"witness": key.name, "at": instant_text(signed_at(first) * _SECOND)})
    return {"note": signed_text(text, kept), "cosigned": cosigned}


def _no_policy(why: str) -> ProofInvalid:
    return ProofInvalid(f"the log states no witnesses that can be read: {why}", "ask the signer")
