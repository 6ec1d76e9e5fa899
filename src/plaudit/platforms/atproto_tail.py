"""AT Protocol live: Jetstream's events, and the frames of a relay with their signed commits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from plaudit.platforms.answers import Item, as_instant, document, dug, each
from plaudit.platforms.atproto_frames import decoded, operations
from plaudit.platforms.atproto_records import account_row, tagged
from plaudit.platforms.contract import Ask, Said, Unread

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plaudit.platforms.contract import Answer, Wish

__all__ = ["AtprotoTail"]

_JETSTREAM: Final = "wss://jetstream2.us-east.bsky.network"
_RELAY: Final = "wss://bsky.network"
_POST: Final = "app.bsky.feed.post"
_REPOST: Final = "app.bsky.feed.repost"


class AtprotoTail:
    """Posts, reposts, deletions and accounts as they come.

    With `frames` in the wish it is a relay's firehose, whose commits prove their authors; else
    Jetstream, which says the same without proofs. Jetstream's cursor is a time in microseconds, which
    holds on any instance; a relay's is its own sequence number.
    """

    id = "atproto"

    def tail(self, wish: Wish, cursor: str) -> Ask:
        """Give the address to follow."""
        query: dict[str, object] = {"cursor": cursor} if cursor else {}
        if "frames" in wish.what:
            base = (wish.server or _RELAY).rstrip("/")
            return Ask(self.id, "frames", _url(f"{base}/xrpc/com.atproto.sync.subscribeRepos", query), wish.accounts)
        query = {"wantedCollections": (_POST, _REPOST), **query}
        return Ask(self.id, "tail", _url(f"{(wish.server or _JETSTREAM).rstrip('/')}/subscribe", query), wish.accounts)

    def cursor(self, answer: Answer) -> str:
        """Give where to go on after this message."""
        event = _event(answer)
        at = dug(event, "seq") if answer.ask.what == "frames" else dug(event, "time_us")
        at = dug(event, "payload", "seq") if at is None else at
        return str(at) if isinstance(at, int) and not isinstance(at, bool) else ""

    def told_at(self, answer: Answer) -> int:
        """Give when the server says that it had what this message tells."""
        event = _event(answer)
        at, microseconds = dug(event, "time"), dug(event, "time_us")
        if isinstance(at, str):
            return as_instant(at) or 0
        return microseconds if isinstance(microseconds, int) else 0

    def gap(self, answer: Answer) -> str:
        """Give the word for what was missed: OutdatedCursor, FutureCursor, CursorTooOld, ConsumerTooSlow."""
        event = _event(answer)
        word = dug(event, "payload", "name") or dug(event, "name") or dug(event, "error")
        return word if isinstance(word, str) else ""

    def tail_rows(self, answer: Answer) -> Iterator[Said | Unread]:
        """Give what a message says."""
        event = _event(answer)
        if answer.failure or self.gap(answer):
            return
        if answer.ask.what == "frames":
            yield from operations(event)
        else:
            yield from each([event], _said)


def _url(address: str, query: dict[str, object]) -> str:
    return f"{address}?{urlencode(query, doseq=True)}" if query else address


def _event(answer: Answer) -> object:
    return decoded(answer.body) if answer.ask.what == "frames" else document(answer)


def _said(item: Item) -> Iterator[Said | Unread]:
    payload = dug(item.raw, "payload")
    if isinstance(payload, dict):  # Jetstream v2 puts all in one object
        kind = str(payload.get("$type", "")).rpartition("#")[2]
        yield from _of_kind(kind, payload, payload, item)
    else:
        kind = item.need("kind")
        yield from _of_kind(kind, item.raw, dug(item.raw, kind), item)


def _of_kind(kind: str, event: object, inner: object, item: Item) -> Iterator[Said | Unread]:
    did = Item(event).need("did")
    one = Item(inner)
    if kind == "commit":
        path = f"{one.need('collection')}/{one.need('rkey')}"
        yield from tagged(did, path, one.need("operation"), dug(inner, "record"), one.text("cid"))
    elif kind == "account":
        yield account_row(did, inner)
    elif kind == "identity":
        yield Said("accounts", {"account": did, "stable_id": did, **one.said(name=("handle",))})
    item.unread += one.unread
