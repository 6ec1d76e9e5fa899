"""Share cards as drawings, 1200 × 630: what a link shows where somebody shares it.

A card is drawn as SVG and made a PNG by vl-convert, in the machine's own Noto Sans
CJK KR: the same machine gives the same bytes, another one's fonts may not.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import vl_convert

from plaudit.site.glyphs import require_glyphs
from plaudit.site.pictures import DARK, FONT
from plaudit.site.xml_text import xml_text
from plaudit.words.texts import clipped

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["HEIGHT", "WIDTH", "Card", "drawn", "png_of"]

WIDTH: Final = 1_200
HEIGHT: Final = 630
_LEFT: Final = 72
_ROOM: Final = WIDTH - 2 * _LEFT
_GROUND: Final = "#0f0f11"
_WARN: Final = ("#3a2f10", "#ffe2a0")
_CALM: Final = ("#1e1e21", "#b3b0a8")
_GOLD: Final = "#e9b92c"
_ROW: Final = 62


@dataclass(frozen=True)
class Card:
    """What a card says, from the top: kicker, the one large line, smaller lines or rows with numbers, and its label.

    is_warned : the label says that something is made up.
    """

    kicker: str
    large: str
    lines: Sequence[str]
    rows: Sequence[tuple[str, str]]
    label: str
    origin: str
    is_warned: bool


def drawn(card: Card) -> str:
    """Give a card as SVG.

    Raises
    ------
    NotInstalled : a letter of it has no font here.
    """
    texts = (card.kicker, card.large, card.label, card.origin)
    require_glyphs([*texts, *card.lines, *(text for row in card.rows for text in row)])
    ground, ink = _WARN if card.is_warned else _CALM
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{_GROUND}"/>',
        f'<rect width="14" height="{HEIGHT}" fill="{_GOLD}"/>',
        _text(card.kicker, 92, 34, _GOLD, 500),
        *(_row_card(card) if card.rows else _line_card(card)),
        f'<rect x="14" y="{HEIGHT - 84}" width="{WIDTH - 14}" height="84" fill="{ground}"/>',
        _text(card.label, HEIGHT - 33, 27, ink, 700, room=_ROOM * 62 // 100),
        _text(card.origin, HEIGHT - 33, 23, ink, 400, room=_ROOM * 36 // 100, at_end=True),
        "</svg>",
    ]
    return "".join(parts)


def png_of(svg: str) -> bytes:
    """Give a drawing as PNG."""
    made: bytes = vl_convert.svg_to_png(svg, scale=1, ppi=72)
    return made


def _line_card(card: Card) -> list[str]:
    parts = [_text(card.large, 270, 130, DARK["ink"], 700)]
    for place, line in enumerate(card.lines[:3]):
        parts.append(_text(line, 356 + 58 * place, 40, DARK["ink"] if place == 0 else DARK["quiet"], 500))
    return parts


def _row_card(card: Card) -> list[str]:
    parts = [_text(card.large, 166, 58, DARK["ink"], 700)]
    for place, (number, name) in enumerate(card.rows[:5]):
        y = 244 + _ROW * place
        parts.append(_text(number, y, 42, _GOLD, 700, room=70))
        parts.append(_text(name, y, 42, DARK["ink"], 700 if place == 0 else 500, left=_LEFT + 84))
    return parts


def _text(
    text: str, y: int, size: int, colour: str, weight: int, *, room: int = 0, left: int = _LEFT, at_end: bool = False
) -> str:
    """Give one line of text, made smaller down to half its size and then cut, so that it fits."""
    room = room or WIDTH - _LEFT - left
    shown = clipped(" ".join(text.split()), 120)
    while _width(shown) * size > room * 1_000 * 2 and len(shown) > 1:
        shown = clipped(shown, len(shown) - 2)
    wanted = _width(shown) * size // 1_000
    fitted = size if wanted <= room else size * room // wanted
    where = f'x="{WIDTH - _LEFT}" text-anchor="end"' if at_end else f'x="{left}"'
    return (
        f'<text {where} y="{y}" font-family="{xml_text(FONT)}" font-size="{fitted}" font-weight="{weight}" '
        f'fill="{colour}">{xml_text(shown)}</text>'
    )


def _width(text: str) -> int:
    """Give about how wide a text is, in thousandths of its size; rather too wide."""
    return sum(_letter_width(letter) for letter in text)


def _letter_width(letter: str) -> int:
    if unicodedata.east_asian_width(letter) in "WF":
        return 1_000
    if unicodedata.combining(letter):
        return 0
    return 700 if letter.isupper() or letter in "mwMW@%" else 580
