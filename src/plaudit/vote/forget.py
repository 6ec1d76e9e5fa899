"""Forgetting: the voters' key is destroyed, and with it the way from a name to a pseudonym.

What is certified stays checkable: caps and counts rest on pseudonyms alone. What
ends is the power to test whether a given person voted, or to add ballots of the
same voters.
"""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING, Final

from plaudit.base.disk import sync
from plaudit.base.errors import OutOfTurn

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["forget_voters", "is_forgotten", "refuse_forgotten"]

_KEY: Final = "voter.key"
_MARKER: Final = "voter.forgotten"
_TOLD: Final = "voter.key was destroyed by plaudit vote forget; a new one would stand for other voters\n"


def is_forgotten(folder: Path) -> bool:
    """Say whether a season's voters were forgotten."""
    return (folder / "keys" / _MARKER).is_file()


def refuse_forgotten(folder: Path) -> None:
    """Refuse to go on where the voters' key is needed and was destroyed.

    Raises
    ------
    OutOfTurn : the voters were forgotten.
    """
    if is_forgotten(folder):
        raise OutOfTurn(
            f"keys/{_KEY} of {folder.resolve().name} was destroyed after certification; no ballot can be read or taken",
            "what is certified can still be checked: plaudit verify SEASON",
        )


def forget_voters(folder: Path) -> bool:
    """Destroy the voters' key, and say whether it was there. Repeating it changes nothing.

    The marker is durable before the key is gone, so that no interruption lets a
    new key be made in its place. The key's bytes are written over first; a disk
    that keeps old blocks, a snapshot or a backup may still hold them.
    """
    keys = folder / "keys"
    path = keys / _KEY
    _write_through(keys / _MARKER, _TOLD.encode(), os.O_CREAT | os.O_TRUNC)
    sync(keys)
    if not path.is_file():
        return False
    _write_through(path, secrets.token_bytes(path.stat().st_size), 0)
    path.unlink()
    sync(keys)
    return True


def _write_through(path: Path, data: bytes, how: int) -> None:
    handle = os.open(path, os.O_WRONLY | how | getattr(os, "O_BINARY", 0), 0o600)
    try:
        os.write(handle, data)
        os.fsync(handle)
    finally:
        os.close(handle)
