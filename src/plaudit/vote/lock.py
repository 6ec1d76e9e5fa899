"""One process takes a vote's ballots: a lock in the vote's folder says which, and ends with it."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from plaudit.base.errors import OutOfTurn, VoteUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["Lock", "is_served", "usable"]


@contextmanager
def usable(path: Path) -> Iterator[None]:
    """Say in the voter's words that a file cannot be read or written.

    Raises
    ------
    VoteUnavailable : it cannot; names the file.
    """
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        raise VoteUnavailable(f"{path.name}: {error}", "check the folder, its rights and the disk") from error


def is_served(folder: Path) -> bool:
    """Say whether a process takes the ballots of a season."""
    try:
        handle = os.open(folder / "vote" / "lock", os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


class Lock:
    """A lock that ends with its process, however that ends.

    Parameters
    ----------
    folder : the vote's private folder, made where it lacks and kept out of version control
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._handle = -1

    def take(self) -> None:
        """Take the lock.

        Raises
        ------
        OutOfTurn : another process has it.
        VoteUnavailable : the folder cannot be written.
        """
        with usable(self._folder / "lock"):
            self._folder.mkdir(mode=0o700, exist_ok=True)
            (self._folder / ".gitignore").write_text("*\n", "utf-8")
            self._handle = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.release()
            raise OutOfTurn(
                "another process takes this vote's ballots", "stop it first, or ask it: plaudit vote status SEASON"
            ) from None

    def release(self) -> None:
        """Let go of the lock."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def __enter__(self) -> None:
        self.take()

    def __exit__(self, *_: object) -> None:
        self.release()
