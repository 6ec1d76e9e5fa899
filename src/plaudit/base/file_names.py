"""File names, compared as people read them: in Unicode form NFC, whatever form a disk gives back."""

from __future__ import annotations

import unicodedata
from fnmatch import fnmatchcase
from pathlib import PureWindowsPath
from typing import TYPE_CHECKING, Final

from plaudit.base.paths import is_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["file_named", "in_nfc", "name_below", "named_like", "no_path"]

_LONGEST_PATH: Final = 1_024


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


def no_path(name: str) -> str:
    r"""Say why a name is no path of a file inside the season, or nothing.

    Examples
    --------
    >>> [no_path(name) for name in ("data/a.csv", "../a.csv", "C:a.csv")]
    ['', 'it leads out of the season', 'it leads out of the season']
    """
    if not name or len(name) > _LONGEST_PATH:
        return f"a path has 1 to {_LONGEST_PATH:,} characters, it has {len(name):,}"
    if "\\" in name or any(letter < " " or letter == "\x7f" for letter in name):
        return "it holds a backslash or a control character"
    if not unicodedata.is_normalized("NFC", name):
        return "it is not in Unicode form NFC"
    parts = name.split("/")
    if ".." in parts or "" in parts[:1] or PureWindowsPath(name).drive:
        return "it leads out of the season"
    if not {"", "."}.isdisjoint(parts):
        return "it has an empty part"
    return ""
