"""One act of a season's operators: what was done, when, by whom, why, and on what it was done.

A leaf of the acts' log is RFC 8785 JSON. What operators agree on beforehand is a signed note
whose text is the act without its instant, so that nobody can use it for another act or subject.

References
----------
docs/spec/acts.md
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import rfc8785
from msgspec import Struct

from plaudit.base.errors import ProofInvalid
from plaudit.base.weeks import instant_text, to_instant
from plaudit.ledger.note_form import strict_json

__all__ = ["ACTS", "ACT_TYPE", "AGREEMENT_TYPE", "Act", "agreement_text", "read_act"]

ACT_TYPE: Final = "https://plaudit.dev/act/v1"
AGREEMENT_TYPE: Final = "https://plaudit.dev/agreement/v1"
ACTS: Final = frozenset(
    {
        "nominate",
        "open",
        "close",
        "audit",
        "import",
        "rekey",
        "seal",
        "certify",
        "reveal",
        "forget",
        "release",
        "correct",
    }
)
"""What is written down; each is the verb that did it."""
_LONGEST: Final = 65_535


class Act(Struct, frozen=True):
    """One act.

    at : an instant; of what the machine's clock said when the act was done
    by : the operator's name, or `calendar`
    subject : SHA-256 of what it was done on: see docs/spec/acts.md
    because : why, where the verb asks for it
    agreed : the note that operators signed beforehand, or nothing
    """

    act: str
    at: int
    by: str
    subject: str
    because: str = ""
    agreed: str = ""

    @property
    def leaf(self) -> bytes:
        """The bytes of its leaf.

        Raises
        ------
        ProofInvalid : they are too many for a leaf.
        """
        stated = {"type": ACT_TYPE, "act": self.act, "at": instant_text(self.at), "by": self.by}
        leaf = rfc8785.dumps({**stated, "subject": self.subject, "because": self.because, "agreed": self.agreed})
        if len(leaf) > _LONGEST:
            raise ProofInvalid(f"an act of {len(leaf):,} bytes does not fit into a leaf", "say why in fewer words")
        return leaf


def read_act(leaf: bytes, number: int) -> Act:
    """Read a leaf of the acts' log.

    Raises
    ------
    ProofInvalid : it is none in canonical form; names its number.
    """
    try:
        stated: dict[str, Any] = strict_json(leaf.decode())
        texts = {name: stated.pop(name) for name in ("type", "act", "at", "by", "subject", "because", "agreed")}
        is_act = not stated and all(isinstance(text, str) for text in texts.values()) and texts.pop("type") == ACT_TYPE
        act = Act(**{**texts, "at": to_instant(datetime.fromisoformat(texts["at"]))})
        is_act = is_act and act.act in ACTS and act.leaf == leaf
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError, RecursionError):
        is_act = False
    if not is_act:
        raise ProofInvalid(f"leaf {number} of the acts' log is no act", "ask the signer", leaf=number)
    return act


def agreement_text(origin: str, edition: str, act: str, subject: str) -> str:
    r"""Give the text that operators sign before an act.

    Examples
    --------
    >>> agreement_text("example.org/award", "2026", "close", "ab")[:58]
    '{"act":"close","edition":"2026","origin":"example.org/awar'
    """
    stated = {"type": AGREEMENT_TYPE, "origin": origin, "edition": edition, "act": act, "subject": subject}
    return rfc8785.dumps(stated).decode() + "\n"
