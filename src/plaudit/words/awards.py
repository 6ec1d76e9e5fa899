"""Names of awards, made from their ids: `billboard-music-awards/top-social-artist`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from plaudit.words.message import Own, say
from plaudit.words.texts import N_

if TYPE_CHECKING:
    from plaudit.words.message import Message, Value

__all__ = ["award_name", "edition_name", "has_name", "prize", "year_or_id"]

_KNOWN: Final = (N_("Top Social Artist"), N_("Billboard Music Awards"))
"""Names of awards that there are words for in other languages."""


def award_name(award: str) -> Value:
    """Give an award's name across editions, from its id: `show/award`, or `award`."""
    show, _, what = award.rpartition("/")
    name = Own(_spelt(what))
    return say("%(show)s: %(award)s", show=Own(_spelt(show)), award=name) if show else name


def has_name(award: str) -> bool:
    """Say whether an award's id gives a name that readers know it by; else a season's title is the better one.

    Examples
    --------
    >>> has_name("billboard-music-awards/top-social-artist"), has_name("my-award")
    (True, False)
    """
    return all(_spelt(part) in _KNOWN for part in award.split("/"))


def edition_name(edition: str) -> Message:
    """Give an edition's name."""
    return say("Edition %(edition)s", edition=year_or_id(edition))


def year_or_id(edition: str) -> Value:
    """Give an edition's id; one that is a year, as a year is written."""
    return say("%(year)s", year=edition) if edition.isdecimal() and len(edition) == 4 else edition


def prize(award: str, edition: str) -> Message:
    """Give what was won in one edition of an award."""
    show, _, what = award.rpartition("/")
    name = Own(_spelt(what))
    if not show:
        return say("%(award)s %(edition)s", award=name, edition=edition)
    return say("%(award)s at the %(edition)s %(show)s", award=name, edition=edition, show=Own(_spelt(show)))


def _spelt(slug: str) -> str:
    return " ".join(part.capitalize() for part in re.split(r"[-_/ ]+", slug))
