"""What the sentences of a rule are made up of: sections, each a heading and what stands below it."""

from __future__ import annotations

from collections.abc import Sequence

from plaudit.words.message import Message, Value

__all__ = ["Section", "Sentences"]

Sentences = Value | tuple[Value, ...]
"""One sentence, or several that stand together."""
Section = tuple[Message, Sequence[Sentences]]
"""A heading and what stands below it."""
