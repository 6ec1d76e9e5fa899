"""Where a season's pages lie on the web."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from msgspec import Struct

if TYPE_CHECKING:
    from plaudit.rulebook.strict_toml import TomlFile

__all__ = ["Site", "check_site"]

_HOST: Final = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*(:[0-9]{1,5})?")
_PATH: Final = re.compile(r"(/[A-Za-z0-9._~@:%-]+)*")
_DOTS: Final = frozenset({".", ".."})


class Site(Struct, frozen=True, forbid_unknown_fields=True):
    """The season's pages.

    address : where `published/site/` is served, as in `https://awards.example/2026`;
        empty where that follows from the origin.
    """

    address: str = ""


def check_site(site: Site, file: TomlFile) -> None:
    """Refuse an address that feeds and share cards could not give.

    Raises
    ------
    RuleInvalid : it is not an https address, ends with a slash, or has more than host and path.
    """
    if site.address and (what := _fault(site.address)):
        remedy = "give scheme, host and path of the folder, as in https://awards.example/2026, or leave the key out"
        raise file.invalid(("site", "address"), f"{site.address!r} {what}", remedy)


def _fault(address: str) -> str:
    """Say what is wrong with an address; nothing where it can be given."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return "is not an address"
    if parts.scheme != "https":
        return "does not begin with https://"
    if address.endswith("/"):
        return "ends with a slash"
    if not _HOST.fullmatch(parts.netloc):
        return f"names no host in lower-case letters, digits and hyphens, but {parts.netloc!r}"
    if address != f"https://{parts.netloc}{parts.path}" or not _PATH.fullmatch(parts.path):
        return "has more than a host and a path of plain letters"
    return "has dots for a folder" if _DOTS & set(parts.path.split("/")) else ""
