"""Names of awards, made from their ids: `billboard-music-awards/top-social-artist`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from plaudit.words.texts import N_, bdi

if TYPE_CHECKING:
    from collections.abc import Callable

    from markupsafe import Markup

    from plaudit.words.words import Words

__all__ = ["PRIZES", "award_name", "has_name", "prize"]

PRIZES: Final = (N_("Top Social Artist"), N_("Billboard Music Awards"))
"""Names of awards that there are words for in other languages."""


def award_name(words: Words, award: str, mark: Callable[[str], Markup] = bdi) -> Markup:
    """Give an award's name across editions, from its id: `show/award`, or `award`.

    Parameters
    ----------
    mark : text from the data as the format shows it
    """
    show, _, what = award.rpartition("/")
    name = mark(_title(words, what))
    return words.text(N_("%(show)s: %(award)s"), show=mark(_title(words, show)), award=name) if show else name


def has_name(award: str) -> bool:
    """Say whether an award's id gives a name that readers know it by; else a season's title is the better one.

    Examples
    --------
    >>> has_name("billboard-music-awards/top-social-artist"), has_name("my-award")
    (True, False)
    """
    return all(_spelt(part) in PRIZES for part in award.split("/"))


def prize(words: Words, award: str, edition: str, mark: Callable[[str], Markup] = bdi) -> Markup:
    """Give what was won in one edition of an award."""
    show, _, what = award.rpartition("/")
    values = {"award": mark(_title(words, what)), "edition": mark(edition)}
    if not show:
        return words.text(N_("%(award)s %(edition)s"), **values)
    return words.text(N_("%(award)s at the %(edition)s %(show)s"), show=mark(_title(words, show)), **values)


def _title(words: Words, slug: str) -> str:
    return words.title(_spelt(slug))


def _spelt(slug: str) -> str:
    return " ".join(part.capitalize() for part in re.split(r"[-_/ ]+", slug))
