"""Frames of com.atproto.sync.subscribeRepos: DAG-CBOR, with each commit's blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import libipld

from plaudit.platforms.answers import Item, dug
from plaudit.platforms.atproto_records import account_row, tagged
from plaudit.platforms.contract import Said, Unread

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["decoded", "operations"]

_MOST_OPERATIONS: Final = 200
"""What the specification allows a commit to hold; a frame with more is none of a commit."""


def decoded(frame: bytes) -> object:
    """Give a frame's message with its `t`; an error's `error`; nothing where the bytes are no frame.

    Examples
    --------
    >>> decoded(libipld.encode_dag_cbor({"op": 1, "t": "#info"}) + libipld.encode_dag_cbor({"name": "OutdatedCursor"}))
    {'t': '#info', 'name': 'OutdatedCursor'}
    >>> decoded(b"no frame") is None
    True
    """
    try:
        header, message = libipld.decode_dag_cbor_multi(frame)
    except (ValueError, RecursionError):
        return None
    if not isinstance(header, dict) or not isinstance(message, dict) or header.get("op") not in {1, -1}:
        return None
    return {"t": str(header.get("t", "#error")), **message}


def operations(message: object) -> Iterator[Said | Unread]:
    """Give what a message of the firehose says of posts, reposts and accounts."""
    kind, author = dug(message, "t"), dug(message, "repo") or dug(message, "did")
    if not isinstance(author, str):
        yield Unread("not a frame", str(kind))
    elif kind == "#commit":
        yield from _commit(Item(message), author)
    elif kind == "#account":
        yield account_row(author, message)
    elif kind == "#identity":
        yield Said("accounts", {"account": author, "stable_id": author, **Item(message).said(name=("handle",))})


def _commit(item: Item, author: str) -> Iterator[Said | Unread]:
    blocks = _blocks(dug(item.raw, "blocks"))
    listed = item.items("ops")
    if blocks is None or len(listed) > _MOST_OPERATIONS:
        yield Unread("not a commit", author)
        return
    for raw in listed:
        path, action, cid = dug(raw, "path"), dug(raw, "action"), dug(raw, "cid")
        if not isinstance(path, str) or not isinstance(action, str):
            yield Unread("not an operation", author)
        elif action == "delete":
            yield from tagged(author, path, action, None, None)
        elif not isinstance(cid, bytes) or cid not in blocks:
            yield Unread("no block of its record", f"at://{author}/{path}")
        else:
            yield from tagged(author, path, action, blocks[cid], libipld.encode_cid(cid))


def _blocks(car: object) -> dict[bytes, Any] | None:
    if not isinstance(car, bytes):
        return None
    try:
        return dict(libipld.decode_car(car)[1])
    except (ValueError, RecursionError):
        return None
