"""What differs between two rules, key by key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plaudit.rulebook.library import Rule

__all__ = ["Difference", "differences"]


@dataclass(frozen=True)
class Difference:
    """One key that two rules answer differently; None where a rule does not have it."""

    key: str
    old: str | None
    new: str | None


def differences(old: Rule, new: Rule) -> list[Difference]:
    """Give every key whose value differs, defaults included, by key as in the new rule.

    Keys that only the old rule has come last.

    Examples
    --------
    >>> from plaudit.rulebook.library import RuleLibrary
    >>> rules = RuleLibrary()
    >>> found = differences(rules.cited("social-weekly@1").rule, rules.cited("social-weekly@2").rule)
    >>> [(change.old, change.new) for change in found if change.key == "part[views_gain].weight_ppm"]
    [('500000', '450000')]
    """
    before = dict(_flat(msgspec.to_builtins(old), ""))
    after = dict(_flat(msgspec.to_builtins(new), ""))
    keys = [*after, *(key for key in before if key not in after)]
    return [Difference(key, before.get(key), after.get(key)) for key in keys if before.get(key) != after.get(key)]


def _flat(value: Any, key: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _flat(inner, f"{key}.{name}" if key else str(name))
    elif isinstance(value, (list, tuple)):
        for position, inner in enumerate(value):
            yield from _flat(inner, f"{key}[{_name(inner, position)}]")
    elif value is not None:
        yield key, str(value)


def _name(item: Any, position: int) -> str:
    """Name a channel by its id and a part by its measure, so that a new one in between moves no other."""
    if isinstance(item, dict):
        return str(item.get("id") or item.get("measure") or position)
    return str(position)
