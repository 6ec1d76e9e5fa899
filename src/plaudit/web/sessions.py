"""Sessions: who is signed in, by which way and until when, signed and nothing more.

    000000…7565737.567aba…      payload and keyed BLAKE2b, in hexadecimal digits

A session is a bearer's: the server keeps none, so it needs no table of them and
names nobody. It ends by itself.
"""

from __future__ import annotations

import hashlib
import hmac
import struct
from typing import Final

from msgspec import Struct

from plaudit.base.errors import SignInNeeded

__all__ = ["COOKIE", "Session", "Sessions", "cookie_name"]

COOKIE: Final = "plaudit_session"
_HEAD: Final = struct.Struct(">QI")
_MOST: Final = 512


class Session(Struct, frozen=True):
    """A voter's pseudonym, the way of signing in, and the second it ends at."""

    voter: int
    way: str
    ends_at: int
    text: str


class Sessions:
    """Issue and read the sessions of one edition.

    Parameters
    ----------
    key : the season's session key
    edition : sessions of another edition are not read
    minutes : how long a session lasts
    is_secure : whether voters come over https

    Examples
    --------
    >>> sessions = Sessions(bytes(32), "2018", 60)
    >>> text = sessions.issue(7, "guest", 1_526_313_600)
    >>> sessions.read(text, 1_526_313_601).voter
    7
    """

    def __init__(self, key: bytes, edition: str, minutes: int, *, is_secure: bool = False) -> None:
        own_key = hmac.digest(key, b"session " + edition.encode(), hashlib.sha256)
        self._keyed = hashlib.blake2b(digest_size=32, key=own_key)
        self._csrf_key = hmac.digest(key, b"csrf " + edition.encode(), hashlib.sha256)
        self._seconds = minutes * 60
        self.is_secure = is_secure
        self.cookie = cookie_name(COOKIE, is_secure=is_secure)

    def issue(self, voter: int, way: str, now_seconds: int) -> str:
        """Give a new session's text."""
        head = (_HEAD.pack(voter, now_seconds + self._seconds) + way.encode()).hex()
        return f"{head}.{self._mac(head)}"

    def read(self, text: str, now_seconds: int) -> Session:
        """Read a session.

        Raises
        ------
        SignInNeeded : it is none of ours, or it has ended.
        """
        head, _, mac = text.partition(".")
        is_text = len(text) <= _MOST and text.isascii()
        if not is_text or not hmac.compare_digest(mac, self._mac(head)):
            raise SignInNeeded("the session does not belong to this vote", "sign in again")
        payload = bytes.fromhex(head)  # ours, for its MAC is
        voter, ends_at = _HEAD.unpack_from(payload)
        if now_seconds >= ends_at:
            raise SignInNeeded("the session has ended", "sign in again", ended_at=ends_at)
        return Session(voter, payload[_HEAD.size :].decode(), ends_at, text)

    def csrf(self, session: str) -> str:
        """Give the token that a form or script must send beside a session's cookie."""
        return hmac.digest(self._csrf_key, session.encode(), hashlib.sha256).hex()

    def is_csrf(self, session: str, token: str) -> bool:
        """Say whether a token is the session's, in constant time."""
        return hmac.compare_digest(self.csrf(session).encode(), token.encode())

    def _mac(self, head: str) -> str:
        keyed = self._keyed.copy()
        keyed.update(head.encode())
        return keyed.hexdigest()


def cookie_name(name: str, *, is_secure: bool) -> str:
    """Give a cookie's name; over https, one that no other host and no plain HTTP can set.

    Examples
    --------
    >>> cookie_name("plaudit_session", is_secure=True)
    '__Host-plaudit_session'
    """
    return f"__Host-{name}" if is_secure else name
