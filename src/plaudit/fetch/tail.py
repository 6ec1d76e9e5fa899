"""Following a stream: what names an official tag is archived as it came, the rest is counted.

A stream tells at least once, from a cursor on. The cursor is in what was archived: that of the last record. So whoever
is killed goes on behind the last message that is on the disk, and no message is kept twice.
"""

from __future__ import annotations

import asyncio
import random
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec
from msgspec import Struct
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from plaudit.archive.reader import records
from plaudit.archive.record import day_of
from plaudit.collect.witnessed import DOCUMENTS, nominees_of
from plaudit.platforms.contract import Answer, Ask, Said, Unread, Wish
from plaudit.rulebook.live_source import FRAMES

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from plaudit.fetch.clock import Clock
    from plaudit.rulebook.sources import Source

__all__ = ["FOLLOWED", "IDLE_SECONDS", "Follower", "Sieve"]

FOLLOWED: Final = "followed"
"""A record of ours: over which span a stream was followed, to which cursor, and how many messages of it were kept."""
_SECOND: Final = 1_000_000
_SPAN: Final = 60 * _SECOND
_FLUSH: Final = 200_000
_AT_ONCE: Final = 2_000
IDLE_SECONDS: Final = 2.0
_OPEN_SECONDS: Final = 20.0
_MESSAGE_BYTES: Final = 6 << 20
_HELD_REPOSTS: Final = 10_000
_SWITCHING: Final = 101
_LONGEST_WAIT: Final = 64
_TRIES: Final = 4
_NO_SUCH_CURSOR: Final = frozenset({"FutureCursor"})


class Found(NamedTuple):
    """What is kept of a message, an earlier repost first; whose documents are wanted, and whose may have changed."""

    kept: list[Answer]
    wanted: set[str]
    changed: set[str]


class Sieve:
    """Which messages concern a season's tags.

    Parameters
    ----------
    tags : whose each official tag is, as `Artists.tags`

    Attributes
    ----------
    posts : addresses of what was kept
    authors : who wrote or passed it on
    """

    def __init__(self, tags: Mapping[str, str]) -> None:
        self._tags = tags
        self.posts: set[str] = set()
        self.authors: set[str] = set()
        self._held: OrderedDict[str, list[tuple[Said, Answer]]] = OrderedDict()

    def take(self, said: Iterable[Said | Unread], answer: Answer) -> Found:
        """Give what is to be kept now; a repost that comes before its post is held a while."""
        found, is_ours = Found([], set(), set()), False
        for row in said:
            if isinstance(row, Unread):
                continue
            if row.kind == "tagged":
                is_ours |= self._is_ours(row, answer, found)
            elif row.kind == "deletions":
                is_ours |= str(row.values["post"]) in self.posts
            elif row.kind == "accounts" and row.values["account"] in self.authors:
                is_ours = True
                found.changed.add(str(row.values["account"]))
        if is_ours:
            found.kept.append(answer)
        return found

    def _is_ours(self, row: Said, answer: Answer, found: Found) -> bool:
        address, of = str(row.values["post"]), str(row.values.get("of", ""))
        if row.values["gesture"] == "repost":
            if of not in self.posts:
                self._hold(of, row, answer)
                return False
        elif not nominees_of(row, self._tags):
            return False
        self._know(row, found)
        for earlier, with_it in self._held.pop(address, ()):
            if day_of(with_it.answered_at) == day_of(answer.answered_at):  # else the segment of its day is closed
                self._know(earlier, found)
                found.kept.append(with_it)
        return True

    def _know(self, row: Said, found: Found) -> None:
        self.posts.add(str(row.values["post"]))
        self.authors.add(str(row.values["author"]))
        found.wanted.add(str(row.values["author"]))

    def _hold(self, of: str, row: Said, answer: Answer) -> None:
        self._held.setdefault(of, []).append((row, answer))
        if len(self._held) > _HELD_REPOSTS:
            self._held.popitem(last=False)


