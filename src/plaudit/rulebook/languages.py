"""Texts of a season that readers of several languages read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Final

from msgspec import Meta

if TYPE_CHECKING:
    from plaudit.rulebook.strict_toml import TomlFile

__all__ = ["ENGLISH", "InLanguages", "by_language", "check_languages"]

ENGLISH: Final = "en"
"""The language of a plain text, and the one that every text is given in."""
InLanguages = (
    Annotated[str, Meta(min_length=1)] | Annotated[dict[str, Annotated[str, Meta(min_length=1)]], Meta(min_length=1)]
)
"""One text, which is English, or one for each language: `{ en = "...", ko = "..." }`."""
_TAG: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def by_language(text: InLanguages) -> dict[str, str]:
    """Give a text's versions by language.

    Examples
    --------
    >>> by_language("Tweets of 2016")
    {'en': 'Tweets of 2016'}
    """
    return {ENGLISH: text} if isinstance(text, str) else dict(text)


def check_languages(text: InLanguages, file: TomlFile, key: str) -> None:
    """Refuse a text that lacks its English version, or names a language as nobody does.

    Raises
    ------
    RuleInvalid : with file, line, key and remedy.
    """
    found = by_language(text)
    for language in found:
        if not _TAG.fullmatch(language):
            raise file.invalid(
                (key, language), f"{language!r} is not a language tag", "write en, ko, pt-BR or the like"
            )
    if ENGLISH not in found:
        raise file.invalid((key,), f"no English text, only {', '.join(found)}", f'add: {ENGLISH} = "..."')
