"""Korean particles: the form that fits how a word ends when it is read aloud.

    방탄소년단은 · BTS는 · EXO가 · GOT7을 · 엔시티 127로

A particle has two forms, written as in a grammar: `은/는`, the first after a
consonant, the second after a vowel; `으로/로` takes its second also after ㄹ. Hangul
says how it ends. Digits and single Latin letters are read by their Korean names;
Latin words by rules of thumb, for which a name in Korean is the better source. Where
the ending cannot be known, both forms are given: `은(는)`.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final, Literal

__all__ = ["Ending", "ending", "josa", "particle"]

Ending = Literal["vowel", "consonant", "l", "unknown"]

_HANGUL_FIRST: Final = 0xAC00
_HANGUL_LAST: Final = 0xD7A3
_FINALS: Final = 28
_FINAL_L: Final = 8
_DIGITS: Final[dict[str, Ending]] = {
    "0": "consonant",
    "1": "l",
    "2": "vowel",
    "3": "consonant",
    "4": "vowel",
    "5": "vowel",
    "6": "consonant",
    "7": "l",
    "8": "l",
    "9": "vowel",
}
_LETTER_NAMES: Final[dict[str, Ending]] = {
    "l": "l",
    "m": "consonant",
    "n": "consonant",
}  # 엘, 엠, 엔; all others: vowels
_ASIDE: Final = re.compile(r"(?<=\S)\s*[(（\[][^()（）\[\]]*[)）\]]\s*$")
_WORD: Final = re.compile(r"[A-Za-z]+$")
_VOWELS: Final = frozenset("aeiouyw")
_BOTH: Final = {"으로/로": "(으)로", "이/": "(이)"}


def josa(word: str, forms: str) -> str:
    """Give a word with its particle.

    Examples
    --------
    >>> [josa(name, "은/는") for name in ("방탄소년단", "BTS", "NCT 127", "★")]
    ['방탄소년단은', 'BTS는', 'NCT 127은', '★은(는)']
    >>> josa("서울", "으로/로"), josa("EXO", "이/가")
    ('서울로', 'EXO가')
    """
    return word + particle(word, forms)


def particle(word: str, forms: str) -> str:
    """Give the form of a particle that fits a word, without the word.

    Raises
    ------
    ValueError : `forms` is not two forms with a slash between; a defect of a translation.
    """
    after_consonant, slash, after_vowel = forms.partition("/")
    if not slash:
        raise ValueError(f"{forms!r} is no particle; write both forms, as in 은/는")
    ends = ending(word)
    if ends == "unknown":
        return _BOTH.get(forms) or f"{after_consonant}({after_vowel})"
    if ends == "l":
        return after_vowel if forms == "으로/로" else after_consonant
    return after_vowel if ends == "vowel" else after_consonant


def ending(word: str) -> Ending:
    """Say how a word ends when a Korean reads it aloud; an aside in brackets is passed over."""
    bare = _ASIDE.sub("", unicodedata.normalize("NFC", word[-200:]))
    bare = bare.rstrip()
    while bare and not bare[-1].isalnum():
        bare = bare[:-1]
    if not bare:
        return "unknown"
    last = bare[-1]
    if _HANGUL_FIRST <= ord(last) <= _HANGUL_LAST:
        final = (ord(last) - _HANGUL_FIRST) % _FINALS
        return "vowel" if final == 0 else "l" if final == _FINAL_L else "consonant"
    if last in _DIGITS:
        return _DIGITS[last]
    if "\u3041" <= last <= "\u30ff":
        return "consonant" if last in "んン" else "vowel"
    latin = unicodedata.normalize("NFD", bare)
    found = _WORD.search("".join(letter for letter in latin if not unicodedata.combining(letter)))
    if found is None:
        return "unknown"
    is_accented = unicodedata.normalize("NFD", last) != last
    return "vowel" if is_accented and found[0][-1].lower() in _VOWELS else _latin(found[0])


def _latin(word: str) -> Ending:
    """Read capitals without a vowel, and single letters, letter by letter; else as a word."""
    lower = word.lower()
    if len(word) == 1 or (word.isupper() and not set(lower) & set("aeiouy")):
        return _LETTER_NAMES.get(lower[-1], "vowel")
    return _spoken(lower)


def _spoken(word: str) -> Ending:
    """Say how an English word ends in Korean: 말론, 아델, 벨벳, 핑크."""
    if word.endswith("e") and len(word) >= 3 and word[-2] in "lmn" and word[-3] in _VOWELS | set("bcdfgkptz"):
        word = word[:-1]  # a silent e: Malone, Adele
    last = word[-1]
    if last == "l":
        return "l"
    if last in "mn" or word.endswith("ng"):
        return "consonant"
    return "consonant" if _is_stopped(word) else "vowel"


def _is_stopped(word: str) -> bool:
    """Say whether the word closes with p, t or k after one short vowel: Velvet, Rock, Book."""
    if word[-1] not in "ptkc":
        return False
    stem = word[:-1]
    if stem and stem[-1] in "ptkc" and (stem[-1] == word[-1] or word.endswith("ck")):
        stem = stem[:-1]
    before = stem[-1:]
    if before not in _VOWELS - set("yw"):
        return False
    return stem.endswith("oo") or stem[-2:-1] not in _VOWELS
