"""What an id is: a text in one form, and no number or word that a program put in its place."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

__all__ = ["DECIMAL", "MISSING", "ODD", "ROUNDED", "exact_id", "why_no_id"]

MISSING: Final = "missing word as id"
ROUNDED: Final = "rounded number as id"
DECIMAL: Final = "decimal number as id"

_MISSING: Final = re.compile(
    r"[-+]?nan|nat|n/?a|#n/?a( n/a)?|none|null|nil|undefined|\[object object\]|[-+]?inf(inity)?"
    r"|<(na|nan|none|null)>|\((nan|none|null|blank|empty)\)|\[null\]|\\n"
    r"|-{1,3}|[–—]|\.{1,3}|…|\?{1,3}|-?1\.#(ind|qnan|inf)"
    r"|#(null!|ref!|value!|name\?|div/0!|num!|error!|getting_data|spill!|calc!|####)",
    re.IGNORECASE,
)
"""What programs write where there is nothing; the whole of a text, in any case, never a part of an id."""
_ROUNDED: Final = re.compile(
    r"[+-]?(\d+[.,]\d*|[.,]\d+)e[+-]?\d{1,4}|[+-]?\d+e[+-]\d{1,4}|[+-]?\de\d{1,4}", re.ASCII | re.IGNORECASE
)
"""With one digit before the e, or a point or a sign: what programs write. `12e4` may be an honest id."""
_DECIMAL: Final = re.compile(r"[+-]?\d+[.,]0*", re.ASCII)
ODD: Final = f"[^!-~]|^(?i:{_MISSING.pattern}|{_ROUNDED.pattern}|{_DECIMAL.pattern})$"
"""A search that finds every text that is no exact id, and some that are; engines know it too."""


def exact_id(text: str) -> str:
    r"""Give an id as it is compared and kept: in NFC, without blanks around it.

    Examples
    --------
    >>> exact_id("Beyonce\u0301 ") == "Beyonc\u00e9"
    True
    """
    return (text if text.isascii() else unicodedata.normalize("NFC", text)).strip()


def why_no_id(text: str) -> str:
    """Give the reason for which a text cannot be an id, or nothing.

    Examples
    --------
    >>> [why_no_id(text) for text in ("1.05E+18", "#N/A", "1234.0", "null_official")]
    ['rounded number as id', 'missing word as id', 'decimal number as id', '']
    """
    if len(text) > 40:
        return ""
    if _MISSING.fullmatch(text):
        return MISSING
    if text[-1:].isdigit() or text[-1:] in ".,":
        if _ROUNDED.fullmatch(text):
            return ROUNDED
        if _DECIMAL.fullmatch(text):
            return DECIMAL
    return ""
