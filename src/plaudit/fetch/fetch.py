"""Asking platforms on schedule: within their limits, archived before anything else happens, resumed after any end."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from httpx2 import AsyncClient, Limits
from msgspec.structs import replace

from plaudit.archive.archive import Archive
from plaudit.archive.reader import archive_folder, records, sources
from plaudit.archive.record import day_of
from plaudit.archive.signer import archive_signer
from plaudit.base.progress import silent
from plaudit.base.version import version
from plaudit.collect.seen import wished_accounts
from plaudit.fetch.cycle import Cycle, begin_of, wish_of
from plaudit.fetch.due import delete_due
from plaudit.fetch.exchange import DEADLINE_SECONDS, exchange
from plaudit.fetch.keys import keys_of, masked, secrets_in
from plaudit.fetch.quota import Quota
from plaudit.fetch.tail import IDLE_SECONDS, Follower
from plaudit.platforms.registry import platform

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from plaudit.fetch.clock import Clock
    from plaudit.platforms.contract import Answer, Ask, Platform
    from plaudit.rulebook.season import Season
    from plaudit.rulebook.sources import Source

__all__ = ["Fetcher", "Status", "live_sources"]

_SECOND: Final = 1_000_000
_PUBLISH_SECONDS: Final = 60
_LONGEST_QUOTA: Final = 2 * 86_400 * _SECOND


@dataclass
class Status:
    """Where a source is: counted since the fetcher was started, but for what `left` and `next_at` say.

    last_at : when the last answer came, or 0
    next_at : when it asks again, or 0 if it is asking
    gaps : asks that stayed without an answer when their cycle ended
    left : units that each pool of the platform has left
    """

    source: str
    platform: str
    answers: int = 0
    bytes: int = 0
    last_at: int = 0
    next_at: int = 0
    doing: str = ""
    gaps: int = 0
    left: dict[str, int] = field(default_factory=dict)


def live_sources(season: Season) -> list[Source]:
    """Give the season's live sources."""
    return [source for source in season.sources if source.fetch is not None]


