"""What a mail server's answer means: for the voter, for the organiser, and for the next try.

    250                        it has the message
    550 5.1.1, 450 4.2.1       this one mailbox: the voter hears what every voter hears
    450, 452 4.3.1             not now: tried again
    554 5.7.1                  it does not want messages from here: the organiser must act

References
----------
RFC 5321, section 4.2; RFC 3463 (enhanced status codes)
"""

from __future__ import annotations

import re
from typing import Final, Literal

from msgspec import Struct

__all__ = ["Outcome", "judged", "said", "told_to_voters"]

_STATUS: Final = re.compile(rb"([245])\.([0-9]{1,3})\.([0-9]{1,3})\b")
_ADDRESS: Final = re.compile(r"\S*@\S*")
_CODES: Final = re.compile(r"[0-9]{3}( [245]\.[0-9]{1,3}\.[0-9]{1,3})?")
_RELAY: Final = re.compile(rb"(?i)relay|blocked|blacklist|not permitted|denied|policy|authenticat")
_TEXT_MOST: Final = 160
_LETTER_BOX: Final = frozenset({b"1", b"2"})
_POLICY: Final = b"7"
_SERVICE_GONE: Final = 421
_FAILED: Final = 554
_FOR_GOOD: Final = 500

Stage = Literal["RCPT", "other"]


class Outcome(Struct, frozen=True):
    """How handing one message over ended.

    kind : `handed over` · `no mailbox` · `busy mailbox`, of this address · `not now`, of this message ·
        `refused`, this message for good · `in trouble`, the server as a whole
    why : what the server said, without the address; for the organiser
    """

    kind: Literal["handed over", "no mailbox", "busy mailbox", "not now", "refused", "in trouble"]
    why: str = ""

    @property
    def is_worth_another_try(self) -> bool:
        """Whether the same message may be taken later."""
        return self.kind in {"busy mailbox", "not now", "in trouble"}


def judged(stage: Stage, code: int, text: bytes) -> Outcome:
    """Judge a refusal.

    Parameters
    ----------
    stage : at RCPT the address matters too; at every other one it is the server that refuses

    Examples
    --------
    >>> judged("RCPT", 550, b"5.1.1 <fan@example.org>: no such user").kind
    'no mailbox'
    >>> judged("RCPT", 554, b"5.7.1 <fan@example.org>: Relay access denied")
    Outcome(kind='refused', why='554 5.7.1 …: Relay access denied')
    """
    if stage == "other" or code == _SERVICE_GONE:
        return Outcome("in trouble", said(code, text))
    found = _STATUS.match(text)
    subject = found[2] if found else b""
    if subject in _LETTER_BOX:
        return Outcome("no mailbox" if code >= _FOR_GOOD else "busy mailbox")
    if code < _FOR_GOOD:
        return Outcome("not now", said(code, text))
    is_policy = subject == _POLICY or code == _FAILED or (not subject and _RELAY.search(text) is not None)
    return Outcome("refused", said(code, text)) if is_policy else Outcome("no mailbox")


def said(code: int, text: bytes) -> str:
    """Give an answer in one short line, with every address taken out."""
    line = " ".join(f"{code} {text.decode('ascii', 'replace')}".split())
    plain = _ADDRESS.sub(lambda found: "…:" if found[0].endswith(":") else "…", line)
    return "".join(one if one.isprintable() else "?" for one in plain)[:_TEXT_MOST]


def told_to_voters(why: str) -> str:
    """Give the part of what a server said that says nothing of the server.

    Examples
    --------
    >>> told_to_voters("554 5.7.1 mx1.example.org: Relay access denied")
    'it answered 554 5.7.1'
    """
    found = _CODES.match(why)
    return f"it answered {found[0]}" if found else why
