"""Rate limits per network, kept in memory under a keyed hash.

    203.0.113.77         counts for 203.0.113.0/24
    2001:db8:7:1::9      counts for 2001:db8:7::/48

A network is the least that one subscriber cannot leave at will. No address is
kept: only a hash of its network under a key that is made at each start.
"""

from __future__ import annotations

import hashlib
import socket
from collections import OrderedDict
from typing import Final

from plaudit.base.errors import SlowDown

__all__ = ["Limits", "network"]

_MINUTE: Final = 60_000_000
_MAPPED: Final = bytes(10) + b"\xff\xff"
_MOST_NETWORKS: Final = 100_000


class Limits:
    """The most that one network may ask for in a minute.

    A network that was quiet may send a minute's worth at once, and then goes on
    at the even rate: in any `t` seconds at most `per_minute * (1 + t / 60)`.

    Parameters
    ----------
    key : random, made at each start
    per_minute : 0 is no limit
    rule : where the season says so; every refusal names it
    most : networks remembered; beyond that the one that was quiet longest is forgotten

    Examples
    --------
    >>> limits = Limits(bytes(32), 1, "season.toml [vote.live] sign_ins_per_minute")
    >>> limits.allow("203.0.113.77", now=0.0)
    >>> limits.allow("203.0.113.9", now=30.0)
    Traceback (most recent call last):
    plaudit.base.errors.SlowDown: 1 a minute are taken from one network; try again in 30 s
    """

    def __init__(
        self,
        key: bytes,
        per_minute: int,
        rule: str = "season.toml [vote.live] ballots_per_minute",
        *,
        most: int = _MOST_NETWORKS,
    ) -> None:
        self._key = key
        self._per_minute = per_minute
        self._rule = rule
        self._most = most
        self._full_at: OrderedDict[bytes, int] = OrderedDict()
        """When each network's bucket is full again, in microseconds times `per_minute`, so that all is whole."""

    def twin(self) -> Limits:
        """Give the same limit for something that is counted apart."""
        return Limits(self._key, self._per_minute, self._rule, most=self._most)

    def allow(self, address: str, now: float) -> None:
        """Count one request.

        Parameters
        ----------
        address : the client's; anything that is no IP address counts as one network
        now : seconds of a clock that does not go back

        Raises
        ------
        SlowDown : the network has asked for too much; it says by which rule and when to ask again.
        """
        if not self._per_minute:
            return
        hashed = hashlib.blake2b(network(address), key=self._key, digest_size=16).digest()
        moment = int(now * 1_000_000) * self._per_minute
        full_at = max(moment, self._full_at.get(hashed, moment)) + _MINUTE
        excess = full_at - moment - _MINUTE * self._per_minute
        if excess > 0:
            wait = -(-excess // (1_000_000 * self._per_minute))
            raise SlowDown(
                f"{self._per_minute} a minute are taken from one network",
                f"try again in {wait} s",
                rule=self._rule,
                retry_after=wait,
            )
        self._full_at[hashed] = full_at
        self._full_at.move_to_end(hashed)
        if len(self._full_at) > self._most:
            self._full_at.popitem(last=False)


def network(address: str) -> bytes:
    """Give the network an address counts for: /24 of IPv4, /48 of IPv6.

    Examples
    --------
    >>> network("203.0.113.77").hex(), network("::ffff:203.0.113.9").hex()
    ('cb0071', 'cb0071')
    """
    try:  # not ipaddress, which takes as long as the rest of a ballot's checks
        return socket.inet_pton(socket.AF_INET, address)[:3]
    except (OSError, ValueError):
        pass
    try:
        found = socket.inet_pton(socket.AF_INET6, address.partition("%")[0])
    except (OSError, ValueError):
        return b""
    return found[12:15] if found.startswith(_MAPPED) else found[:6]
