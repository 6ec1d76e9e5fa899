"""Paths that files name: whatever the name is, asking whether it is there raises nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["is_file"]


def is_file(path: Path) -> bool:
    r"""Say whether a file is there; a name that no file can have is of none.

    Examples
    --------
    >>> from pathlib import Path
    >>> is_file(Path("x" * 5000)), is_file(Path("a\0b"))
    (False, False)
    """
    try:
        return path.is_file()
    except (OSError, ValueError):  # too long, a loop of links, a folder that may not be looked into, a byte of 0
        return False
