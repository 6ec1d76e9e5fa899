"""A rule with each of its choices made the other way, one at a time, and each of its numbers one higher."""

from __future__ import annotations

import types
import typing
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plaudit.rulebook.library import Rule

__all__ = ["choices"]

_OWN = {"id", "version", "title", "because", "told", "sources", "not_found", "supersedes", "name", "zone", "measure"}


def choices(rule: Rule) -> Iterator[tuple[str, Rule]]:
    """Give the rule once for each other value of each choice, named by the rule, the key and the value."""
    for key, changed in _changed(rule):
        yield f"{rule.name} {key}", typing.cast("Rule", changed)


def _changed(value: Any) -> Iterator[tuple[str, Any]]:
    hints = typing.get_type_hints(type(value), include_extras=False)
    for field in msgspec.structs.fields(value):
        if field.name in _OWN:
            continue
        now = getattr(value, field.name)
        for name, other in _others(now, hints[field.name]):
            yield f"{field.name}{name}", msgspec.structs.replace(value, **{field.name: other})


def _others(now: Any, hint: Any) -> Iterator[tuple[str, Any]]:
    if typing.get_origin(hint) is Annotated:
        hint = typing.get_args(hint)[0]
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        if type(None) in typing.get_args(hint) and now is not None and isinstance(now, msgspec.Struct):
            yield " = None", None
        hint = type(now)
    if isinstance(now, msgspec.Struct):
        yield from ((f".{name}", other) for name, other in _changed(now))
    elif isinstance(now, tuple) and now and isinstance(now[0], msgspec.Struct):
        for place, inner in enumerate(now):
            for name, other in _changed(inner):
                yield f"[{place}].{name}", (*now[:place], other, *now[place + 1 :])
    elif typing.get_origin(hint) is Literal:
        yield from ((f" = {other}", other) for other in typing.get_args(hint) if other != now)
    elif isinstance(now, int) and not isinstance(now, bool):
        yield " + 1", now + 1
