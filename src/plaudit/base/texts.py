"""Text files of a season: UTF-8, with or without a byte order mark."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plaudit.base.errors import RuleInvalid

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["utf8_text"]


def utf8_text(path: Path, name: str) -> str:
    """Give a file's text; `name` is what messages call it.

    Raises
    ------
    RuleInvalid : a byte is not UTF-8; with its line.
    """
    data = path.read_bytes()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise RuleInvalid(
            f"{name}, line {line}: byte 0x{data[error.start]:02x} is not UTF-8",
            "save the file as UTF-8",
            file=name,
            line=line,
        ) from None
