from __future__ import annotations

import asyncio
import itertools
import json
import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from plaudit.base.errors import SlowDown
from plaudit.vote.live import LiveVote
from plaudit.vote.open_vote import open_vote
from plaudit.web import standings as standings_module
from plaudit.web.standings import Feed
from tests.vote.seasons import NOMINEES, open_now
from tests.web.serving import EDITION, cast, guest, running_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def events(lines: Iterator[str]) -> Iterator[tuple[float, Any]]:
    """Give each event's data and when it came."""
    for line in lines:
        if line.startswith("data: "):
            yield time.monotonic(), json.loads(line.removeprefix("data: "))


def test_the_standings_are_what_was_cast(tmp_path: Path) -> None:
    open_now(tmp_path / "live")
    with running_server(tmp_path / "live") as running, guest(running.url) as voter:
        cast(voter, "first-ballot", "bts", 2)
        cast(voter, "second-ballot", "iu", 1)
        now = voter.get(f"{EDITION}/standings").json()

    votes = {row["id"]: (row["votes"], row["channels"]) for row in now["nominees"]}
    assert votes == {"bts": (2, {"web": 2}), "drake": (0, {}), "iu": (1, {"web": 1})}
    assert (now["ballots"], now["policy"], now["label"]) == (2, "public", "accepted, before audit")


@pytest.mark.parametrize("policy", ["hidden", "sealed"])
def test_standings_that_are_not_to_be_seen_show_no_votes(tmp_path: Path, policy: str) -> None:
    open_now(tmp_path / "live", intake=f'standings = "{policy}"')
    with running_server(tmp_path / "live") as running, guest(running.url) as voter:
        cast(voter, "first-ballot")
        now = voter.get(f"{EDITION}/standings").json()
        page = voter.get("/").text
        with voter.stream("GET", f"{EDITION}/standings/events") as stream:
            _, event = next(events(stream.iter_lines()))

    assert now["ballots"] == event["ballots"] == 1
    assert "nominees" not in now
    assert "nominees" not in event
    assert f"Votes are {policy} for now" in page


def test_changes_are_sent_at_most_once_a_second_and_only_when_there_are_any(tmp_path: Path) -> None:
    open_now(tmp_path / "live", votes=1_000)  # type: ignore[arg-type]
    with (
        running_server(tmp_path / "live") as running,
        guest(running.url) as voter,
        httpx.Client(base_url=running.url, timeout=2.5, verify=False) as listener,
        listener.stream("GET", f"{EDITION}/standings/events") as stream,
    ):
        told = events(stream.iter_lines())
        seen = [next(told)]
        for number in range(30):
            cast(voter, f"ballot-{number:04d}")
        while seen[-1][1]["ballots"] < 30:
            seen.append(next(told))
        with pytest.raises(httpx.ReadTimeout):  # nothing changes, so nothing is said
            next(told)

    assert seen[0][1]["ballots"] == 0
    assert all(later - earlier > 0.9 for (earlier, _), (later, _) in itertools.pairwise(seen[1:]))


def test_a_stream_ends_when_the_server_stops(tmp_path: Path) -> None:
    open_now(tmp_path / "live")
    with (
        running_server(tmp_path / "live") as running,
        httpx.Client(base_url=running.url, timeout=20, verify=False) as listener,
        listener.stream("GET", f"{EDITION}/standings/events") as stream,
    ):
        lines = stream.iter_lines()
        next(events(lines))
        running.process.terminate()
        began = time.monotonic()
        rest = list(lines)

        assert running.process.wait(20) == 0
        assert time.monotonic() - began < 10
        assert not [line for line in rest if line.startswith("data: ")]


@pytest.fixture
def feed(tmp_path: Path) -> Iterator[Feed]:
    season = open_now(tmp_path / "live")
    open_vote(season, NOMINEES)
    with LiveVote(season) as vote:
        yield Feed(vote)


def test_a_quiet_stream_is_kept_alive(feed: Feed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standings_module, "QUIET_SECONDS", 0.01)

    async def two() -> list[bytes]:
        stream = feed.listen()
        return [await anext(stream), await anext(stream)]

    first, second = asyncio.run(two())
    assert first.startswith(b"event: standings\n")
    assert second.startswith(b": ")


def test_one_stream_too_many_is_refused_and_a_gone_one_makes_room(feed: Feed) -> None:
    feed = Feed(feed._vote, most=1)

    async def listen() -> None:
        held = feed.listen()
        await anext(held)
        with pytest.raises(SlowDown, match="1 streams"):
            feed.listen()
        await held.aclose()  # type: ignore[attr-defined]
        again = feed.listen()
        await anext(again)
        await again.aclose()  # type: ignore[attr-defined]

    asyncio.run(listen())
    assert feed.listeners == 0


def test_one_network_leaves_streams_to_others(feed: Feed) -> None:
    feed = Feed(feed._vote, most=8)

    async def listen(address: str) -> list[Any]:
        held = []
        for _ in range(8):
            try:
                held.append(feed.listen(address))
            except SlowDown:
                break
            await anext(held[-1])
        return held

    async def both() -> tuple[int, int]:
        one, other = await listen("203.0.113.7"), await listen("198.51.100.7")
        for stream in [*one, *other]:
            await stream.aclose()
        return len(one), len(other)

    assert asyncio.run(both()) == (4, 2)
    assert feed.listeners == 0
