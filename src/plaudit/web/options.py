"""What the organiser says when the server starts, checked before anything is begun."""

from __future__ import annotations

import ipaddress
import re
from typing import Final
from urllib.parse import urlsplit

import idna

from plaudit.base.errors import AskError

__all__ = ["is_in_the_clear", "listen_address", "public_origin"]

_HOST: Final = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?\.?|\[[0-9a-f:.]+\]")
_USUAL: Final = {"http": 80, "https": 443}
_EXAMPLE: Final = "write it as in --public-url https://vote.example.org"


def public_origin(text: str) -> str:
    """Give the page's address as browsers name it: scheme, host, and the port where it is not the usual one.

    Raises
    ------
    AskError : it is no such address.

    Examples
    --------
    >>> public_origin("https://Vote.example.org:443/"), public_origin("http://127.0.0.1:8710")
    ('https://vote.example.org', 'http://127.0.0.1:8710')
    """
    try:
        found = urlsplit(text)
        host, port = found.hostname or "", found.port
    except ValueError:
        raise AskError(f"--public-url {text!r} is not an address", _EXAMPLE) from None
    if found.scheme not in _USUAL or not host:
        raise AskError(f"--public-url {text!r} is not an http or https address", _EXAMPLE)
    origin = f"{found.scheme}://{_host(text, host)}"
    if port == 0:
        raise AskError(f"--public-url {text!r} has a port that nobody can reach", _EXAMPLE)
    if port is not None and port != _USUAL[found.scheme]:
        origin += f":{port}"
    if found.path not in {"", "/"} or "?" in text or "#" in text:
        raise AskError(
            f"--public-url {text!r} has a path, and the vote's links begin at the root of its host",
            f"give the vote a host name of its own: --public-url {origin}",
        )
    if "@" in found.netloc:
        raise AskError(f"--public-url {text!r} holds a name or password", f"leave it out: --public-url {origin}")
    return origin


def is_in_the_clear(origin: str) -> bool:
    """Say whether voters' sessions would cross a network unencrypted."""
    found = urlsplit(origin)
    host = found.hostname or ""
    try:
        is_here = ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_here = host == "localhost" or host.endswith(".localhost")
    return found.scheme == "http" and not is_here


def listen_address(text: str) -> str:
    """Give the IP address to listen on.

    Raises
    ------
    AskError : it is none.
    """
    try:
        ipaddress.ip_address(text)
    except ValueError:
        raise AskError(
            f"--address {text!r} is not an IP address",
            "write 127.0.0.1 for this machine alone, or an address of one of its networks",
        ) from None
    return text


def _host(text: str, host: str) -> str:
    bracketed = f"[{host}]" if ":" in host else host
    if _HOST.fullmatch(bracketed) and ".." not in host:
        return bracketed
    try:
        spelled = idna.encode(host, uts46=True, std3_rules=True).decode("ascii")
    except (UnicodeError, IndexError):
        raise AskError(f"--public-url {text!r} names no host", _EXAMPLE) from None
    raise AskError(f"--public-url {text!r}: browsers spell its host {spelled}", f"write it as: {spelled}")
