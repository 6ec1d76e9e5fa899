"""Texts that look alike and are not the same: which are near each other, and what tells them apart."""

from __future__ import annotations

import difflib
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

__all__ = [
    "NearMiss",
    "by_look",
    "code_points",
    "look",
    "meant",
    "near_misses",
    "near_path",
    "shown_exactly",
    "told_apart",
]

_POINTS_MOST: Final = 12
_NEAR: Final = 0.7
"""How much of two names must agree for one to be taken for the other, as difflib counts it."""
_LIKE: Final = {
    "a": "аαɑ",
    "b": "вβь",
    "c": "сϲ",
    "d": "ԁ",
    "e": "еєε",
    "h": "нһη",
    "i": "іιıl1|ӏ",
    "j": "јϳ",
    "k": "кκ",
    "m": "м",
    "n": "ν",
    "o": "оο0օøσ",
    "p": "рρ",
    "q": "ԛ",
    "s": "ѕ",
    "t": "тτ",
    "u": "υս",
    "w": "ԝ",
    "x": "хχ×",
    "y": "уγүч",
    "z": "ζ",
    "3": "з",
    "-": "\u2010\u2011\u2012\u2013\u2014\u2212_ー一",
    "'": "\u2018\u2019\u02bc`´",
    '"': "\u201c\u201d",
    ".": "·•・․",
}
"""By the character that stands for all of them: letters of other scripts, digits and marks that look like it."""
_ALIKE: Final = {ord(other): letter for letter, others in _LIKE.items() for other in others}
_FILLERS: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u3164\uffa0")


@dataclass(frozen=True, order=True)
class NearMiss:
    """An id that somebody wrote and nobody declared, and the declared one that it resembles.

    how : what they differ in: case, blanks, invisible characters, width or form, look-alike letters.
    """

    found: str
    declared: str
    how: str

    def __str__(self) -> str:
        return f"{told_apart(self.found, self.declared)}; they differ only in {self.how}"


def code_points(text: str) -> str:
    r"""Give the code points of a text, as Unicode writes them.

    Examples
    --------
    >>> code_points("BTS\u200b")
    'U+0042 U+0054 U+0053 U+200B'
    """
    some = " ".join(f"U+{ord(letter):04X}" for letter in text[:_POINTS_MOST])
    return some + (" …" if len(text) > _POINTS_MOST else "")


def shown_exactly(text: str) -> str:
    """Give a text with its code points, for messages about texts that look alike.

    Examples
    --------
    >>> shown_exactly("BTS")
    'BTS (U+0042 U+0054 U+0053)'
    """
    return f"{text} ({' '.join(f'U+{ord(letter):04X}' for letter in text)})"


def told_apart(found: str, declared: str) -> str:
    """Say that one text is not the other, with code points where the eye cannot tell."""
    if found.isascii() and declared.isascii():
        return f"{found!r} is not {declared!r}"
    return f"{found!r} ({code_points(found)}) is not {declared!r} ({code_points(declared)})"


def near_misses(found: Iterable[str], declared: Iterable[str]) -> list[NearMiss]:
    """Give each id that is not declared and resembles one that is, in their order.

    Examples
    --------
    >>> [(miss.found, miss.declared, miss.how) for miss in near_misses(["bts", "Exo", "tv xq"], ["bts", "exo", "tvxq"])]
    [('Exo', 'exo', 'case'), ('tv xq', 'tvxq', 'blanks')]
    """
    known = set(declared)
    alike = by_look(known)
    return [
        NearMiss(name, other, _difference(name, other))
        for name in sorted(set(found) - known)
        for other in alike.get(look(name), [])
    ]


def by_look(names: Iterable[str]) -> dict[str, list[str]]:
    """Give names, in order, by what a hurried eye sees of them."""
    alike: dict[str, list[str]] = {}
    for name in sorted(set(names)):
        alike.setdefault(look(name), []).append(name)
    return alike


def meant(asked: str, known: Iterable[str], otherwise: str, *, cutoff: float = _NEAR) -> str:
    """Give what to do about a name that nobody has: ask whether a near one was meant, or else something else.

    Examples
    --------
    >>> meant("bbma-2081@1", ["bbma-2018@1", "mama-2024@1"], "see plaudit rules list")
    "did you mean 'bbma-2018@1'?"
    >>> meant("grammys@1", ["bbma-2018@1", "mama-2024@1"], "see plaudit rules list")
    'see plaudit rules list'
    """
    near = _near(asked, known, cutoff)
    return _asked(near) if near else otherwise


def _near(asked: str, known: Iterable[str], cutoff: float = _NEAR) -> list[str]:
    alike = by_look(known)
    names = [name for group in alike.values() for name in group]
    return alike.get(look(asked)) or difflib.get_close_matches(asked, sorted(names), n=2, cutoff=cutoff)


def _asked(near: Iterable[str]) -> str:
    return f"did you mean {' or '.join(map(repr, near))}?"


def near_path(path: Path, otherwise: str, *, holds: str = "") -> str:
    """Give what to do about a file or folder that is not there, as `meant` does; the names beside it are known.

    Parameters
    ----------
    holds : the file that makes a folder one of those that could be meant
    """
    try:
        found = [one for one in path.parent.iterdir() if not one.name.startswith(".") and one != path]
        known = [one.name for one in found if not holds or (one / holds).is_file()]
    except OSError:
        return otherwise
    near = _near(path.name, known)  # by name: whole paths in one folder are all alike
    return _asked([path.with_name(name).as_posix() for name in near]) if near else otherwise


def _difference(one: str, other: str) -> str:
    ways: tuple[tuple[str, Callable[[str], str]], ...] = (
        ("case", str.casefold),
        ("blanks", lambda text: "".join(text.split())),
        ("invisible characters", _visible),
        ("width or form", lambda text: unicodedata.normalize("NFKC", text)),
        ("accents", _bare),
    )
    return next((how for how, fold in ways if fold(one) == fold(other)), "letters that look alike")


def look(text: str) -> str:
    """Give what a hurried eye sees of a text: one form and case, no blanks or accents, one of those that look alike."""
    folded = _bare(_visible(unicodedata.normalize("NFKC", text))).casefold()
    return "".join(folded.split()).translate(_ALIKE)


def _visible(text: str) -> str:
    return "".join(letter for letter in text if not _is_unseen(letter))


def _is_unseen(letter: str) -> bool:
    if letter.isspace():
        return False
    is_selector = "\ufe00" <= letter <= "\ufe0f" or letter in _FILLERS
    return is_selector or unicodedata.category(letter) in {"Cf", "Cc"}


def _bare(text: str) -> str:
    letters = (letter for letter in unicodedata.normalize("NFD", text) if not "\u0300" <= letter <= "\u036f")
    return unicodedata.normalize("NFC", "".join(letters))
