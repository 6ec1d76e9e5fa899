"""The sentences of the checks: written once, said with values, and found again in what was said.

The table findings and the certificate hold these sentences in English, and other
programs read them there. Who wants one in another language finds by `read` which
wording it was made of, and its values, and says it anew. A wording does both, so no
check can be reworded without its translations falling behind; a further column of
the table would have changed every certificate and told no more.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["JOINT", "Values", "Wording", "read"]

JOINT: Final = "; "
"""Stands between sentences that one text holds."""

Values = dict[str, int | str]

_PLACE: Final = re.compile(r"\{(\w+)(:,)?\}")
_NUMBER: Final = r"-?\d{1,3}(?:,\d{3})*"


@dataclass(frozen=True)
class Wording:
    """A sentence with places for its values: `{votes:,}` for a whole number, `{nominee}` for a text.

    Examples
    --------
    >>> needed = Wording("{voters:,} voters in {channel}")
    >>> needed(voters=71_429, channel="web")
    '71,429 voters in web'
    >>> needed.read("71,429 voters in web")
    {'voters': 71429, 'channel': 'web'}
    >>> needed.message
    '%(voters)s voters in %(channel)s'
    """

    english: str

    def __call__(self, **values: int | str) -> str:
        """Say the sentence."""
        return self.english.format(**values)

    @property
    def message(self) -> str:
        """The sentence as gettext's messages are written."""
        return _PLACE.sub(r"%(\1)s", self.english.replace("%", "%%"))

    def read(self, said: str) -> Values | None:
        """Give the values of a sentence, or None if it was not said by this wording."""
        found = self._pattern.fullmatch(said)
        if found is None:
            return None
        return {
            name: int(found[name].replace(",", "")) if is_number else found[name] for name, is_number in self.places
        }

    @cached_property
    def places(self) -> tuple[tuple[str, bool], ...]:
        """The names of the values, and whether each is a whole number."""
        return tuple((name, bool(mark)) for name, mark in _PLACE.findall(self.english))

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        parts, end = [], 0
        for place in _PLACE.finditer(self.english):
            parts += [re.escape(self.english[end : place.start()]), f"(?P<{place[1]}>{_NUMBER if place[2] else '.+?'})"]
            end = place.end()
        return re.compile("".join([*parts, re.escape(self.english[end:])]), re.DOTALL)


def read(said: str, wordings: Iterable[Wording]) -> list[tuple[Wording, Values]] | None:
    """Give the sentences of a text, each with its wording and values, or None if one is of no wording.

    The first wording that fits is taken, so those that say more stand first. A text
    is read whole only where it cannot be read in parts: a name may hold the joint.
    """
    known = list(wordings)
    parts = [_first(part, known) for part in said.split(JOINT)]
    if None in parts:
        parts = [_first(said, known)]
    return None if None in parts else [part for part in parts if part is not None]


def _first(said: str, wordings: Iterable[Wording]) -> tuple[Wording, Values] | None:
    for wording in wordings:
        values = wording.read(said)
        if values is not None:
            return wording, values
    return None
