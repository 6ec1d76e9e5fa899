"""What the machine says when it refuses a file, in words."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, Final

from plaudit.base.errors import FileRefused

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["name_once", "refused", "sync"]

_REMEDIES: Final = {
    errno.ENOSPC: "make room on the disk, then run the command again",
    errno.EDQUOT: "make room in the quota, then run the command again",
    errno.EFBIG: "files may not grow so large here: lift the limit (ulimit -f), or use another disk",
    errno.EROFS: "copy the folder to a disk that can be written, and work there",
    errno.EACCES: "get the right to read and write there, or copy the folder to a place of your own",
    errno.EPERM: "get the right to read and write there, or copy the folder to a place of your own",
    errno.EMFILE: "allow more open files (ulimit -n), then run the command again",
    errno.ENFILE: "close other programs, then run the command again",
    errno.EIO: "the disk may be damaged: copy the folder elsewhere, and check the disk",
    errno.ENAMETOOLONG: "choose a shorter name, or a folder nearer to the root",
    errno.ENOENT: "check the path; the file may have been removed meanwhile",
    errno.ENOTDIR: "check the path: one of its folders is a file",
    errno.EISDIR: "check the path: there is a folder in place of the file",
}


def refused(error: OSError, path: Path | str | None = None) -> FileRefused:
    """Give an error of the system as one of ours, which names the file and says what to do.

    Parameters
    ----------
    path : the file, where the error itself names none

    Examples
    --------
    >>> print(refused(OSError(28, "No space left on device"), "published/a.md"))
    published/a.md: No space left on device; make room on the disk, then run the command again
    """
    if isinstance(error, FileRefused):
        return error
    named = error.filename or path
    what = os.strerror(error.errno) if error.errno else str(error)
    return FileRefused(
        f"{os.fspath(named)}: {what}" if named else what,
        _REMEDIES.get(error.errno or 0, "check the folder, its rights and the disk, then run the command again"),
        file="" if named is None else os.fspath(named),
    )


def name_once(part: Path, path: Path) -> bool:
    """Give a whole file its name, unless another file has it; say whether it was given."""
    try:
        os.link(part, path)  # unlike a rename, it replaces nothing
    except FileExistsError:
        return False
    except OSError:  # a file system without links
        if path.exists():
            return False
        part.rename(path)
    return True


def sync(path: Path | str) -> None:
    """Return when a file, or the names in a folder, would outlive a power cut; Windows cannot be asked for a folder's.

    Raises
    ------
    OSError : the system cannot say so.
    """
    if os.name == "posix":
        handle = os.open(path, os.O_RDONLY)
    elif os.path.isdir(path):  # noqa: PTH112 - a Path costs more than the question
        return
    else:
        handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
