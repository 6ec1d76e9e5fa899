"""Queries compiled once: expressions of one shape become one SQL text, whatever their staged tables are called.

Compiling is half the time that a small season takes, and a process that walks many of them, or one
of them again, asks for the same queries.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import ibis.expr.operations as ops
from ibis.common.graph import Node

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import ibis

__all__ = ["Compiled"]

_MOST: Final = 2_000
_PASSING: Final = re.compile(r"staged_\d+|ibis_\w*memtable_\w+")
"""Names of tables that live as long as an expression; a query is kept without them."""
_QUOTED: Final = re.compile(rf'"({_PASSING.pattern})"')


class Compiled:
    """The queries compiled so far, by the shape of their expression; when there are `most`, all are let go."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._queries: dict[tuple[Any, ...], str] = {}

    def query(self, compile_: Callable[..., str], expression: ibis.Table, **options: Any) -> str:
        """Give the SQL of an expression; `compile_` makes it where none of its shape was compiled."""
        shape, names = _shape(expression.op())
        key = (*sorted(options.items()), *shape)
        if held := self._queries.get(key):
            return held.format(*names)
        if len(self._queries) >= self._most:
            self._queries.clear()
        text = compile_(expression, **options)
        places = {name: f'"{{{number}}}"' for number, name in enumerate(names)}
        self._queries[key] = _QUOTED.sub(lambda found: places.get(found[1], found[0]), _escaped(text))
        return text


def _escaped(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _shape(op: Node) -> tuple[tuple[Any, ...], list[str]]:
    """Give what an operation is made of, each node once and after those it stands on, and its passing tables' names."""
    numbers: dict[Node, int] = {}
    names: dict[str, int] = {}
    parts: list[Any] = []
    for node in _from_below(op):
        numbers[node] = len(parts)
        if isinstance(node, ops.PhysicalTable) and hasattr(node, "name"):
            name = names.setdefault(node.name, len(names)) if _PASSING.fullmatch(node.name) else node.name
            parts.append((type(node), name, tuple(node.schema.items()), getattr(node, "namespace", None)))
        else:
            parts.append((type(node), *(_part(value, numbers) for value in node.args)))
    return tuple(parts), list(names)


def _from_below(op: Node) -> Iterator[Node]:
    seen: set[Node] = set()
    waiting: list[tuple[Node, bool]] = [(op, False)]
    while waiting:
        node, is_ready = waiting.pop()
        if is_ready:
            yield node
        elif node not in seen:
            seen.add(node)
            waiting.append((node, True))
            waiting += ((child, False) for child in node.__children__)


def _part(value: Any, numbers: dict[Node, int]) -> Any:
    if isinstance(value, Node):
        return numbers[value]
    if isinstance(value, tuple):
        return tuple(_part(item, numbers) for item in value)
    if isinstance(value, dict):
        return tuple((key, _part(item, numbers)) for key, item in value.items())
    return type(value), value
