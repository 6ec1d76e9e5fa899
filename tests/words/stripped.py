"""What a document says without its markup: the same in Markdown, in HTML and on a terminal."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

from plaudit.words.document import as_html, as_markdown, as_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plaudit.words.blocks import Block
    from plaudit.words.words import Words

__all__ = ["outputs", "text_of_html"]

_MARKDOWN = MarkdownIt("commonmark").enable("table")


class _Text(HTMLParser):
    """The text of a document, in which a block ends a word."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.text += "" if tag in {"bdi", "code", "strong", "em", "a"} else " "

    def handle_endtag(self, tag: str) -> None:
        self.text += "" if tag in {"bdi", "code", "strong", "em", "a"} else " "

    def handle_data(self, data: str) -> None:
        self.text += data


def text_of_html(html: str) -> str:
    """Give what HTML says."""
    found = _Text()
    found.feed(html)
    found.close()
    return _words(found.text)


def outputs(blocks: Iterable[Block], words: Words) -> dict[str, str]:
    """Give what a document says in each output, without markup, marks of lists and case of headings."""
    document = list(blocks)
    terminal = "\n".join(line.strip().removeprefix("- ") for line in as_text(document, words).splitlines())
    return {
        "markdown": text_of_html(_MARKDOWN.render(as_markdown(document, words))).upper(),
        "html": text_of_html(str(as_html(document, words))).upper(),
        "terminal": _words(terminal).upper(),
    }


def _words(text: str) -> str:
    return " ".join(text.split())
