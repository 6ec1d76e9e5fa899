"""The one form of a text that carries signatures, and of the JSON in it: what is forgiven, and what is not.

A certificate, a receipt or a key is handed on as a file or a paste. Windows ends its
lines in its own way and puts a mark before them, mail programs add blank lines; that is
taken back before anything is checked. Whatever else differs from the one form is refused.
The page that checks in the browser does the same: `frame/assets/verify.js`.

References
----------
docs/spec/certificate.md, "The bytes of a note"
"""

from __future__ import annotations

import json
from typing import Any, Final

from plaudit.base.errors import SignatureInvalid

__all__ = ["one_form", "strict_json"]

_MARK: Final = "\ufeff"
_OUTER: Final = " \t\n"
_MOST: Final = 2**53 - 1
"""The greatest number that every reader of JSON has."""
_DEEPEST: Final = 64


def one_form(data: bytes, name: str) -> str:
    r"""Give the text of a note's bytes without a mark at its start, line ends of Windows, and blanks around it.

    Raises
    ------
    SignatureInvalid : it is not UTF-8.

    Examples
    --------
    >>> one_form(b"\xef\xbb\xbf\r\na text\r\n\r\n", "x.note")
    'a text\n'
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise SignatureInvalid(f"{name} is not UTF-8", "get the whole file again", file=name) from None
    return text.removeprefix(_MARK).replace("\r\n", "\n").strip(_OUTER) + "\n"


def strict_json(text: str) -> Any:
    """Read JSON that all readers read alike.

    Raises
    ------
    ValueError : it is none, gives a key twice, holds a number that is not whole or beyond 2^53 - 1,
        or half of a pair, or is more than 64 deep.

    Examples
    --------
    >>> strict_json('{"a":1,"a":2}')
    Traceback (most recent call last):
    ...
    ValueError: the key 'a' is given twice
    """
    try:
        value = json.loads(text, object_pairs_hook=_once, parse_int=_whole, parse_float=_refuse, parse_constant=_refuse)
        _look(value, _DEEPEST)
    except RecursionError:
        raise ValueError("it is too deep") from None
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key[:80]!r} is given twice")
        found[key] = value
    return found


def _whole(digits: str) -> int:
    if len(digits) > len(str(-_MOST)) or not -_MOST <= int(digits) <= _MOST:
        raise ValueError(f"{digits[:40]} is beyond 2^53 - 1")
    return int(digits)


def _refuse(number: str) -> float:
    raise ValueError(f"{number[:40]} is no whole number")


def _look(value: Any, deepest: int) -> None:
    """Look for halves of pairs, which are no text, and for depth."""
    if isinstance(value, str):
        value.encode()
    if isinstance(value, (dict, list)):
        if not deepest:
            raise ValueError(f"it is more than {_DEEPEST} deep")
        for one in value:
            _look(one, deepest - 1)
        for one in value.values() if isinstance(value, dict) else ():
            _look(one, deepest - 1)
