"""Where the site lies on the web, and the ids of what it announces.

A page links to its neighbours by relative paths and works anywhere. A feed, a share
card and an embedded chart are read away from the site, so they bear whole addresses:
those below `[site] address`, or without it below `site/` at the season's origin.
Ids follow from the origin alone, so that a site that moves announces nothing anew.

Paths are made of ids, and every system must hold them as files: see `file_path`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

if TYPE_CHECKING:
    from plaudit.rulebook.season import Season

__all__ = ["absolute", "file_path", "site_address", "tag_id"]

_DOMAIN: Final = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
_KEPT: Final = "/-._~@:"
_FOLDER: Final = "site"
_DEVICES: Final = re.compile(r"(?i)(con|prn|aux|nul|conin\$|conout\$|clock\$|(com|lpt)[0-9¹²³])(?=\.|$)")
_UNHELD: Final = re.compile(r'[A-Z~<>:"\\|?*\x00-\x1f]|[. ]$')


def file_path(path: str) -> str:
    """Give a path whose files Windows can hold too, and beside each other where it takes A for a.

    A device's name gets `~` behind it; a letter that cannot stand is written `~41~`, by its number.
    Paths of small letters, digits, hyphens and points are themselves. Different paths stay different.

    Examples
    --------
    >>> file_path("artist/con.html"), file_path("data/artist/aux/posts.csv"), file_path("artist/bts.html")
    ('artist/con~.html', 'data/artist/aux~/posts.csv', 'artist/bts.html')
    """
    return "/".join(part if part in {"", ".", ".."} else _file_name(part) for part in path.split("/"))


def _file_name(part: str) -> str:
    escaped = _UNHELD.sub(lambda found: f"~{ord(found[0]):x}~", part)
    return _DEVICES.sub(r"\1~", escaped, count=1) if _DEVICES.match(escaped) else escaped


def site_address(season: Season) -> str:
    """Give where the season's site is served, without a slash at the end."""
    if season.site.address:
        return season.site.address
    bare = season.origin.removeprefix("https://").strip("/")
    return f"https://{quote(bare, safe=_KEPT)}/{_FOLDER}"


def absolute(address: str, path: str) -> str:
    """Give the whole address of a page or file.

    Parameters
    ----------
    address : the site's, as `site_address` gives it

    Examples
    --------
    >>> absolute("https://plaudit.example/my-award/site", "en/index.html")
    'https://plaudit.example/my-award/site/en/index.html'
    """
    return f"{address}/{quote(file_path(path), safe=_KEPT)}"


def tag_id(origin: str, day: str, what: str) -> str:
    """Give the id of an announcement: a tag URI, or a UUID where the origin names no domain.

    Parameters
    ----------
    day : a day on which whoever publishes held the domain: that of the announcement

    References
    ----------
    RFC 4151

    Examples
    --------
    >>> tag_id("plaudit.example/my-award", "2026-01-09", "result")
    'tag:plaudit.example,2026-01-09:my-award/result'
    """
    domain, _, rest = origin.removeprefix("https://").partition("/")
    if not _DOMAIN.fullmatch(domain):
        return f"urn:uuid:{uuid5(NAMESPACE_URL, f'{origin} {day} {what}')}"
    specific = "/".join(part for part in (rest.strip("/"), what) if part)
    return f"tag:{domain},{day}:{quote(specific, safe=_KEPT)}"
