"""Who asks, where a proxy stands in front: the last address that a proxy of ours told.

    X-Forwarded-For: 198.51.100.9, 203.0.113.7:51034      from 127.0.0.1, which is trusted
    203.0.113.7                                           asks; what stands left of it, anybody may have written

Proxies write an address as it is, with a port, in brackets, in quotes or with a
zone. What is none of these counts for the proxy's own network, which is the
stricter choice, and is said once.
"""

from __future__ import annotations

import ipaddress
import logging
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from plaudit.base.errors import AskError

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["Proxies", "told_address", "trusted_networks"]

_BARE: Final = re.compile(r"\[([^\[\]]*)\](?::[0-9]{1,5})?|([0-9.]+):[0-9]{1,5}")
_EXAMPLE: Final = "as in --trusted-proxy 127.0.0.1 or --trusted-proxy 10.0.0.0/8"
_SAID_MOST: Final = 80
_log = logging.getLogger("plaudit.web")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Proxies:
    """The proxies whose X-Forwarded-For is believed.

    Parameters
    ----------
    trusted : addresses and networks, as `trusted_networks` reads them

    Examples
    --------
    >>> proxies = Proxies(["127.0.0.1", "10.0.0.0/8"])
    >>> proxies.client("10.1.2.3", "198.51.100.9, 203.0.113.7:51034, 127.0.0.1")
    '203.0.113.7'
    >>> proxies.client("192.0.2.1", "203.0.113.7")
    '192.0.2.1'
    """

    def __init__(self, trusted: Collection[str] = ()) -> None:
        self._networks = trusted_networks(trusted)
        self.is_trusted = lru_cache(4_096)(self._is_trusted)
        self._said: set[str] = set()

    def client(self, peer: str, forwarded_for: str) -> str:
        """Give the address that asks, through whatever proxies are trusted.

        Parameters
        ----------
        peer : the address at the other end of the connection
        forwarded_for : X-Forwarded-For, empty where there is none
        """
        if not self.is_trusted(peer):
            if forwarded_for and "unknown" not in self._said:
                self._say_unknown_proxy(peer)
            return peer
        for entry in reversed(forwarded_for.split(",")):
            address = told_address(entry)
            if address is None:
                self._say("malformed", f"the proxy {peer} tells no address but {entry.strip()[:_SAID_MOST]!r}")
                break
            if not self.is_trusted(address):
                return address
        return peer

    def _is_trusted(self, address: str) -> bool:
        found = _address(address)
        return found is not None and any(found in network for network in self._networks)

    def _say_unknown_proxy(self, peer: str) -> None:
        found = _address(peer)
        if found is not None and found.is_private:  # others write the header as they like
            self._say("unknown", f"{peer} sends X-Forwarded-For; if it is your proxy, add --trusted-proxy {peer}")

    def _say(self, kind: str, what: str) -> None:
        """Say something once, not once a request."""
        if kind not in self._said:
            self._said.add(kind)
            _log.warning("%s; until then all its voters count as one network", what)


def told_address(entry: str) -> str | None:
    """Give the address in one entry of X-Forwarded-For, or None where there is none.

    Examples
    --------
    >>> told_address("203.0.113.7:51034"), told_address('"[2001:db8::7]:443"'), told_address("fe80::1%eth0")
    ('203.0.113.7', '2001:db8::7', 'fe80::1')
    >>> told_address("unknown") is None
    True
    """
    text = entry.strip()
    if len(text) > 1 and text[0] == text[-1] == '"':
        text = text[1:-1].strip()
    if found := _BARE.fullmatch(text):
        text = found[1] or found[2] or ""
    address = _address(text)
    return None if address is None else str(address)


def trusted_networks(trusted: Collection[str]) -> tuple[Network, ...]:
    """Give the networks that are named; an address is a network of one.

    Raises
    ------
    AskError : a text names neither, or names everybody.
    """
    return tuple(_network(text.strip()) for text in trusted)


def _network(text: str) -> Network:
    try:
        network = ipaddress.ip_network(text, strict=False)
        is_exact = str(ipaddress.ip_interface(text).ip) == str(network.network_address)
    except ValueError:
        raise AskError(
            f"--trusted-proxy {text!r} is neither an IP address nor a network of them",
            f"name the address from which the proxy connects, {_EXAMPLE}",
        ) from None
    if not is_exact:
        raise AskError(
            f"--trusted-proxy {text}: {text.partition('/')[0]} is one address, not a network",
            f"write {network} for all of them, or {text.partition('/')[0]} for the one",
        )
    if not network.prefixlen:
        raise AskError(
            f"--trusted-proxy {text} trusts everybody, and who asks could write any address",
            f"name your proxies alone, {_EXAMPLE}",
        )
    return network


def _address(text: str) -> Address | None:
    """Give an address without its zone; an IPv4 address that IPv6 maps, as the one it maps."""
    try:
        found = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = getattr(found, "ipv4_mapped", None)
    return mapped or found
