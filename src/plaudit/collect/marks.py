"""Numbers as offices write them: a mark before the decimals, another between thousands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from plaudit.collect.raw import Unread

if TYPE_CHECKING:
    from plaudit.rulebook.sources import Source

__all__ = ["Marks"]

_ALIKE: Final = {" ": " \u00a0\u202f\u2009", "'": "'\u2019"}
"""Marks that programs write in several ways: the blank is often one that does not break a line."""


@dataclass(frozen=True)
class Marks:
    """The marks that a source declares for its numbers."""

    decimal: str = ""
    thousands: str = ""

    @classmethod
    def of(cls, source: Source) -> Marks:
        """Give the marks that a source declares."""
        return cls(source.decimal, source.thousands)

    def __bool__(self) -> bool:
        """Say whether any is declared."""
        return bool(self.decimal or self.thousands)

    def plain(self, value: Any) -> Any:
        """Give a text of a number in plain digits with a point; what is no such number stays as it is.

        Thousands stand in groups of three, or, as in India, of two and a last one of three.

        Examples
        --------
        >>> Marks(",", ".").plain("1.234.567,0"), Marks(thousands=",").plain("12,34,567")
        ('1234567.0', '1234567')
        >>> Marks(thousands=",").plain("1,23")
        '1,23'
        """
        if not isinstance(value, str):
            return value
        text = value.strip()
        found = _number(self._decimal, self.thousands).fullmatch(text)
        if found is None:
            # a point that marks no decimals must not be taken for one later
            return Unread("not a whole number", repr(text[:80])) if "." in text and self._decimal != "." else value
        whole = "".join(letter for letter in found["whole"] if letter.isdigit())
        rest = (found["rest"] or "").rstrip("0")
        return f"{found['sign']}{whole}" + (f".{rest or '0'}" if found["rest"] else "")

    @property
    def _decimal(self) -> str:
        return self.decimal or ("," if self.thousands == "." else ".")


@lru_cache(maxsize=64)
def _number(decimal: str, thousands: str) -> re.Pattern[str]:
    mark = f"[{re.escape(_ALIKE.get(thousands, thousands))}]" if thousands else ""
    grouped = rf"[0-9]{{1,3}}(?:{mark}[0-9]{{3}})+|[0-9]{{1,2}}(?:{mark}[0-9]{{2}})+{mark}[0-9]{{3}}|" if mark else ""
    return re.compile(rf"(?P<sign>-?)(?P<whole>{grouped}[0-9]+)(?:{re.escape(decimal)}(?P<rest>[0-9]+))?")
