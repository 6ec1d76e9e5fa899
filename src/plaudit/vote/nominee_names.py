"""What nominees are called in each language: bound before the vote, so that no name changes hands after it.

Everything else of a vote speaks of ids. Whoever swaps two artists' names changes who is
said to have won, and no ballot.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import rfc8785

from plaudit.base.digests import bytes_sha256
from plaudit.base.errors import ProofInvalid
from plaudit.nominate.nominate import named_nominees

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from plaudit.rulebook.season import Season

__all__ = ["UNTOLD", "Called", "names_sha256", "nominee_names", "refuse_other_names"]

Called = dict[str, dict[str, str]]
"""Nominee → language → name."""
UNTOLD: Final = "und"
"""The language of a name that a nominees file gives: it says none (BCP 47)."""


def nominee_names(season: Season, nominees: Iterable[str]) -> Called:
    """Give the names of some nominees: those of artists.toml by language, and that of the nominees file.

    A nominee that is called by its id alone is left out.
    """
    artists = season.artists.by_id()
    listed = named_nominees(season.folder, season.nomination) if season.nomination else []
    files = {item["nominee"]: {UNTOLD: item["name"]} for item in listed if item["name"]}
    found = {
        nominee: {**(artists[nominee].names if nominee in artists else {}), **files.get(nominee, {})}
        for nominee in nominees
    }
    return {nominee: names for nominee, names in found.items() if names}


def names_sha256(names: Mapping[str, Mapping[str, str]]) -> str:
    """Give the SHA-256 of the names' RFC 8785 text, which stands for them where they are too long."""
    return bytes_sha256(rfc8785.dumps({nominee: dict(called) for nominee, called in names.items()}))


def refuse_other_names(held: Mapping[str, Mapping[str, str]], now: Called, bound: str, remedy: str) -> None:
    """Refuse names that are not those that were bound.

    Parameters
    ----------
    bound : how they were, as in "the vote was opened"

    Raises
    ------
    ProofInvalid : names the first nominee and language that differ, and both names.
    """
    for nominee in sorted({*held, *now}):
        before, after = held.get(nominee, {}), now.get(nominee, {})
        for language in sorted({*before, *after}):
            if before.get(language) != after.get(language):
                raise ProofInvalid(
                    f"{bound} with nominee {nominee} called {_said(before, language)},"
                    f" and now it is {_said(after, language)}",
                    remedy,
                    nominee=nominee,
                    language=language,
                )


def _said(names: Mapping[str, str], language: str) -> str:
    return f"{names[language]!r} in {language}" if language in names else f"nothing in {language}"
