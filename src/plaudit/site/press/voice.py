"""How a sentence of the press kit writes what comes from the data: as HTML, or as Markdown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from plaudit.words.awards import prize
from plaudit.words.spans import in_markdown
from plaudit.words.texts import N_, bdi

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from markupsafe import Markup

    from plaudit.words.words import Words

__all__ = ["Voice", "html_voice", "markdown_voice"]

_ORDINALS: Final = (
    N_("second"),
    N_("third"),
    N_("fourth"),
    N_("fifth"),
    N_("sixth"),
    N_("seventh"),
    N_("eighth"),
    N_("ninth"),
)
_NAMED_MOST: Final = 12
_ENDINGS: Final = {1: N_("%(n)sst"), 2: N_("%(n)snd"), 3: N_("%(n)srd")}


@dataclass(frozen=True)
class Voice:
    """One language in one format.

    mark : text from the data as the format shows it.
    foreign : the same of a text in another language, which is its second argument; without it, as `mark` does.
    """

    words: Words
    mark: Callable[[str], Markup]
    foreign: Callable[[str, str], Markup] | None = None

    def say(self, message: str, **values: object) -> Markup:
        """Give a sentence."""
        return self.words.text(message, **values)

    def name(self, names: Mapping[str, str]) -> Markup:
        """Give an artist's name in this language."""
        return self.mark(self.words.name(names))

    def own(self, texts: Mapping[str, str]) -> Markup:
        """Give a text of the season in this language, or the English one, marked as such where the format can."""
        language, text = self.words.shown(texts)[0]
        if language == self.words.language or self.foreign is None:
            return self.mark(text)
        return self.foreign(text, language)

    def people(self, artists: Iterable[Mapping[str, str]]) -> Markup:
        """Give several artists as one phrase."""
        return self.words.list([self.name(names) for names in artists])

    def beaten(self, artists: Sequence[Mapping[str, str]]) -> Markup:
        """Give those who did not win: by name, or by number where nobody would read the names."""
        if len(artists) > _NAMED_MOST:
            return self.words.count("%(n)s other nominee", "%(n)s other nominees", len(artists))
        return self.people(artists)

    def number(self, value: int) -> str:
        """Give a number as the language writes it."""
        return self.words.number(value)

    def ordinal(self, n: int) -> Markup:
        """Give a number that counts places: in words where newspapers use words."""
        if 2 <= n < 2 + len(_ORDINALS):
            return self.words.text(_ORDINALS[n - 2])
        is_teen = n // 10 % 10 == 1
        return self.words.text(N_("%(n)sth") if is_teen else _ENDINGS.get(n % 10, N_("%(n)sth")), n=self.number(n))

    def edition(self, edition: str) -> Markup:
        """Give an edition's name, as a year where it is one."""
        if re.fullmatch(r"[0-9]{4}", edition):
            return self.words.text("%(year)s", year=edition)
        return self.mark(edition)

    def prize(self, award: str, edition: str) -> Markup:
        """Give what was won in an edition of an award."""
        return prize(self.words, award, edition, self.mark)


def html_voice(words: Words) -> Voice:
    """Give a language as HTML."""
    return Voice(words, bdi, lambda text, language: bdi(text, language=language))


def markdown_voice(words: Words) -> Voice:
    """Give a language as Markdown."""
    return Voice(words, in_markdown)
