"""Blocks as a document in one language: Markdown, a fragment of HTML, or text for a terminal.

All three are made from the same spans, so they say the same.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

from markupsafe import Markup, escape

from plaudit.words.blocks import Block, Command, Grid, Heading, Items, Paragraph

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from plaudit.words.words import Words

__all__ = ["as_html", "as_markdown", "as_text"]

_WIDTH: Final = 80


def as_markdown(blocks: Iterable[Block], words: Words) -> str:
    r"""Give blocks as Markdown in which every text is text.

    Examples
    --------
    >>> from plaudit.words.words import words_of
    >>> as_markdown([Heading(2, "Won by *NSYNC"), Command("plaudit verify FOLDER")], words_of("en"))
    '## Won by \\*NSYNC\n\n    plaudit verify FOLDER\n'
    """
    return "\n\n".join(_markdown(block, words) for block in blocks) + "\n"


def as_html(blocks: Iterable[Block], words: Words) -> Markup:
    r"""Give blocks as a fragment of HTML, without style or script.

    Examples
    --------
    >>> from plaudit.words.words import words_of
    >>> as_html([Paragraph("<b>")], words_of("en"))
    Markup('<p><bdi>&lt;b&gt;</bdi></p>\n')
    """
    return Markup("\n").join(_html(block, words) for block in blocks) + "\n"


def as_text(blocks: Iterable[Block], words: Words) -> str:
    """Give blocks as text for a terminal of 80 columns; headings stand to the left of what they head."""
    return "\n\n".join(_text(block, words) for block in blocks) + "\n"


def _markdown(block: Block, words: Words) -> str:
    shown = words.markdown
    match block:
        case Heading(level, text):
            return f"{'#' * level} {shown(text)}"
        case Paragraph(said, is_strong):
            return f"**{shown(said)}**" if is_strong else shown(said)
        case Items(items):
            return "\n".join(f"- {shown(item)}" for item in items)
        case Grid(caption, columns, rows):
            marks = ["--:" if _is_number(block, column) else "---" for column in range(len(columns))]
            lines = [[shown(name) for name in columns], marks, *([shown(cell) for cell in row] for row in rows)]
            return f"{shown(caption)}\n\n" + "\n".join(f"| {' | '.join(line)} |" for line in lines)
        case Command(text):
            return "\n".join(f"    {line}" for line in text.splitlines())


def _html(block: Block, words: Words) -> Markup:
    shown = words.html
    match block:
        case Heading(level, text):
            return Markup("<h{0}>{1}</h{0}>").format(level, shown(text))
        case Paragraph(said, is_strong):
            text = Markup("<strong>{}</strong>").format(shown(said)) if is_strong else shown(said)
            return Markup("<p>{}</p>").format(text)
        case Items(items):
            return Markup("<ul>\n{}\n</ul>").format(_joined("<li>{}</li>", map(shown, items), "\n"))
        case Grid(caption, columns, rows):
            head = _joined('<th scope="col">{}</th>', map(shown, columns))
            body = Markup("\n").join(
                Markup('<tr><th scope="row">{}</th>{}</tr>').format(
                    shown(first), _joined("<td>{}</td>", map(shown, rest))
                )
                for first, *rest in rows
            )
            return Markup(
                "<table>\n<caption>{}</caption>\n<thead><tr>{}</tr></thead>\n<tbody>\n{}\n</tbody>\n</table>"
            ).format(shown(caption), head, body)
        case Command(text):
            return Markup("<pre><code>{}</code></pre>").format(escape(text))


def _joined(form: str, items: Iterable[Markup], between: str = "") -> Markup:
    return Markup(between).join(Markup(form).format(item) for item in items)  # noqa: S704  # our own tags


def _text(block: Block, words: Words) -> str:
    shown = words.plain
    match block:
        case Heading(level, text):
            return shown(text).upper() if level == 1 else shown(text)
        case Paragraph(said, _):
            return _wrapped(shown(said), "  ")
        case Items(items):
            return "\n".join(_wrapped(shown(item), "  - ") for item in items)
        case Grid(caption, columns, rows):
            lines = [[shown(cell) for cell in line] for line in (columns, *rows)]
            return _wrapped(shown(caption), "  ") + "\n" + _aligned(lines, block)
        case Command(text):
            return "\n".join(f"      {line}" for line in text.splitlines())


def _aligned(lines: Sequence[Sequence[str]], grid: Grid) -> str:
    widths = [max(map(_columns, column)) for column in zip(*lines, strict=True)]
    pad: list[Callable[[str, int], str]] = [_right if _is_number(grid, at) else _left for at in range(len(widths))]
    return "\n".join(
        "  " + "  ".join(pad[at](cell, widths[at]) for at, cell in enumerate(line)).rstrip() for line in lines
    )


def _left(text: str, width: int) -> str:
    return text + " " * (width - _columns(text))


def _right(text: str, width: int) -> str:
    return " " * (width - _columns(text)) + text


def _wrapped(text: str, start: str) -> str:
    """Break a text between words so that it fits the width; Korean letters are two columns wide."""
    lines, indent = [start], " " * len(start)
    for word in text.split(" "):
        if lines[-1].strip(" -") and _columns(lines[-1]) + _columns(word) >= _WIDTH:
            lines.append(indent)
        lines[-1] += word if lines[-1] in (start, indent) else f" {word}"
    return "\n".join(lines)


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _is_number(grid: Grid, column: int) -> bool:
    return bool(grid.rows) and all(isinstance(row[column], int) for row in grid.rows)
