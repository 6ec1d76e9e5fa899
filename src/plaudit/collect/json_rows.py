"""Rows of a JSON file: an object a line, or one array of objects however it is printed."""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from plaudit.collect.raw import RawRow, Unread, as_header, empty_file, positions, shown, unreadable
from plaudit.collect.text_lines import is_spoiled, not_decoded, spoiled_reason, text_lines, whole_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from plaudit.collect.raw import Form

__all__ = ["json_keys", "json_rows"]

_BLANK: Final = re.compile(r"[ \t\n\r]*")


def json_rows(path: Path, wanted: Sequence[str], form: Form) -> Iterator[RawRow]:
    """Give the rows of a JSON file.

    A key that an object lacks is a column without a value there.

    Raises
    ------
    SourceChanged : the file is empty, no object has one of the wanted keys, or an
        array is broken; what follows the break cannot be told apart.
    """
    lines = text_lines(path, form)
    first = next((line for line in lines if line.strip()), "")
    if not first:
        raise empty_file(path, form)
    is_array = first.lstrip().startswith("[") and not _is_line(first)
    found: set[str] = set()
    is_any = False
    for row in _array_rows(path, form) if is_array else _line_rows(path, form):
        if row.reason:
            yield row
            continue
        is_any = True
        found |= row.values.keys()
        yield RawRow(row.row, _wanted(row.values, wanted))
    needed = [name for name in wanted if name not in form.may_lack]
    if is_any and not set(needed) <= found:
        positions(needed, sorted(found), path, form, "")
    form.met.update(found)


def json_keys(path: Path, form: Form, most: int = 100) -> list[str]:
    """Give the keys of a file's first objects, in the order in which they come."""
    lines = text_lines(path, form)
    first = next((line for line in lines if line.strip()), "")
    is_array = first.lstrip().startswith("[") and not _is_line(first)
    rows = islice(_array_rows(path, form) if is_array else _line_rows(path, form), most)
    return list(dict.fromkeys(name for row in rows for name in row.values))


def _is_line(text: str) -> bool:
    """Say whether a line that begins an array is a whole value of its own, and none of objects."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, list) and not any(isinstance(item, dict) for item in value)


def _wanted(values: dict[str, Any], wanted: Sequence[str]) -> dict[str, Any]:
    row = {name: values.get(name) for name in wanted}
    if lacking := [name for name in wanted if name not in values]:
        plain = {as_header(name): value for name, value in values.items()}
        row |= {name: plain.get(as_header(name)) for name in lacking}
    return row


def _line_rows(path: Path, form: Form) -> Iterator[RawRow]:
    for number, line in enumerate(text_lines(path, form), start=1):
        text = line.strip()
        if not text:
            continue
        if is_spoiled(text):
            yield RawRow(number, reason=spoiled_reason(form), detail=not_decoded(text, form))
            continue
        try:
            values = _DECODER.decode(text)
        except (ValueError, RecursionError) as error:
            yield RawRow(number, reason="malformed row", detail=f"{_why(error)}: {shown(text)}")
            continue
        yield _row(number, values, text)


def _array_rows(path: Path, form: Form) -> Iterator[RawRow]:
    text = whole_text(path, form)
    at = _after_blanks(text, 0) + 1
    number = 0
    while True:
        at = _after_blanks(text, at)
        if text[at : at + 1] == "]" and not number:
            at += 1
            break
        number += 1
        try:
            values, end = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            raise _broken(text, at, number, _why(error), path, form) from None
        item = text[at:end]
        if is_spoiled(item):
            yield RawRow(number, reason=spoiled_reason(form), detail=not_decoded(item, form))
        else:
            yield _row(number, values, item)
        at = _after_blanks(text, end)
        after = text[at : at + 1]
        if after not in {",", "]"}:
            raise _broken(text, at, number, "neither a comma nor the end of the array follows it", path, form)
        at += 1
        if after == "]":
            break
    if rest := text[at:].strip():
        raise _broken(text, at, number, f"more follows the array: {shown(rest[:40])}", path, form)


def _row(number: int, values: Any, text: str) -> RawRow:
    if not isinstance(values, dict):
        return RawRow(number, reason="malformed row", detail=f"not an object: {shown(text)}")
    return RawRow(number, values)


def _after_blanks(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    assert found is not None
    return found.end()


def _broken(text: str, at: int, number: int, why: str, path: Path, form: Form) -> Exception:
    line = text.count("\n", 0, at) + 1
    return unreadable(
        path, form, f", line {line}, item {number} of the array: {why}", "correct it there, or fetch it again"
    )


def _why(error: Exception) -> str:
    return "values within values, too deep to be read" if isinstance(error, RecursionError) else str(error)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) != len(pairs):
        names = [name for name, _ in pairs]
        twice = {name for name in names if names.count(name) > 1}
        values |= {name: Unread("malformed row", "given twice in one object") for name in twice}
    return values


def _no_number(text: str) -> Unread:
    return Unread("malformed row", f"{text}, which is no JSON")


def _exact(text: str) -> Decimal | Unread:
    try:
        return Decimal(text)
    except InvalidOperation:  # an exponent that no number has
        return Unread("out of range", text[:40])


def _whole(text: str) -> int | str:
    return int(text) if len(text) <= 40 else text  # int() refuses very long texts


_DECODER: Final = json.JSONDecoder(
    parse_float=_exact, parse_int=_whole, parse_constant=_no_number, object_pairs_hook=_object
)