class Follower:
    """Follows the stream of one source.

    Parameters
    ----------
    asked : the platform, with its tail
    keep : archives answers, synced when it returns
    asks : asks the directory for an account's document, and archives the answer
    on_change : is told how many messages were kept, and of gaps
    idle_seconds : once nothing came for so long, there is no more ready

    Attributes
    ----------
    messages, kept : since this process began
    gaps : what the stream says was missed, each as the platform calls it
    """

    def __init__(
        self,
        source: Source,
        asked: Any,
        tags: Mapping[str, str],
        clock: Clock,
        keep: Callable[[Sequence[Answer]], None],
        asks: Callable[[Ask], Awaitable[Answer]],
        on_change: Callable[[int, str], None],
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        assert source.fetch is not None
        self._source, self._fetch, self._asked, self._clock = source, source.fetch, asked, clock
        self._keep, self._asks, self._on_change, self._idle = keep, asks, on_change, idle_seconds
        self._sieve = Sieve(tags)
        self._cursor, self._documents = "", set[str]()
        self._waiting: asyncio.Queue[str] = asyncio.Queue()
        self._batch: list[Answer] = []
        self._flushed_at = self._began_at = clock.now()
        self.messages = self.kept = self._messages = self._kept = 0
        self.gaps: list[str] = []

    def recall(self, archive: Path) -> None:
        """Take what an earlier process archived: the cursor, and which posts and accounts are known."""
        for placed in records(archive, self._source.id):
            answer = placed.record.answer
            if answer is None:
                continue
            if answer.ask.what == FOLLOWED:
                self._cursor = str(msgspec.json.decode(answer.body, type=_Span).cursor)
            elif answer.ask.what == FRAMES:
                self._cursor = self._asked.cursor(answer) or self._cursor
                self._sieve.take(self._asked.rows(answer), answer)
            elif answer.ask.what == DOCUMENTS and self._asked.outcome(answer).verdict == "answered":
                self._documents |= set(answer.ask.accounts)
        self._want(self._sieve.authors)

    async def follow(self, *, is_once: bool = False) -> None:
        """Follow until cancelled; once: until nothing more comes at once."""
        askers = [asyncio.create_task(self._ask_documents()) for _ in range(4)]
        try:
            await self._streams(is_once=is_once)
            if is_once:
                await self._waiting.join()
        finally:
            for one in askers:
                one.cancel()
            self.flush()
            self._state_span()

    async def _streams(self, *, is_once: bool) -> None:
        failures = 0
        while True:
            ask = self._asked.tail(Wish((), (FRAMES,), 0, server=self._fetch.server), self._cursor)
            before = self.messages
            try:
                async with connect(
                    ask.url, max_size=_MESSAGE_BYTES, open_timeout=_OPEN_SECONDS, compression=None, proxy=None
                ) as stream:
                    await self._listen(stream, ask, is_once=is_once)
                if is_once:
                    return
            except (OSError, TimeoutError, WebSocketException):
                self.flush()
                if is_once and failures == 2:
                    self._gap("unreachable")
                    return
            failures = 0 if self.messages > before else failures + 1
            wait = min(1 << failures, _LONGEST_WAIT) * _SECOND
            await self._clock.until(self._clock.now() + wait // 2 + random.randrange(wait // 2))  # noqa: S311 - manners

    async def _listen(self, stream: Any, ask: Ask, *, is_once: bool) -> None:
        asked_at = began_at = self._clock.now()
        while True:
            try:
                async with asyncio.timeout(self._idle if is_once else _FLUSH / _SECOND):
                    body = await stream.recv()
            except TimeoutError:
                self.flush()
                if is_once:
                    return
                continue
            now = max(self._clock.now(), asked_at)
            data = body if isinstance(body, bytes) else body.encode()
            answer = Answer(ask, asked_at, now, _SWITCHING, {}, data)
            self._take(answer)
            if is_once and self._asked.told_at(answer) > began_at:
                self.flush()
                return
            if now - self._flushed_at > _FLUSH or len(self._batch) >= _AT_ONCE:
                self.flush()

    def _take(self, answer: Answer) -> None:
        self.messages += 1
        self._messages += 1
        if word := self._asked.gap(answer):
            self._batch.append(answer)
            self._gap(word)
            return
        found = self._sieve.take(self._asked.rows(answer), answer)
        self._batch += found.kept
        self._cursor = self._asked.cursor(answer) or self._cursor
        self._documents -= found.changed
        self._want(found.wanted | found.changed)

    def _gap(self, word: str) -> None:
        self.gaps.append(word)
        if word in _NO_SUCH_CURSOR:
            self._cursor = ""
        self._on_change(0, word)

    def _want(self, accounts: Iterable[str]) -> None:
        for account in sorted(set(accounts) - self._documents):
            self._documents.add(account)
            self._waiting.put_nowait(account)

    def flush(self) -> None:
        """Put on the disk what was kept since, and once a minute how far the stream was followed."""
        self._flushed_at = self._clock.now()
        if self._batch:
            self._keep(self._batch)
            self.kept += len(self._batch)
            self._kept += len(self._batch)
            self._on_change(len(self._batch), "")
            self._batch = []
        if self._flushed_at - self._began_at > _SPAN:
            self._state_span()

    def _state_span(self) -> None:
        now = self._clock.now()
        if not self._messages and now - self._began_at < _SPAN:
            return
        span = _Span(self._cursor, self._messages, self._kept)
        ask = Ask(self._asked.id, FOLLOWED, self._asked.tail(Wish((), (FRAMES,), 0, server=self._fetch.server), "").url)
        self._keep([Answer(ask, self._began_at, now, 0, {}, msgspec.json.encode(span))])
        self._began_at, self._messages, self._kept = now, 0, 0

    async def _ask_documents(self) -> None:
        while True:
            account = await self._waiting.get()
            try:
                await self._ask_document(account)
            finally:
                self._waiting.task_done()

    async def _ask_document(self, account: str) -> None:
        wish = Wish((account,), (DOCUMENTS,), 0, server=self._fetch.directory)
        for ask in self._asked.begin(wish):
            for tries in range(1, _TRIES + 1):
                if self._asked.outcome(await self._asks(ask)).verdict in {"absent", "answered", "refused"}:
                    return
                await self._clock.until(self._clock.now() + (_SECOND << tries))
        self._documents.discard(account)


class _Span(Struct, frozen=True):
    """How far a stream was followed in one span: to which cursor, how many messages came, how many were kept."""

    cursor: str
    messages: int
    kept: int
