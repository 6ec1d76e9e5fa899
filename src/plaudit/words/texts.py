"""Text from the data, made fit to stand on a page."""

from __future__ import annotations

import unicodedata
from typing import Final
from urllib.parse import urlsplit

from markupsafe import Markup, escape

__all__ = ["N_", "bdi", "clipped", "code", "sourced"]

_LETTERS: Final = 160
_JOINERS: Final = "\u200d\ufe0f"


def N_(message: str) -> str:  # noqa: N802  # gettext's own name for it
    """Mark a message for translation where it is written down; it is looked up where it is shown."""
    return message


def clipped(text: str, letters: int = _LETTERS) -> str:
    """Give a text cut to a number of letters, with a mark where it was cut.

    Control characters, which HTML cannot hold, are shown as the replacement character.

    Examples
    --------
    >>> clipped("FAKE LOVE", 5)
    'FAKE…'
    """
    shown = text
    if len(text) > letters:
        shown = text[:letters]
        while shown and (unicodedata.combining(shown[-1]) or shown[-1] in _JOINERS or shown[-1].isspace()):
            shown = shown[:-1]
        shown += "…"
    return "".join("\ufffd" if unicodedata.category(letter) in {"Cc", "Cs"} else letter for letter in shown)


def bdi(text: str, letters: int = _LETTERS, language: str = "") -> Markup:
    """Give text from the data, isolated from the direction of the text around it.

    Parameters
    ----------
    language : the text's, where it is not that of the page
    """
    if language:
        return Markup('<bdi lang="%s">%s</bdi>') % (language, clipped(text, letters))
    return Markup("<bdi>%s</bdi>") % clipped(text, letters)


def code(text: str, letters: int = _LETTERS) -> Markup:
    """Give a name that the data use: an id, a key, a citation; no reader's language has another word for it."""
    return Markup('<code translate="no">%s</code>') % clipped(text, letters)


def sourced(source: str) -> Markup:
    """Give who says something, several with semicolons between; an address is a link that shows its site.

    Examples
    --------
    >>> sourced("https://www.example.org/news/1; a newspaper")
    Markup('<a href="https://www.example.org/news/1" rel="noreferrer">example.org</a>; <bdi>a newspaper</bdi>')
    """
    return Markup("; ").join(_linked(one) for one in source.split("; "))


def _linked(source: str) -> Markup:
    if not source.startswith(("http://", "https://")) or " " in source:
        return bdi(source, 200)
    host = urlsplit(source).netloc.removeprefix("www.")
    return Markup('<a href="%s" rel="noreferrer">%s</a>') % (source, escape(clipped(host)))
