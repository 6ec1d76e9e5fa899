"""A file that one process holds at a time; the hold ends with its process, however that ends."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pathlib import Path

fcntl: Any
try:
    fcntl = import_module("fcntl")
except ImportError:  # Windows, which locks bytes of a file and not the file
    fcntl = None

__all__ = ["hold", "let_go"]

_TAKEN: Final = frozenset({errno.EACCES, errno.EAGAIN, errno.EDEADLK})
_BEYOND: Final = 1 << 30
"""The byte that Windows locks, beyond all that is written: nobody else can read what is locked."""


def hold(handle: int) -> bool:
    """Hold an open file until it is closed, and say whether that can be: False where another process holds it.

    Parameters
    ----------
    handle : of an open file

    Raises
    ------
    OSError : the system cannot lock the file at all.
    """
    if fcntl is None:
        return _hold_byte(handle)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def let_go(handle: int, path: Path) -> None:
    """Remove a file that is held, and close it: whoever comes next makes it again."""
    if os.name == "posix":
        path.unlink(missing_ok=True)
        os.close(handle)
        return
    os.close(handle)  # Windows removes no open file, and none that somebody else has opened by now
    with suppress(OSError):
        path.unlink(missing_ok=True)


def _hold_byte(handle: int) -> bool:
    msvcrt: Any = import_module("msvcrt")
    os.lseek(handle, _BEYOND, os.SEEK_SET)
    try:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    except OSError as error:
        if error.errno in _TAKEN:
            return False
        raise
    else:
        return True
    finally:
        os.lseek(handle, 0, os.SEEK_SET)
