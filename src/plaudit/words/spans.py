"""A sentence in one language, in pieces: words, text of the data, and codes, each written its own way by a format."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from markupsafe import Markup, escape

from plaudit.words.texts import bdi, clipped, code

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["Span", "html", "in_markdown", "markdown", "plain"]

_LETTERS: Final = 4_000
_MARKUP: Final = re.compile(r"([\\`*_\[\]<>|~#&])")
_MARKUP_OF_DATA: Final = re.compile(r"([\\`*_{}\[\]<>&#|~^$@!])")
_LISTED: Final = re.compile(r"^(\d+(?=[.)])|(?=[-+=]))")
_ADDRESS: Final = re.compile(r"(?i)(://|www\.)")
_STEERING: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
_TURNED: Final = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_SPACES: Final = re.compile(r"\s+")
_CODE: Final = re.compile(r"[\w@.:/+ -]+")


@dataclass(frozen=True)
class Span:
    """A piece of a sentence.

    kind : `words` of the language, text of the `data`, a `code`, or an `address` on the web
    language : of the text, where it is not the reader's
    """

    text: str
    kind: Literal["words", "data", "code", "address"] = "words"
    language: str = ""


def plain(spans: Iterable[Span]) -> str:
    """Give a sentence as text for a terminal: one line, and nothing that steers the terminal."""
    return "".join(_tidy(span.text) for span in spans)


def html(spans: Iterable[Span]) -> Markup:
    """Give a sentence as HTML; text of the data is set apart from the direction around it."""
    write: dict[str, Callable[[Span], Markup]] = {
        "words": lambda span: escape(span.text),
        "data": lambda span: bdi(span.text, _LETTERS, span.language),
        "code": lambda span: code(span.text, _LETTERS),
        "address": lambda span: Markup('<a href="{0}">{0}</a>').format(span.text),
    }
    return Markup("").join(write[span.kind](span) for span in spans)


def markdown(spans: Iterable[Span]) -> str:
    r"""Give a sentence as one line of Markdown that shows it letter by letter.

    Examples
    --------
    >>> markdown([Span("First is "), Span("*NSYNC", "data"), Span(".")])
    'First is \\*NSYNC.'
    """
    write: dict[str, Callable[[Span], str]] = {
        "words": lambda span: _MARKUP.sub(r"\\\1", span.text),
        "data": lambda span: in_markdown(span.text, _LETTERS),
        "code": lambda span: f"`{span.text}`" if _CODE.fullmatch(span.text) else in_markdown(span.text, _LETTERS),
        "address": lambda span: f"<{span.text}>",
    }
    return _LISTED.sub(r"\1\\", "".join(write[span.kind](span) for span in spans))


def in_markdown(text: str, letters: int = 160) -> Markup:
    r"""Give text from the data so that Markdown shows it letter by letter, on one line.

    Letters that only steer direction are left out; text of the other direction is set apart.

    Examples
    --------
    >>> print(in_markdown("*NSYNC <b> [x](http://y)"))
    \*NSYNC \<b\> \[x\](http\://y)
    """
    shown = _MARKUP_OF_DATA.sub(r"\\\1", _tidy(clipped(text, letters)).strip())
    shown = _ADDRESS.sub(lambda found: found[0].replace(":", "\\:").replace(".", "\\."), shown)
    shown = _LISTED.sub(r"\1\\", shown)
    if _TURNED.search(shown):
        shown = f"\u2068{shown}\u2069"
    return Markup(shown)  # noqa: S704  # no HTML: what Markdown would read as such is escaped


def _tidy(text: str) -> str:
    spaced = _SPACES.sub(" ", _STEERING.sub("", text))
    return "".join("\ufffd" if unicodedata.category(letter) in {"Cc", "Cs"} else letter for letter in spaced)
