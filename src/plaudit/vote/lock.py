"""One process takes a vote's ballots, and one publishes its log: a lock says which, and ends with it."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from plaudit.base.errors import OutOfTurn, PlauditError, VoteUnavailable
from plaudit.base.lock import hold

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["Lock", "is_served", "usable", "why"]

_LOOK_SECONDS: Final = 0.02


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
        raise VoteUnavailable(f"{path.name}: {why(error)}", "check the folder, its rights and the disk") from error


def why(error: BaseException) -> str:
    """Say what is wrong without the paths of this machine: voters read it.

    Examples
    --------
    >>> why(FileNotFoundError(2, "No such file or directory", "/srv/my-award/vote/lock"))
    'No such file or directory'
    """
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    if isinstance(error, PlauditError):
        return str(error)
    return str(error) if isinstance(error, sqlite3.Error) else f"a defect, {type(error).__name__}"


def is_served(folder: Path) -> bool:
    """Say whether a process takes the ballots of a season."""
    path = folder / "vote" / "lock"
    try:
        handle = os.open(path, os.O_RDWR if os.access(path, os.W_OK) else os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        return not hold(handle)
    finally:
        os.close(handle)


class Lock:
    """A lock that ends with its process, however that ends.

    Parameters
    ----------
    folder : the vote's private folder, made where it lacks and kept out of version control
    name, does : of the file, and what its holder does
    waits_seconds : for a process that has it and is about to end
    """

    def __init__(
        self, folder: Path, name: str = "lock", does: str = "takes this vote's ballots", *, waits_seconds: float = 0
    ) -> None:
        self._folder = folder
        self._does = does
        self._path = folder / name
        self._waits_seconds = waits_seconds
        self._handle = -1

    def take(self) -> None:
        """Take the lock.

        Raises
        ------
        OutOfTurn : another process has it.
        VoteUnavailable : the folder cannot be written.
        """
        with usable(self._path):
            self._folder.mkdir(mode=0o700, exist_ok=True)
            (self._folder / ".gitignore").write_bytes(b"*\n")
            self._handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        gives_up = time.monotonic() + self._waits_seconds
        while not hold(self._handle):
            if time.monotonic() >= gives_up:
                self.release()
                raise OutOfTurn(f"another process {self._does}", "stop it first, or ask it: plaudit vote status SEASON")
            time.sleep(_LOOK_SECONDS)

    def release(self) -> None:
        """Let go of the lock."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def __enter__(self) -> None:
        self.take()

    def __exit__(self, *_: object) -> None:
        self.release()
