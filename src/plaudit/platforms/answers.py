"""An answer's JSON, read field by field: what is missing or spoiled costs only itself."""

from __future__ import annotations

from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final

import msgspec

from plaudit.base.weeks import to_instant
from plaudit.platforms.contract import Outcome, Said, Unread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from plaudit.platforms.contract import Answer

__all__ = [
    "Item",
    "Lacking",
    "as_instant",
    "as_written",
    "batches",
    "document",
    "dug",
    "each",
    "unseen",
    "usual_outcome",
]

_MOST: Final = 2**63 - 1
_SECOND: Final = 1_000_000
_RELATIVE: Final = 10**9
"""A reset below it is seconds from now; above it, it is the second itself."""


class Lacking(Exception):  # it never leaves the platforms: `each` turns it into an `Unread`
    """An item lacks what makes it a row."""

    def __init__(self, unread: Unread) -> None:
        super().__init__(unread.reason)
        self.unread = unread


class Item:
    """One item of an answer.

    unread : what of it could not be read, so far

    Examples
    --------
    >>> item = Item({"id": "a", "stats": {"likes": "12", "views": -1}})
    >>> item.count("stats", "likes"), item.count("stats", "views"), item.count("stats", "shares")
    (12, None, None)
    >>> item.unread
    [Unread(reason='not a count', detail='stats.views is -1')]
    """

    def __init__(self, raw: object) -> None:
        self.raw = raw
        self.unread: list[Unread] = []

    def has(self, *path: str) -> bool:
        """Whether there is something at a path."""
        return dug(self.raw, *path) is not None

    def text(self, *path: str) -> str | None:
        """Give a text, or nothing where there is none; what is not a text is noted."""
        value = dug(self.raw, *path)
        if value is None or isinstance(value, str):
            return value or None
        self._note("not a text", path, value)
        return None

    def need(self, *path: str) -> str:
        """Give a text without which the item is no row."""
        value = dug(self.raw, *path)
        if not isinstance(value, str) or not value:
            raise Lacking(Unread("no " + ".".join(path), _short(self.raw)))
        return value

    def count(self, *path: str) -> int | None:
        """Give a whole number, also where it is written as a text; what is none is noted and is never 0."""
        value = dug(self.raw, *path)
        if value is None:
            return None
        number = int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else value
        if isinstance(number, int) and not isinstance(number, bool) and 0 <= number <= _MOST:
            return number
        self._note("not a count", path, value)
        return None

    def items(self, *path: str) -> list[object]:
        """Give a list; an empty one where there is none."""
        value = dug(self.raw, *path)
        if value is None or isinstance(value, list):
            return value or []
        self._note("not a list", path, value)
        return []

    def metrics(self, paths: Mapping[str, tuple[str, ...]]) -> dict[str, str | int | bool]:
        """Give the counts that are there, by metric."""
        found = {metric: self.count(*path) for metric, path in paths.items()}
        return {metric: value for metric, value in found.items() if value is not None}

    def said(self, **paths: tuple[str, ...]) -> dict[str, str | int | bool]:
        """Give the texts that are there, by column."""
        found = {column: self.text(*path) for column, path in paths.items()}
        return {column: value for column, value in found.items() if value is not None}

    def _note(self, reason: str, path: Sequence[str], value: object) -> None:
        self.unread.append(Unread(reason, f"{'.'.join(path)} is {_short(value)}"))


def each(items: Iterable[object], read: Callable[[Item], Iterator[Said | Unread]]) -> Iterator[Said | Unread]:
    """Read items one by one; one that cannot be read costs itself."""
    for raw in items:
        item = Item(raw)
        if not isinstance(raw, dict):
            yield Unread("not an object", _short(raw))
            continue
        try:
            yield from read(item)
        except Lacking as lacking:
            yield lacking.unread
        yield from item.unread


def document(answer: Answer) -> object:
    """Give an answer's JSON; nothing where its body is none."""
    try:
        return msgspec.json.decode(answer.body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None


def dug(value: object, *path: str) -> object:
    """Give what stands at a path of keys; nothing where a step is missing."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def as_written(accounts: Sequence[str], *names: str | None) -> str:
    """Give an account as the ask writes it, else by the first of its names."""
    by_name = {account.casefold().lstrip("@"): account for account in accounts}
    known = [name for name in names if name]
    return next((by_name[name.casefold()] for name in known if name.casefold() in by_name), known[0] if known else "")


def unseen(asked: Sequence[str], listed: Sequence[object], name: Callable[[object], object]) -> tuple[str, ...]:
    """Give what was asked for and is not listed; nothing where an item does not tell its name: it may be that one.

    Examples
    --------
    >>> unseen(("a", "b"), [{"id": "a"}], lambda raw: dug(raw, "id"))
    ('b',)
    >>> unseen(("a", "b"), [{"id": "a"}, None], lambda raw: dug(raw, "id"))
    ()
    """
    names = [name(raw) for raw in listed]
    if not all(isinstance(one, str) and one for one in names):
        return ()
    seen = {str(one).casefold() for one in names}
    return tuple(one for one in asked if one.casefold() not in seen)


def batches(values: Sequence[str], most: int) -> list[tuple[str, ...]]:
    """Give values in order, each once, in batches."""
    once = tuple(dict.fromkeys(values))
    return [once[begin : begin + most] for begin in range(0, len(once), most)]


def as_instant(text: str | None) -> int | None:
    """Give the instant of an ISO 8601 text with an offset; nothing where it is none."""
    try:
        moment = datetime.fromisoformat(text or "")
        return None if moment.tzinfo is None else to_instant(moment)
    except (ValueError, OverflowError):
        return None


def usual_outcome(answer: Answer, reset: str = "") -> Outcome:
    """Say what an answer amounts to by its status alone.

    Parameters
    ----------
    reset : the header that says when a limit ends, beside `retry-after`
    """
    if answer.failure:
        return Outcome("refused" if answer.failure == "redirect" else "failed", detail=answer.failure)
    status = answer.status
    if status == 429:
        return Outcome("limited", _reset_at(answer, reset), "429")
    if status >= 500 or status in {408, 425}:
        return Outcome("failed", _reset_at(answer, ""), str(status))
    if status in {404, 410}:
        return Outcome("absent", detail=str(status))
    if 200 <= status < 300:
        whole = document(answer) is not None
        return Outcome("answered") if whole else Outcome("failed", detail="not JSON")
    return Outcome("refused", detail=str(status))


def _reset_at(answer: Answer, reset: str) -> int:
    for name in ("retry-after", reset):
        if text := answer.headers.get(name, "").strip():
            if text.isascii() and text.isdigit() and len(text) < 12:
                seconds = int(text)
                return seconds * _SECOND + (answer.answered_at if seconds < _RELATIVE else 0)
            return as_instant(text) or _http_date(text)
    return 0


def _http_date(text: str) -> int:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return 0
    return 0 if moment.tzinfo is None else to_instant(moment)


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
