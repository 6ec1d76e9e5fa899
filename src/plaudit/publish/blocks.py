"""A short document as plain blocks, and the same blocks as Markdown and as a fragment of HTML."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import singledispatch
from html import escape
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["Block", "Command", "Grid", "Heading", "Items", "Paragraph", "as_html", "as_markdown", "plain"]


@dataclass(frozen=True)
class Heading:
    """A heading of level 2 or below."""

    level: int
    text: str


@dataclass(frozen=True)
class Paragraph:
    """Sentences."""

    text: str
    is_strong: bool = False


@dataclass(frozen=True)
class Items:
    """A list."""

    texts: Sequence[str]


@dataclass(frozen=True)
class Grid:
    """A table; its first column names the row, and whole numbers stand to the right."""

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str | int]]


@dataclass(frozen=True)
class Command:
    """What is typed."""

    text: str


Block = Heading | Paragraph | Items | Grid | Command

_ADDRESS: Final = re.compile(r"(?i)(://|www\.)")
_MARKUP: Final = re.compile(r"([\\`*_\[\]<>|~#&])")


def as_markdown(blocks: Iterable[Block]) -> str:
    r"""Give blocks as Markdown in which every text is text.

    Examples
    --------
    >>> as_markdown([Heading(2, "Won by *NSYNC"), Command("plaudit verify FOLDER")])
    '## Won by \\*NSYNC\n\n    plaudit verify FOLDER\n'
    """
    return "\n\n".join(_markdown(block) for block in blocks) + "\n"


def as_html(blocks: Iterable[Block]) -> str:
    r"""Give blocks as a fragment of HTML, without style or script.

    Examples
    --------
    >>> as_html([Paragraph("<b>")])
    '<p>&lt;b&gt;</p>\n'
    """
    return "\n".join(_html(block) for block in blocks) + "\n"


@singledispatch
def _markdown(block: Any) -> str:
    raise TypeError(f"no Markdown for {type(block).__name__}")


@_markdown.register
def _(block: Heading) -> str:
    return f"{'#' * block.level} {plain(block.text)}"


@_markdown.register
def _(block: Paragraph) -> str:
    return f"**{plain(block.text)}**" if block.is_strong else plain(block.text)


@_markdown.register
def _(block: Items) -> str:
    return "\n".join(f"- {plain(text)}" for text in block.texts)


@_markdown.register
def _(block: Grid) -> str:
    marks = ["--:" if _is_number(block, column) else "---" for column in range(len(block.columns))]
    lines = [[plain(name) for name in block.columns], marks]
    lines += [[plain(_text(value)) for value in row] for row in block.rows]
    return plain(block.caption) + "\n\n" + "\n".join(f"| {' | '.join(line)} |" for line in lines)


@_markdown.register
def _(block: Command) -> str:
    return "\n".join(f"    {line}" for line in block.text.splitlines())


def plain(text: str) -> str:
    r"""Give text so that Markdown shows it letter by letter: one line, and no mark that means anything.

    Examples
    --------
    >>> print(plain("*NSYNC [x](javascript:alert(1)) <b> https://y"))
    \*NSYNC \[x\](javascript:alert(1)) \<b\> https\://y
    """
    escaped = _MARKUP.sub(r"\\\1", " ".join(text.split()))
    escaped = _ADDRESS.sub(lambda found: found[0].replace(":", "\\:").replace(".", "\\."), escaped)
    return re.sub(r"^([-+]|\d+[.)])(?= |$)", _first_mark, escaped)


def _first_mark(found: re.Match[str]) -> str:
    return found[0][:-1] + "\\" + found[0][-1]


@singledispatch
def _html(block: Any) -> str:
    raise TypeError(f"no HTML for {type(block).__name__}")


@_html.register
def _(block: Heading) -> str:
    return f"<h{block.level}>{escape(block.text)}</h{block.level}>"


@_html.register
def _(block: Paragraph) -> str:
    text = escape(block.text)
    return f"<p><strong>{text}</strong></p>" if block.is_strong else f"<p>{text}</p>"


@_html.register
def _(block: Items) -> str:
    return "<ul>\n" + "\n".join(f"<li>{escape(text)}</li>" for text in block.texts) + "\n</ul>"


@_html.register
def _(block: Grid) -> str:
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in block.columns)
    lines = ["<table>", f"<caption>{escape(block.caption)}</caption>", f"<thead><tr>{head}</tr></thead>", "<tbody>"]
    for first, *rest in block.rows:
        cells = "".join(f"<td>{escape(_text(value))}</td>" for value in rest)
        lines.append(f'<tr><th scope="row">{escape(_text(first))}</th>{cells}</tr>')
    return "\n".join([*lines, "</tbody>", "</table>"])


@_html.register
def _(block: Command) -> str:
    return f"<pre><code>{escape(block.text)}</code></pre>"


def _text(value: str | int) -> str:
    return value if isinstance(value, str) else f"{value:,}"


def _is_number(block: Grid, column: int) -> bool:
    return bool(block.rows) and all(isinstance(row[column], int) for row in block.rows)
