"""What a check says: a verdict, the numbers found, and those expected."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final, Literal

from plaudit.words.message import Message, Several
from plaudit.words.sentence import Sentence, canonical_json, cited
from plaudit.words.spans import plain
from plaudit.words.words import SOURCE_LANGUAGE, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "ALARM_BELOW",
    "FAIL_BELOW",
    "MORE",
    "Judged",
    "Verdict",
    "finding",
    "in_english",
    "not_checked",
    "some",
]

Verdict = Literal["passes", "fails", "alarm", "not checked"]

ALARM_BELOW = Fraction(1, 10**4)
FAIL_BELOW = Fraction(1, 10**9)
"""What chance gives less often than this is an alarm, or a failure."""

MORE: Final = Sentence("findings.more", "and %(faults)s more")
"""What `some` says of the faults it leaves out."""

Said = Message | tuple[Message, ...]


@dataclass(frozen=True)
class Judged:
    """The outcome of a check.

    verdict : `passes`; `fails`, where the numbers cannot be right; `alarm`, where
        they need an explanation; `not checked`, where nothing can be said.
    found, expected : sentences that carry the numbers.
    """

    verdict: Verdict
    found: Said
    expected: Said

    @property
    def said_found(self) -> str:
        """What was found, in English."""
        return in_english(self.found)

    @property
    def said_expected(self) -> str:
        """What was expected, in English."""
        return in_english(self.expected)


def in_english(said: Said) -> str:
    """Give sentences as one text."""
    words = words_of(SOURCE_LANGUAGE)
    return plain(words.value(Several(_each(said))))


def _each(said: Said) -> tuple[Message, ...]:
    return said if isinstance(said, tuple) else (said,)


def not_checked(because: Said, expected: Said = ()) -> Judged:
    """Give the outcome of a check that has nothing to go on."""
    return Judged("not checked", because, expected)


def finding(check: str, subject: str, judged: Judged, repeat: str) -> dict[str, str]:
    """Give a row of the table findings; what was found and expected is codes and values in canonical JSON."""
    return {
        "check": check,
        "subject": subject,
        "verdict": judged.verdict,
        "found": canonical_json(cited(_each(judged.found))),
        "expected": canonical_json(cited(_each(judged.expected))),
        "repeat": repeat,
    }


def some(faults: Iterable[Message], most: int = 3) -> tuple[Message, ...]:
    """Give the first faults, and say how many more there are."""
    listed = list(faults)
    more = [MORE(faults=len(listed) - most)] if len(listed) > most else []
    return (*listed[:most], *more)
