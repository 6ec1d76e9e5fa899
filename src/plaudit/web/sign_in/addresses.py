"""The one spelling of an e-mail address, which is what a voter's pseudonym is made from.

    Fan+Votes@Bücher.example      fan+votes@xn--bcher-kva.example
    fan@ＥＸＡＭＰＬＥ．org           fan@example.org

The domain is compared as the network does, by its A-labels. Of the local part only
the case is folded: dots, tags and the like mean different things at different
providers, and whoever takes them off makes two people one somewhere.

References
----------
UTS 46 and RFC 5891 (domain); RFC 5321, 5322 and 6532 (atext); RFC 2047 (encoded words)
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

import idna

from plaudit.base.errors import BallotMalformed

__all__ = ["normal_address"]

_ATOM: Final = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+")
_LOCAL_MOST: Final = 64
_ADDRESS_MOST: Final = 254


def normal_address(address: str) -> str:
    """Give the one spelling of an e-mail address: trimmed, in lower case, its domain in A-labels.

    The local part holds `atext` and dots, and letters of other scripts in their NFKC
    form. Quoted local parts, comments, address literals and encoded words are refused:
    what cannot be written in more than one way cannot smuggle anything into a header.

    Raises
    ------
    BallotMalformed : it is no such address.

    Examples
    --------
    >>> normal_address(" Fan+Votes@Example.org ")
    'fan+votes@example.org'
    >>> normal_address("fan@b\u00fccher.example") == normal_address("FAN@xn--bcher-kva.example")
    True
    """
    if len(address) > _ADDRESS_MOST:
        raise _refused(f"it is longer than {_ADDRESS_MOST} characters")
    name, at, domain = address.strip().rpartition("@")
    if not at:
        raise _refused("it has no @")
    normal = f"{_local(name)}@{_domain(domain)}"
    if len(normal.encode()) > _ADDRESS_MOST:
        raise _refused(f"it is longer than {_ADDRESS_MOST} bytes")
    return normal


def _local(name: str) -> str:
    local = unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).lower())
    if unicodedata.normalize("NFKC", local) != local:
        raise _refused("the part before the @ has characters that look like others; type it again")
    if not all(_is_atom(part) for part in local.split(".")):
        raise _refused("the part before the @ has characters that are not taken, or a dot too many")
    if "=?" in local or "?=" in local:
        raise _refused("the part before the @ reads as an encoded word")
    if len(local.encode("utf-8", "surrogatepass")) > _LOCAL_MOST:
        raise _refused(f"the part before the @ is longer than {_LOCAL_MOST} bytes")
    return local


def _is_atom(part: str) -> bool:
    """Say whether a part is ASCII's atext, and letters, marks and digits of other scripts."""
    plain = "".join(one for one in part if one.isascii())
    others = [one for one in part if not one.isascii()]
    is_plain = _ATOM.fullmatch(plain) is not None or not plain
    return bool(part) and is_plain and all(unicodedata.category(one)[0] in "LMN" for one in others)


def _domain(domain: str) -> str:
    try:
        found = idna.encode(domain, uts46=True, std3_rules=True, transitional=False).decode("ascii")
    except (UnicodeError, ValueError, IndexError):  # idna.IDNAError is a UnicodeError
        raise _refused("the part after the @ is not a domain") from None
    if found.endswith(".") or found.rpartition(".")[2].isdigit():
        raise _refused("the part after the @ is not a domain")
    return found


def _refused(why: str) -> BallotMalformed:
    return BallotMalformed(f"what was sent is not an e-mail address: {why}", "write it as in fan@example.org")
