"""One-time codes by e-mail.

    Subject: 20471936 is your code for Top Social Artist 2018

An address is kept nowhere: while its code waits there is a keyed hash of it in
memory, and after that its pseudonym in the log.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from collections import OrderedDict
from typing import Final

from msgspec import Struct

from plaudit.base.errors import BallotMalformed, SignInNeeded, SlowDown, VoteUnavailable

__all__ = ["CODE_SECONDS", "TRIES", "Codes", "normal_address"]

CODE_SECONDS: Final = 600
"""How long a code is good for."""
TRIES: Final = 5
"""How often a code may be tried."""
SENT_MOST: Final = 3
"""How many codes one address is sent in that time, so that nobody's letter box is filled."""
_MOST: Final = 100_000
_RULE: Final = f"an e-mail code lasts {CODE_SECONDS // 60} minutes and {TRIES} tries"
_FORBIDDEN: Final = frozenset('()<>[]:;,\\"')


class _Waiting(Struct):
    code: bytes
    ends_at: int
    tries: int
    sent: tuple[int, ...]


class Codes:
    """The codes that were sent and not used yet, in memory.

    Parameters
    ----------
    most : addresses remembered at once; beyond that no code is issued

    Examples
    --------
    >>> codes = Codes()
    >>> code = codes.issue("fan@example.org", now=0)
    >>> codes.use("fan@example.org", code, now=1)
    >>> codes.use("fan@example.org", code, now=2)
    Traceback (most recent call last):
    plaudit.base.errors.SignInNeeded: the code is wrong, too old, used, or was tried too often; ask for a new one
    """

    def __init__(self, *, most: int = _MOST) -> None:
        self._key = secrets.token_bytes(32)
        self._most = most
        self._waiting: OrderedDict[bytes, _Waiting] = OrderedDict()

    def issue(self, address: str, now: int) -> str:
        """Give a new code of eight digits for a normal address; its earlier one is void.

        Raises
        ------
        SlowDown : the address was sent too many codes.
        VoteUnavailable : too many codes wait.
        """
        self._forget(now)
        hashed = self._hash(address)
        before = self._waiting.get(hashed)
        sent = tuple(at for at in (before.sent if before else ()) if at > now - CODE_SECONDS)
        if len(sent) >= SENT_MOST:
            wait = max(1, sent[0] + CODE_SECONDS - now)
            raise SlowDown(
                f"{SENT_MOST} codes were asked for this address within {CODE_SECONDS // 60} minutes",
                f"use the last one, or try again in {wait} s",
                rule=f"an address is sent {SENT_MOST} codes in {CODE_SECONDS // 60} minutes",
                retry_after=wait,
            )
        if before is None and len(self._waiting) >= self._most:
            raise VoteUnavailable(f"{self._most:,} codes wait to be used", "try again in a minute", retry_after=60)
        code = f"{secrets.randbelow(10**8):08d}"
        self._waiting[hashed] = _Waiting(self._hash(code), now + CODE_SECONDS, TRIES, (*sent, now))
        self._waiting.move_to_end(hashed)
        return code

    def use(self, address: str, code: str, now: int) -> None:
        """Take a code, once. Nothing in a refusal says whether the address was sent one.

        Raises
        ------
        SignInNeeded : the code is wrong, too old, used, or was tried too often.
        """
        self._forget(now)
        waiting = self._waiting.get(self._hash(address)) or _Waiting(bytes(32), 0, 0, ())
        is_right = hmac.compare_digest(waiting.code, self._hash("".join(code.split())))
        has_tries = waiting.tries > 0
        waiting.tries -= 1
        if not (is_right and has_tries):
            raise SignInNeeded(
                "the code is wrong, too old, used, or was tried too often", "ask for a new one", rule=_RULE
            )
        waiting.tries = 0  # it stays until its time is over, so that a used code still counts as sent

    def withdraw(self, address: str) -> None:
        """Forget the code of an address that could not be sent it."""
        self._waiting.pop(self._hash(address), None)

    def _forget(self, now: int) -> None:
        """Drop what is too old; the oldest stand first, since all last equally long."""
        while self._waiting and next(iter(self._waiting.values())).ends_at <= now:
            self._waiting.popitem(last=False)

    def _hash(self, text: str) -> bytes:
        return hmac.digest(self._key, text.encode(), hashlib.sha256)


def normal_address(address: str) -> str:
    """Give the one spelling of an e-mail address: NFC, trimmed, in lower case.

    What follows a plus sign stays. Providers differ in what it means, and whoever
    takes it off makes two people's addresses one at a provider that delivers them apart.

    Raises
    ------
    BallotMalformed : it is no address.

    Examples
    --------
    >>> normal_address(" Fan+Votes@Example.org ")
    'fan+votes@example.org'
    """
    normal = unicodedata.normalize("NFC", unicodedata.normalize("NFC", address).strip().lower())
    name, at, domain = normal.rpartition("@")
    is_plain = normal.isprintable() and not any(character.isspace() for character in normal)
    if (
        not (at and is_plain and _FORBIDDEN.isdisjoint(normal))
        or "@" in name
        or not all(part for half in (name, domain) for part in half.split("."))
        or len(name.encode()) > 64
        or len(normal.encode()) > 254
    ):
        raise BallotMalformed("what was sent is no e-mail address", "write it as in fan@example.org")
    return normal
