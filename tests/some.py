"""Loops that a test rests on go round at least once."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

Item = TypeVar("Item")

__all__ = ["some"]


def some(items: Iterable[Item]) -> list[Item]:
    """Give the items and fail if there are none; a loop over nothing asserts nothing."""
    found = list(items)
    assert found, "there is nothing to look at"
    return found
