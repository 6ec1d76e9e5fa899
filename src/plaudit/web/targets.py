"""What a request names: a host, and a path that has one spelling.

    host: vote.example.org:8710          taken
    host: vote.example.org:many          400
    POST //v1/2018/ballots               404, as every path that is spelled another way

Nothing behind this page has to ask what else a path could mean: two spellings of
one path would be two doors, and the limits would stand at one of them.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

__all__ = ["is_host", "is_plain"]

_HOST: Final = re.compile(rb"(?:[A-Za-z0-9._~-]{1,255}|\[[0-9A-Fa-f:.]{2,45}\])(?::([0-9]{1,5}))?")
_PORT_MOST: Final = 65_535


@lru_cache(1_024)
def is_host(sent: bytes) -> bool:
    """Say whether a Host header names a host, with or without a port.

    Examples
    --------
    >>> is_host(b"vote.example.org"), is_host(b"[2001:db8::1]:8710"), is_host(b"a:b"), is_host(b"a:99999")
    (True, True, False, False)
    """
    found = _HOST.fullmatch(sent)
    return found is not None and int(found[1] or 0) <= _PORT_MOST


def is_plain(path: str) -> bool:
    """Say whether a path, its percent-encodings undone, has no other spelling among those that are routed.

    Examples
    --------
    >>> is_plain("/"), is_plain("/v1/2018/ballots"), is_plain("/v1/2018/ballots/"), is_plain("//v1/2018/ballots")
    (True, True, False, False)
    """
    if path == "/":
        return True
    parts = path.split("/")
    return len(parts) > 1 and parts[0] == "" and not {"", ".", ".."}.intersection(parts[1:])