class Fetcher:
    """Asks the platforms of a season's live sources.

    Parameters
    ----------
    held : secrets by environment variable
    on_kept : is told the leaf of each answer once it is on the disk
    on_change : is called when a status has changed

    Raises
    ------
    OutOfTurn : another process fetches.
    """

    def __init__(
        self,
        season: Season,
        held: Mapping[str, str],
        clock: Clock,
        *,
        only: Sequence[str] = (),
        deadline_seconds: float = DEADLINE_SECONDS,
        on_kept: Callable[[int], None] = lambda _leaf: None,
        on_change: Callable[[], None] = lambda: None,
        tell: Callable[[str], None] = silent,
    ) -> None:
        self._season, self._clock, self._deadline = season, clock, deadline_seconds
        self._on_kept, self._on_change, self._tell = on_kept, on_change, tell
        self._sources = [source for source in live_sources(season) if not only or source.id in only]
        self._platforms: dict[str, Platform] = {one.platform: platform(one.platform) for one in self._sources}
        self._keys = {name: keys_of(asked, held) for name, asked in self._platforms.items()}
        held_values = [value for keys in self._keys.values() for value in keys.values()]
        self._secrets = sorted({secret for value in held_values for secret in secrets_in(value)})
        self._quotas = {name: Quota(name, asked.limits) for name, asked in self._platforms.items()}
        self.status = {source.id: Status(source.id, source.platform) for source in self._sources}
        self._archive = Archive(archive_folder(season.folder), archive_signer(season.folder, season.origin))
        for path, size in self._archive.mended.items():
            tell(f"{path}: {size:,} bytes at its end were half a record, written when a fetch was stopped; cut off")
        self._published_at = clock.now()
        self._deleted_on = ""
        self._remember_quotas()

    def close(self) -> None:
        """Publish what is not published, and let go of the archive."""
        self._archive.publish()
        self._archive.close()

    async def once(self) -> None:
        """Finish the cycle that is due of every source, and take what a stream holds ready."""
        async with self._client() as client, asyncio.TaskGroup() as group:
            for source in self._sources:
                group.create_task(
                    self._stream(client, source, is_once=True) if source.is_followed else self._cycle(client, source)
                )

    async def follow(self) -> None:
        """Take one cycle after another, until it is cancelled or no source's coverage goes on."""
        async with self._client() as client, asyncio.TaskGroup() as group:
            for source in self._sources:
                group.create_task(
                    self._stream(client, source, is_once=False) if source.is_followed else self._follow(client, source)
                )

    async def _follow(self, client: AsyncClient, source: Source) -> None:
        assert source.fetch is not None
        while True:
            await self._cycle(client, source)
            following = begin_of(source.fetch, self._clock.now()) + source.fetch.every_seconds * _SECOND
            await self._wait(source, following, "waits for its next cycle")

    async def _stream(self, client: AsyncClient, source: Source, *, is_once: bool) -> None:
        """Follow a stream; its messages are on the disk before they count as kept."""
        assert source.fetch is not None
        self._delete_due(self._clock.now())
        quota, has_own = self._quotas[source.platform], bool(source.fetch.directory)

        def keep(answers: Sequence[Answer]) -> None:
            for leaf in self._archive.append(source.id, [(answer, 0) for answer in answers]):
                self._on_kept(leaf)
            if answers[-1].answered_at - self._published_at > _PUBLISH_SECONDS * _SECOND:
                self._publish()

        async def asks(ask: Ask) -> Answer:
            while not has_own and (at := quota.free_at(ask.pool, ask.units, self._clock.now())) > self._clock.now():
                await self._clock.until(at)
            quota.spend(ask.pool, ask.units, self._clock.now())
            answer = await self._exchanged(client, source, ask)
            follower.flush()  # what came before it lies before it: the day of a segment is over once the next began
            self._archived(source, *answer)
            return answer[0]

        def tell(kept: int, gap: str) -> None:
            status = self.status[source.id]
            status.answers += kept
            status.gaps += bool(gap)
            status.last_at = self._clock.now()
            self._show(source, 0, "follows")
            if gap:
                self._tell(f"{source.id}: {self._platforms[source.platform].id} says {gap}: something may be missed")

        tags = self._season.artists.tags()
        idle = min(IDLE_SECONDS, self._deadline)
        follower = Follower(source, self._platforms[source.platform], tags, self._clock, keep, asks, tell, idle)
        follower.recall(self._archive.folder)
        await follower.follow(is_once=is_once)
        self._publish()
        self._show(source, 0, "done")

    async def _cycle(self, client: AsyncClient, source: Source) -> None:
        assert source.fetch is not None
        asked, now = self._platforms[source.platform], self._clock.now()
        self._delete_due(now)
        begin = begin_of(source.fetch, now)
        end = begin + source.fetch.every_seconds * _SECOND
        cycle = Cycle(asked, wish_of(source.fetch, wished_accounts(source, self._season.artists), begin), begin)
        for placed in records(self._archive.folder, source.id, since=begin):
            if placed.record.asked_at >= begin:
                cycle.recall(placed.record)
        quota, status = self._quotas[source.platform], self.status[source.id]
        while (due := cycle.next()) is not None:
            now = self._clock.now()
            if now >= end:
                cycle.leave()
                break
            at = max(due.at, quota.free_at(due.ask.pool, due.ask.units, now))
            if at > now:
                if at >= end:
                    cycle.leave()
                    break
                await self._wait(source, at, "waits for its platform")
                continue
            quota.spend(due.ask.pool, due.ask.units, now)
            rest = cycle.take(due, await self._asked(client, source, due.ask))
            if rest:
                quota.rest(due.ask.pool, rest)
        status.gaps += len(cycle.given_up)
        self._publish()
        self._show(source, 0, "done")

    async def _asked(self, client: AsyncClient, source: Source, ask: Ask) -> Answer:
        """Ask, archive, and only then give the answer."""
        answer, count = await self._exchanged(client, source, ask)
        self._archived(source, answer, count)
        return answer

    async def _exchanged(self, client: AsyncClient, source: Source, ask: Ask) -> tuple[Answer, int]:
        """Ask, and give the answer, and how often a secret was put out of it."""
        asked = self._platforms[source.platform]
        sent = asked.with_keys(ask, self._keys[source.platform])
        answer = await exchange(
            client, ask, sent, self._clock.now, headers=asked.headers, deadline_seconds=self._deadline
        )
        body, headers, count = masked(answer, self._secrets)
        return replace(answer, body=body, headers=headers), count

    def _archived(self, source: Source, answer: Answer, count: int) -> None:
        status = self.status[source.id]
        (leaf,) = self._archive.append(source.id, [(answer, count)])
        self._on_kept(leaf)
        status.answers += 1
        status.bytes += len(answer.body)
        status.last_at = answer.answered_at
        self._show(source, 0, "asks")
        if answer.answered_at - self._published_at > _PUBLISH_SECONDS * _SECOND:
            self._publish()

    async def _wait(self, source: Source, until: int, why: str) -> None:
        self._publish()
        self._show(source, until, why)
        await self._clock.until(until)

    def _delete_due(self, now: int) -> None:
        """Delete once a day what terms let nobody keep."""
        if day_of(now) != self._deleted_on:
            self._deleted_on = day_of(now)
            if count := delete_due(self._archive, self._season, now):
                self._tell(f"{count:,} bodies were due and are deleted; their digests stay")

    def _publish(self) -> None:
        self._archive.publish()
        self._published_at = self._clock.now()

    def _show(self, source: Source, next_at: int, doing: str) -> None:
        status = self.status[source.id]
        status.next_at, status.doing = next_at, doing
        status.left = self._quotas[source.platform].left(self._clock.now())
        self._on_change()

    def _remember_quotas(self) -> None:
        """Take what earlier processes used from the pools, as the archive tells."""
        since = self._clock.now() - _LONGEST_QUOTA
        asks = [
            (placed.record.asked_at, placed.record.ask)
            for source in sources(self._archive.folder)
            for placed in records(self._archive.folder, source, since=since)
            if placed.record.ask.pool
        ]
        for at, ask in sorted(asks, key=lambda pair: pair[0]):
            if ask.platform in self._quotas:
                self._quotas[ask.platform].spend(ask.pool, ask.units, at)

    def _client(self) -> AsyncClient:
        agent = f"plaudit/{version()} (https://{self._season.origin})"
        return AsyncClient(
            timeout=None, follow_redirects=False, headers={"user-agent": agent}, limits=Limits(max_connections=20)
        )
