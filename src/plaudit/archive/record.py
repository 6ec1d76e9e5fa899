"""One record of an archive: what was asked, when, and what came back.

The head of a record is all of it but the body; the log's leaf is the SHA-256 of the head. So a
body can go, and the log still proves that it was there, and which one it was.

References
----------
docs/spec/archive.md
"""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, cast

import msgspec
from msgspec import UNSET, Struct, UnsetType

from plaudit.base.errors import DigestMismatch
from plaudit.platforms.contract import Answer, Ask, Said, Unread

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Hole", "Kept", "Record", "day_of", "leaf_of", "line_of", "new_line", "read_line", "without_body"]

_BODY: Final = ("base64", "body", "hole", "said")
"""The keys that are no part of the head."""


class Hole(Struct, frozen=True, forbid_unknown_fields=True):
    """That a body was deleted: when, by the machine's clock, why, and what the answer amounted to."""

    at: int
    because: str
    verdict: str = ""


class Kept(Struct, frozen=True, forbid_unknown_fields=True):
    """A row that a deleted body gave: of `Said` its kind and values, of `Unread` its reason and detail."""

    kind: str
    values: dict[str, str | int | bool]

    @classmethod
    def of(cls, row: Said | Unread) -> Kept:
        """Give a row as it is kept."""
        if isinstance(row, Unread):
            return cls("unread", {"reason": row.reason, "detail": row.detail})
        return cls(row.kind, row.values)

    @property
    def row(self) -> Said | Unread:
        """The row as the answer gave it."""
        if self.kind == "unread":
            return Unread(str(self.values["reason"]), str(self.values["detail"]))
        return Said(cast("Any", self.kind), self.values)


class Record(Struct, frozen=True, forbid_unknown_fields=True):
    """One answer as it is archived.

    leaf : its place in the log, from 0
    body_bytes, body_sha256 : of the body as it was received
    masked : how often a secret stood in the answer and was put out of it
    body, base64 : the body as text, or in base64 if it is not UTF-8; neither if it was deleted
    said : the rows that a deleted body gave, where they may be kept
    """

    leaf: int
    source: str
    ask: Ask
    asked_at: int
    answered_at: int
    status: int
    headers: dict[str, str]
    failure: str
    masked: int
    body_bytes: int
    body_sha256: str
    body: str | UnsetType = UNSET
    base64: str | UnsetType = UNSET
    hole: Hole | UnsetType = UNSET
    said: tuple[Kept, ...] | UnsetType = UNSET

    @property
    def answer(self) -> Answer | None:
        """The answer as it was received, or None if its body was deleted."""
        data = self.data
        if data is None:
            return None
        return Answer(self.ask, self.asked_at, self.answered_at, self.status, self.headers, data, self.failure)

    @property
    def data(self) -> bytes | None:
        """The body's bytes, or None if it was deleted."""
        if isinstance(self.body, str):
            return self.body.encode()
        return base64.b64decode(self.base64) if isinstance(self.base64, str) else None


def new_line(source: str, answer: Answer, leaf: int, masked: int = 0) -> tuple[bytes, bytes]:
    """Give the line of a new record, without its newline, and its leaf."""
    head = {
        "answered_at": answer.answered_at,
        "ask": msgspec.to_builtins(answer.ask),
        "asked_at": answer.asked_at,
        "body_bytes": len(answer.body),
        "body_sha256": hashlib.sha256(answer.body).hexdigest(),
        "failure": answer.failure,
        "headers": answer.headers,
        "leaf": leaf,
        "masked": masked,
        "source": source,
        "status": answer.status,
    }
    try:
        body = {"body": answer.body.decode()}
    except UnicodeDecodeError:
        body = {"base64": base64.b64encode(answer.body).decode()}
    return line_of(head | body), leaf_of(head)


def line_of(record: dict[str, Any]) -> bytes:
    """Give a record as canonical JSON (RFC 8785): it holds texts and whole numbers alone."""
    return msgspec.json.encode(record, order="sorted")


def leaf_of(record: dict[str, Any]) -> bytes:
    """Give the log's leaf of a record, with or without its body.

    Examples
    --------
    >>> leaf_of({"leaf": 0, "body": "a"}) == leaf_of({"leaf": 0, "hole": {"at": 1, "because": "asked"}})
    True
    """
    return hashlib.sha256(line_of({key: value for key, value in record.items() if key not in _BODY})).digest()


def read_line(line: bytes, place: str) -> tuple[Record, bytes]:
    """Give the record of a line, and its leaf.

    Parameters
    ----------
    place : what a message calls the line

    Raises
    ------
    DigestMismatch : it is no record, or its body is not the one that its head tells of.
    """
    try:
        plain = msgspec.json.decode(line)
        record = msgspec.convert(plain, Record)
        data = record.data
    except (msgspec.DecodeError, ValueError) as error:
        raise _damaged(place, f"is no record: {error}") from None
    if data is None:
        if record.hole is UNSET:
            raise _damaged(place, "has neither a body nor a hole")
    elif record.hole is not UNSET or record.said is not UNSET:
        raise _damaged(place, "has both a body and a hole")
    elif (len(data), hashlib.sha256(data).hexdigest()) != (record.body_bytes, record.body_sha256):
        raise _damaged(place, f"has a body that is not the one received: its SHA-256 is not {record.body_sha256}")
    return record, leaf_of(plain)


def without_body(line: bytes, hole: Hole, said: Iterable[Said | Unread] | None) -> bytes:
    """Give a record's line once its body is deleted; the head stays, and what is already gone."""
    record = {key: value for key, value in msgspec.json.decode(line).items() if key not in {"base64", "body"}}
    record.setdefault("hole", msgspec.to_builtins(hole))
    if said is None:
        record.pop("said", None)
    else:
        record.setdefault("said", [msgspec.to_builtins(Kept.of(one)) for one in said])
    return line_of(record)


def day_of(instant: int) -> str:
    """Give the day, in UTC, of an instant.

    Examples
    --------
    >>> day_of(1_526_601_600_000_000)
    '2018-05-18'
    """
    return datetime.fromtimestamp(instant // 1_000_000, UTC).date().isoformat()


def _damaged(place: str, what: str) -> DigestMismatch:
    return DigestMismatch(f"{place} {what}", "get the segment again from another copy; keep this one", place=place)
