"""SHA-256 digests of bytes, files and folders."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["bytes_sha256", "file_sha256", "files_below", "folder_sha256"]


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


def folder_sha256(folder: Path) -> dict[str, str]:
    """Give each file's path below the folder and its SHA-256, by path."""
    return {path.relative_to(folder).as_posix(): file_sha256(path) for path in files_below(folder)}
