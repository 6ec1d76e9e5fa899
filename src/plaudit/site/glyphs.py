"""Whether this machine's fonts have the letters that pictures draw; a letter without one would be an empty box.

What a letter looks like is asked of the renderer itself, so the answer is about the
drawing and not about a list of installed files.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Final

import vl_convert

from plaudit.base.errors import NotInstalled
from plaudit.site.pictures import FONT
from plaudit.site.xml_text import xml_text

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["fonts_digest", "require_glyphs"]

_NOBODYS: Final = "\U0010fffe"
"""A letter that no font has: Unicode keeps it unused."""
_PROBE: Final = "Plaudit 1234567890 가나다힣 漢字 かな"
_CJK: Final = ("HANGUL", "CJK", "HIRAGANA", "KATAKANA", "BOPOMOFO", "FULLWIDTH", "IDEOGRAPHIC")
_EMOJI: Final = ("So", "Sk")


def require_glyphs(texts: Iterable[str]) -> None:
    """Refuse to draw texts that hold a letter for which there is no font.

    Raises
    ------
    NotInstalled : there is one; with the letter, the text it stands in, and the package that has it.
    """
    for text in texts:
        for letter in text:
            if not letter.isascii() and not _has_glyph(letter):
                name = unicodedata.name(letter, f"U+{ord(letter):04X}")
                package = _package(letter)
                raise NotInstalled(
                    f"no font here has the letter {letter!r} ({name}) of {text!r}, which a picture would draw",
                    f"install one and publish again: apt-get install {package}, or Noto from fonts.google.com/noto",
                    letter=letter,
                    package=package,
                )


@lru_cache
def fonts_digest() -> bytes:
    """Give a digest that changes with the fonts that pictures are drawn in."""
    return sha256(_drawn(_PROBE)).digest()


@lru_cache(65_536)
def _has_glyph(letter: str) -> bool:
    if unicodedata.combining(letter) or unicodedata.category(letter) in {"Cf", "Zs", "Cc"}:
        return True
    return _drawn(letter) != _drawn_without()


@lru_cache
def _drawn_without() -> bytes:
    return _drawn(_NOBODYS)


def _drawn(text: str) -> bytes:
    font = xml_text(FONT)
    made: bytes = vl_convert.svg_to_png(
        '<svg xmlns="http://www.w3.org/2000/svg" width="600" height="40">'
        f'<text x="4" y="30" font-family="{font}" font-size="26">{xml_text(text)}</text></svg>',
        scale=1,
        ppi=72,
    )
    return made


def _package(letter: str) -> str:
    """Give Debian's package of a font that has a letter."""
    if unicodedata.name(letter, "").startswith(_CJK):
        return "fonts-noto-cjk"
    return "fonts-noto-color-emoji" if unicodedata.category(letter) in _EMOJI else "fonts-noto-core"
