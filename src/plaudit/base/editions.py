"""Editions in their order: numbers as numbers, whatever stands around them."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["UNDERSTOOD", "edition_places"]

UNDERSTOOD: Final = "years (2018), ordinals (8th), numbers beside the same words (MAMA 9), Roman numerals (XII), dates"

_PIECE: Final = re.compile(r"\d+")
_DIGITS_MOST: Final = 18
_ORDINAL: Final = re.compile(r"(?<=\d)(st|nd|rd|th)\b")
_ROMAN: Final = re.compile(r"\b(?=[IVXLCDM])M{0,3}(CM|CD|D?C{0,3})(XC|XL|L?X{0,3})(IX|IV|V?I{0,3})$")
_VALUES: Final = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}


def edition_places(editions: Iterable[str]) -> dict[str, int] | None:
    """Give each edition's place, from 0; None where their names do not tell their order.

    Names tell it that are the same but for their numbers.

    Examples
    --------
    >>> edition_places(["10th", "8th", "9th"])
    {'8th': 0, '9th': 1, '10th': 2}
    >>> edition_places(["MAMA XII", "MAMA IX"])
    {'MAMA IX': 0, 'MAMA XII': 1}
    >>> edition_places(["8th", "2016"]) is None
    True
    """
    names = sorted(set(editions))
    if len(names) <= 1:
        return dict.fromkeys(names, 0)
    for parsed in (_numbered, _roman):
        found = {name: parsed(name) for name in names}
        told = [each for each in found.values() if each is not None]
        if len(told) == len(names) and len({shape for shape, _ in told}) == 1 and len(set(told)) == len(names):
            keys = {name: each[1] for name, each in found.items() if each is not None}
            return {name: place for place, name in enumerate(sorted(names, key=lambda name: keys[name]))}
    return None


def _numbered(name: str) -> tuple[str, tuple[int, ...]] | None:
    text = _ORDINAL.sub("th", unicodedata.normalize("NFKC", name).casefold())
    pieces = _PIECE.findall(text)
    if not pieces or any(len(digits) > _DIGITS_MOST for digits in pieces):  # int() refuses very long texts
        return None
    numbers = [int(digits) for digits in pieces]
    shape = " ".join(_PIECE.sub("0", text).split())
    year = next((place for place, number in enumerate(numbers) if 1800 <= number <= 2199), 0)
    if year and len(numbers) > 2:  # a day, a month and a year in that order, or the other
        return None
    return f"{shape} {year}", (numbers[year], *numbers[:year], *numbers[year + 1 :])


def _roman(name: str) -> tuple[str, tuple[int, ...]] | None:
    text = unicodedata.normalize("NFKC", name).strip()
    found = _ROMAN.search(text)
    if found is None or any(letter.isdigit() for letter in text):
        return None
    values = [_VALUES[letter] for letter in found[0]]
    after = [*values[1:], 0]
    total = sum(-value if value < following else value for value, following in zip(values, after, strict=True))
    return " ".join(text[: found.start()].casefold().split()), (total,)
