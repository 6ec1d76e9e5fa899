"""SHA-256 digests of bytes, files and folders."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from plaudit.base.errors import DigestMismatch
from plaudit.base.file_names import name_below
from plaudit.base.spelling import shown_exactly

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["bytes_sha256", "file_sha256", "files_below", "folder_sha256", "named_below"]


def bytes_sha256(data: bytes) -> str:
    """Give the SHA-256 of some bytes, in lower-case hexadecimal.

    Examples
    --------
    >>> bytes_sha256(b"")[:12]
    'e3b0c44298fc'
    """
    return hashlib.sha256(data).hexdigest()


def file_sha256(path: Path) -> str:
    """Give the SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def files_below(folder: Path) -> Iterator[Path]:
    """Give every file below a folder, by its path, hidden ones left out."""
    for path in sorted(folder.rglob("*"), key=lambda found: found.relative_to(folder).as_posix()):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.is_file() and not hidden:
            yield path


def folder_sha256(folder: Path, but: str = "") -> dict[str, str]:
    """Give each file's path below the folder, in Unicode form NFC, and its SHA-256, by path.

    Parameters
    ----------
    but : what a path begins with that is left out

    Raises
    ------
    DigestMismatch : two files have the same path in that form.
    """
    return {name: file_sha256(path) for name, path in sorted(named_below(folder, but).items())}


def named_below(folder: Path, but: str = "") -> dict[str, Path]:
    """Give every file below a folder by its path in Unicode form NFC, hidden ones left out.

    Raises
    ------
    DigestMismatch : two files have the same path in that form.
    """
    found: dict[str, Path] = {}
    for path in files_below(folder):
        name = name_below(path, folder)
        if but and name.startswith(but):
            continue
        if name in found:
            told = " and ".join(shown_exactly(one.relative_to(folder).as_posix()) for one in (found[name], path))
            raise DigestMismatch(f"two files look the same: {told}", "keep one of them, or rename one", file=name)
        found[name] = path
    return found
