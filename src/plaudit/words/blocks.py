"""A short document in blocks: headings, paragraphs, lists and tables of sentences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plaudit.words.message import Message, Said, Value

__all__ = ["Block", "Command", "Grid", "Heading", "Items", "Paragraph"]


@dataclass(frozen=True)
class Heading:
    """A heading of level 1 or below."""

    level: int
    text: Value


@dataclass(frozen=True)
class Paragraph:
    """Sentences one after the other; strong where nobody is to pass over them."""

    sentences: Said
    is_strong: bool = False


@dataclass(frozen=True)
class Items:
    """A list; each item is one sentence, or several one after the other."""

    items: Sequence[Said]


@dataclass(frozen=True)
class Grid:
    """A table; its first column names the row, and whole numbers stand to the right."""

    caption: Message
    columns: Sequence[Value]
    rows: Sequence[Sequence[Value]]


@dataclass(frozen=True)
class Command:
    """What is typed."""

    text: str


Block = Heading | Paragraph | Items | Grid | Command
