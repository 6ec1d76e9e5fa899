"""File names, compared as people read them: in Unicode form NFC, whatever form a disk gives back."""

from __future__ import annotations

import unicodedata
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from plaudit.base.paths import is_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["file_named", "in_nfc", "name_below", "named_like"]


def name_below(path: Path, folder: Path) -> str:
    """Give a file's path below a folder as it is told, compared and certified: with slashes, in form NFC."""
    return in_nfc(path.relative_to(folder).as_posix())


def file_named(folder: Path, name: str) -> Path:
    """Give the file of that name below a folder, in the Unicode form that the disk has it in.

    Where there is none, the path is that of the name as it is given.
    """
    plain = folder / name
    if name.isascii() or is_file(plain):
        return plain
    found = named_like(folder, "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name))
    return found[0] if found else plain


def named_like(folder: Path, pattern: str) -> list[Path]:
    """Give the files below a folder whose path fits a pattern of `*`, `?`, `[...]` and `**`; hidden files do not."""
    found = _below(folder, [part for part in in_nfc(pattern).split("/") if part not in {"", "."}])
    return sorted({path for path in found if path.is_file()})


def _below(folder: Path, parts: list[str]) -> Iterator[Path]:
    first, rest = parts[0], parts[1:]
    if first == "**":
        if rest:
            yield from _below(folder, rest)
        for path in _entries(folder):
            if path.is_dir() and not path.is_symlink():
                yield from _below(path, parts)
        return
    for path in _entries(folder):
        if fnmatchcase(in_nfc(path.name), first):
            if not rest:
                yield path
            elif path.is_dir():
                yield from _below(path, rest)


def _entries(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return [path for path in folder.iterdir() if not path.name.startswith(".")]


def in_nfc(text: str) -> str:
    """Give a text in Unicode form NFC."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)
