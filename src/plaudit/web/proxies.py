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
import socket
from typing import TYPE_CHECKING, Final

from plaudit.base.errors import AskError

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["Proxies", "told_address", "trusted_networks"]

_BARE: Final = re.compile(r"\[([^\[\]]*)\](?::[0-9]{1,5})?|([0-9.]+):[0-9]{1,5}")
_EXAMPLE: Final = "as in --trusted-proxy 127.0.0.1 or --trusted-proxy 10.0.0.0/8"
_SAID_MOST: Final = 80
_MAPPED: Final = bytes(10) + b"\xff\xff"
_log = logging.getLogger("plaudit.web")
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
        self._masks = [_mask(network) for network in trusted_networks(trusted)]
        self._said: set[str] = set()

    def is_trusted(self, address: str) -> bool:
        """Say whether an address is a trusted proxy's; no address is kept."""
        packed = _packed(address) if self._masks else None
        if packed is None:
            return False
        number, size = int.from_bytes(packed, "big"), len(packed)
        return any(size == other and number & mask == network for other, mask, network in self._masks)

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
                self._say("malformed", f"the proxy {peer} gives no address but {entry.strip()[:_SAID_MOST]!r}")
                break
            if not self.is_trusted(address):
                return address
        return peer

    def _say_unknown_proxy(self, peer: str) -> None:
        packed = _packed(peer)
        if packed is not None and ipaddress.ip_address(packed).is_private:  # others write the header as they like
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
    text = text.partition("%")[0]
    return None if _packed(text) is None else text


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
            f"--trusted-proxy {text} trusts everybody, so anybody could claim any address",
            f"name your proxies alone, {_EXAMPLE}",
        )
    return network


def _mask(network: Network) -> tuple[int, int, int]:
    """Give a network as the bytes of its addresses, its mask, and its own number."""
    mapped = getattr(network.network_address, "ipv4_mapped", None)
    if mapped is not None:
        network = ipaddress.ip_network(f"{mapped}/{max(network.prefixlen - 96, 0)}", strict=False)
    return network.max_prefixlen // 8, int(network.netmask), int(network.network_address)


def _packed(text: str) -> bytes | None:
    """Give an address's bytes; those of IPv4 where IPv6 maps it. Not by ipaddress, which takes ten times as long."""
    try:
        return socket.inet_pton(socket.AF_INET, text)
    except (OSError, ValueError):
        pass
    try:
        found = socket.inet_pton(socket.AF_INET6, text.partition("%")[0])
    except (OSError, ValueError):
        return None
    return found[12:] if found.startswith(_MAPPED) else found
