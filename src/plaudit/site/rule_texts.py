"""What rules say in words of their own: the shipped ones' can be translated, a season's own stand as written.

The texts of shipped rules are messages like any other, but they stand in the rule
files alone: `shipped_texts` reads them there, for the catalogue's tests.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plaudit.rulebook.counting_rule import CountingRule
from plaudit.rulebook.library import RuleLibrary
from plaudit.rulebook.purge_rule import PurgeRule
from plaudit.words.texts import bdi, code
from plaudit.words.words import SOURCE_LANGUAGE

if TYPE_CHECKING:
    from markupsafe import Markup

    from plaudit.rulebook.library import Rule
    from plaudit.words.words import Words

__all__ = ["own_words", "shipped_texts", "texts_of", "titled"]

_LETTERS: Final = 4_000


def own_words(words: Words, text: str, letters: int = _LETTERS) -> Markup:
    """Give what a rule or a season says, translated where there are words for it, or else marked as English."""
    said = words.title(text)
    is_foreign = said == text and words.language != SOURCE_LANGUAGE
    return bdi(said, letters, SOURCE_LANGUAGE if is_foreign else "")


def titled(words: Words, title: str, name: str) -> Markup:
    """Give a rule's or a source's title with its id beside it, or the id alone where there is no title."""
    return own_words(words, title) + " " + code(name) if title else code(name)


def texts_of(rule: Rule) -> list[str]:
    """Give what a rule says in words of its own.

    Its title, its reason, what its voters are told, what its channels are called, and what no source says.
    """
    told = [rule.told] if isinstance(rule, PurgeRule) else []
    channels = [channel.name for channel in rule.channel] if isinstance(rule, CountingRule) else []
    return [rule.title, rule.because, *told, *channels, *rule.not_found.values()]


def shipped_texts() -> set[str]:
    """Give the texts of every shipped rule."""
    return {text for cited in RuleLibrary() for text in texts_of(cited.rule)}
