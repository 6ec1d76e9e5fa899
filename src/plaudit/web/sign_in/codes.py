"""One-time codes by e-mail, each good in the browser that asked for it.

    Subject: 20471936 is your code for Top Social Artist 2018

A code is derived from the asking and the address under a key that is made at each
start; the browser keeps the asking, signed, and the server keeps nothing of it.
What is remembered, under a keyed hash, is which codes an address was sent, so that
no mailbox is filled, and what was tried.

Nobody can lock an address out: tries are counted for the asking, not for the
address, and an address that was sent enough codes is sent no more while the newest
one is good for whoever asks.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import struct
from collections import OrderedDict
from typing import Final

from msgspec import Struct

from plaudit.base.errors import SignInNeeded
from plaudit.web.sign_in.once import Once

__all__ = ["CODE_SECONDS", "SENT_MOST", "TRIES", "Asking", "Codes"]

CODE_SECONDS: Final = 600
"""How long a code is good for."""
TRIES: Final = 5
"""How often a code may be tried by whoever asked for it."""
SENT_MOST: Final = 3
"""How many codes that nobody used one address is sent in that time."""
_MOST: Final = 500_000
_DIGITS: Final = 8
_TOKEN: Final = struct.Struct(">16s16sQ")
_RULE: Final = f"an e-mail code lasts {CODE_SECONDS // 60} minutes and {TRIES} tries, in the browser that asked for it"


class Asking(Struct, frozen=True):
    """What asking for a code gives.

    token : for the browser to keep and to send with the code
    code : for the mailbox; none where a code that is good was sent before
    name : which code it is
    """

    token: str
    code: str
    name: bytes


class Codes:
    """The codes of one server.

    Parameters
    ----------
    most : addresses remembered at once, and askings that were tried; beyond that the oldest is forgotten

    Examples
    --------
    >>> codes = Codes()
    >>> asking = codes.ask("fan@example.org", now=0)
    >>> codes.use("fan@example.org", asking.token, asking.code, now=1)
    >>> codes.use("fan@example.org", asking.token, asking.code, now=2)
    Traceback (most recent call last):
    plaudit.base.errors.SignInNeeded: the code is wrong, too old, used up, or of another request; ask again
    """

    def __init__(self, *, most: int = _MOST) -> None:
        self._key = secrets.token_bytes(32)
        self._most = most
        self._sent: OrderedDict[bytes, tuple[tuple[bytes, int], ...]] = OrderedDict()
        self._tries: OrderedDict[bytes, int] = OrderedDict()
        self._used = Once(most=most)

    def ask(self, address: str, now: int) -> Asking:
        """Give an asking for a normal address, and a code to send it unless enough of them lie in its box."""
        hashed = self._mac(b"address", address.encode())
        good = tuple(
            (name, ends_at) for name, ends_at in self._sent.get(hashed, ()) if ends_at > now and name not in self._used
        )
        asker = secrets.token_bytes(16)
        if len(good) >= SENT_MOST:
            name, ends_at = good[-1]
            return Asking(self._token(asker, name, ends_at, address), "", name)
        name, ends_at = secrets.token_bytes(16), now + CODE_SECONDS
        self._remember(hashed, (*good, (name, ends_at)))
        return Asking(self._token(asker, name, ends_at, address), self._code(name, address), name)

    def use(self, address: str, token: str, code: str, now: int) -> None:
        """Take a code, once. Nothing in a refusal says whether the address was sent one.

        Raises
        ------
        SignInNeeded : the code is wrong, too old, used, tried too often, or was asked for elsewhere.
        VoteUnavailable : too many were used within their time to remember one more.
        """
        asker, name, ends_at = self._read(token, address)
        is_right = hmac.compare_digest(self._code(name, address).encode(), "".join(code.split()).encode())
        is_good = ends_at > now and self._try(asker)
        if not (is_right and is_good and self._used.use(name, ends_at=ends_at, now=now)):
            raise _refused()

    def withdraw(self, address: str, asking: Asking) -> None:
        """Forget a code that could not be sent."""
        hashed = self._mac(b"address", address.encode())
        self._remember(hashed, tuple(one for one in self._sent.get(hashed, ()) if one[0] != asking.name))

    def _remember(self, hashed: bytes, sent: tuple[tuple[bytes, int], ...]) -> None:
        self._sent.pop(hashed, None)
        if sent:
            self._sent[hashed] = sent
        if len(self._sent) > self._most:
            self._sent.popitem(last=False)

    def _try(self, asker: bytes) -> bool:
        """Count a try, and say whether there was one left."""
        tries = self._tries.pop(asker, TRIES)
        self._tries[asker] = max(tries - 1, 0)
        if len(self._tries) > self._most:
            self._tries.popitem(last=False)
        return tries > 0

    def _token(self, asker: bytes, name: bytes, ends_at: int, address: str) -> str:
        head = _TOKEN.pack(asker, name, ends_at)
        return base64.urlsafe_b64encode(head + self._mac(b"asking", head + address.encode())).decode().rstrip("=")

    def _read(self, token: str, address: str) -> tuple[bytes, bytes, int]:
        try:
            held = base64.urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
        except ValueError:
            raise _refused() from None
        head, mac = held[: _TOKEN.size], held[_TOKEN.size :]
        if not hmac.compare_digest(mac, self._mac(b"asking", head + address.encode())):
            raise _refused()
        asker, name, ends_at = _TOKEN.unpack(head)
        return asker, name, ends_at

    def _code(self, name: bytes, address: str) -> str:
        number = int.from_bytes(self._mac(b"code", name + address.encode()), "big") % 10**_DIGITS
        return f"{number:0{_DIGITS}d}"

    def _mac(self, use: bytes, text: bytes) -> bytes:
        return hmac.digest(self._key, use + b" " + text, hashlib.sha256)[:16]


def _refused() -> SignInNeeded:
    return SignInNeeded(
        "the code is wrong, too old, used up, or of another request",
        "ask again",
        rule=_RULE,
    )
