"""How a source's files are written, as far as a source declares it: checked where it is declared."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING, Final

from plaudit.base.spelling import meant

if TYPE_CHECKING:
    from plaudit.rulebook.sources import Source
    from plaudit.rulebook.strict_toml import Place, TomlFile

__all__ = ["ENCODINGS", "check_form"]

ENCODINGS: Final = (
    *("utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32"),
    *("cp949", "euc-kr", "shift_jis", "cp932", "euc-jp", "gb18030", "gbk", "big5", "big5hkscs"),
    *(f"windows-{number}" for number in range(1250, 1259)),
    *(f"iso-8859-{number}" for number in (*range(1, 12), 13, 14, 15, 16)),
    *("cp437", "cp850", "cp852", "cp866", "koi8-r", "koi8-u", "tis-620", "mac-roman"),
)
"""The encodings that a source may declare; other names of the same ones are taken too."""
_KNOWN: Final = frozenset(codecs.lookup(name).name for name in ENCODINGS)
_TEXTS: Final = frozenset({"csv", "json", "jsonl", ""})


def check_form(source: Source, file: TomlFile, place: Place) -> None:
    """Refuse a delimiter, an encoding or marks that no file can have, or that the declared format has not.

    Raises
    ------
    RuleInvalid : with file, line, key and remedy.
    """
    _check_encoding(source, file, place)
    delimiter = source.delimiter
    if delimiter and (len(delimiter) != 1 or delimiter.isalnum() or delimiter in "\"' \r\n\x00"):
        raise file.invalid((*place, "delimiter"), f"{delimiter!r} parts no fields", 'use one mark, as in ";" or "\\t"')
    decimal = source.decimal or ("," if source.thousands == "." else ".")
    if source.thousands == decimal:
        raise file.invalid(
            (*place, "thousands"), f"{decimal!r} is the decimal mark too", "name two marks, or leave one out"
        )
    for key, formats in (("delimiter", {"csv", ""}), ("sheet", {"xlsx", ""}), ("encoding", _TEXTS)):
        if getattr(source, key) and source.format not in formats:
            raise file.invalid((*place, key), f"a file of format {source.format} has no {key}", "remove it")


def _check_encoding(source: Source, file: TomlFile, place: Place) -> None:
    if not source.encoding:
        return
    try:
        known = codecs.lookup(source.encoding).name in _KNOWN
    except (LookupError, ValueError):
        known = False
    if not known:
        raise file.invalid(
            (*place, "encoding"),
            f"no encoding {source.encoding!r}",
            meant(source.encoding, ENCODINGS, f"use one of: {', '.join(ENCODINGS)}"),
        )
