"""Proof of work: what a sign-in costs a machine that wants many of them.

    {"parameters": {"algorithm": "SHA-256", "cost": 1, "expiresAt": 1526313900, "keyLength": 32,
                    "keyPrefix": "9f…", "nonce": "5a…", "salt": "c0…"}, "signature": "77…"}

An ALTCHA challenge of version 2: the solver tries the counters 0, 1, 2, … until
SHA-256 of salt, nonce and counter (4 bytes, big-endian) begins with the prefix.
The server drew the counter below the season's `work`, so half of that is the mean.

References
----------
ALTCHA, proof-of-work version 2; season.toml [vote.live] work
"""

from __future__ import annotations

import hashlib
import secrets
from typing import Any, Final

import altcha

from plaudit.base.errors import SignInNeeded
from plaudit.web.sign_in.once import Once

__all__ = ["WORK_SECONDS", "Work"]

WORK_SECONDS: Final = 300
"""How long a challenge may be solved."""
_MOST: Final = 500_000
_RULE: Final = "season.toml [vote.live] work"
_LONGEST: Final = 4_096


class Work:
    """Issue challenges and accept each solution once.

    Nothing is kept of a challenge until it is solved. Its key is made here, so a
    challenge does not outlive the process, nor do the solutions that were accepted.

    Parameters
    ----------
    size : the most counters to try; 0 asks for no work
    most : accepted solutions remembered until they expire

    Examples
    --------
    >>> work = Work(100)
    >>> challenge = altcha.Challenge.from_dict(work.challenge(now=4_000_000_000))
    >>> solved = altcha.Payload(challenge, altcha.solve_challenge(challenge)).to_base64()
    >>> work.accept(solved, now=4_000_000_001)
    >>> work.accept(solved, now=4_000_000_002)
    Traceback (most recent call last):
    plaudit.base.errors.SignInNeeded: the proof of work was used before; ask for a new challenge and solve it
    """

    def __init__(self, size: int, *, most: int = _MOST) -> None:
        self.size = size
        self._key = secrets.token_bytes(32)
        self._used = Once(most=most)

    def challenge(self, now: int) -> dict[str, Any]:
        """Give a new challenge, as an ALTCHA solver reads it; `now` is in seconds."""
        counter = secrets.randbelow(max(self.size, 1))
        made = altcha.create_challenge(
            "SHA-256", cost=1, counter=counter, expires_at=now + WORK_SECONDS, hmac_secret=self._key
        )
        found: dict[str, Any] = made.to_dict()
        return found

    def accept(self, solution: str, now: int) -> None:
        """Take a solution, once.

        Raises
        ------
        SignInNeeded : there is none, it is wrong, too old, of another server, or was used before.
        VoteUnavailable : too many were accepted within their time to remember one more.
        """
        if not self.size:
            return
        if not solution:
            raise _refused("a sign-in costs a proof of work and none was sent")
        signature, expires_at = _verified(solution, self._key)
        if now >= expires_at:
            raise _refused("the proof of work came too late")
        if not self._used.use(signature, ends_at=expires_at, now=now):
            raise _refused("the proof of work was used before")


def _verified(solution: str, key: bytes) -> tuple[bytes, int]:
    """Give the hashed signature of a solved challenge of ours, and when it ends."""
    try:
        payload = altcha.Payload.from_base64(solution[: _LONGEST + 1])
        found = altcha.verify_solution(payload, key)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise _refused("what was sent is not a solved challenge") from None
    if len(solution) > _LONGEST or not found.verified:
        raise _refused("the proof of work came too late" if found.expired else "the proof of work is wrong")
    signature = hashlib.blake2b(payload.challenge.signature.encode(), digest_size=16).digest()
    return signature, int(payload.challenge.parameters.expires_at)


def _refused(what: str) -> SignInNeeded:
    return SignInNeeded(what, "ask for a new challenge and solve it", rule=_RULE)
