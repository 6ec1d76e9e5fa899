"""A season that asks the parrot, and a clock that waits for nobody."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from plaudit import pipeline
from plaudit.fetch.fetch import Fetcher
from plaudit.rulebook.season import read_season
from plaudit.store.evidence import Evidence
from tests.fetch.parrot import ParrotServer, spoken

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from typing import Any

    import pytest

    from plaudit.fetch.fetch import Status
    from tests.fetch.parrot import Parrot

MONDAY = 1_526_860_800_000_000
"""2018-05-21T00:00Z."""
HOUR = 3_600_000_000
DAY = 24 * HOUR
SECOND = 1_000_000

_SEASON = """\
title = "Parrots"
about = "For tests."
award = "parrots"
edition = "2018"
origin = "tests.example/parrots"

[[source]]
id = "parrot-live"
kind = "live"
title = "What the parrot says"
platform = "parrot"
coverage = { from = 2018-05-01, to = 2018-06-30, sampling = "all accounts", synthetic = true }
fetch = { what = ["followers", "posts"], every = "6h", days = 40, server = "SERVER" }
"""
_ARTISTS = """
[[artist]]
id = "polly"
names = { en = "Polly" }
kind = "person"
accounts = [{ platform = "parrot", account = "polly" }]

[[artist]]
id = "coco"
names = { en = "Coco" }
kind = "person"
accounts = [{ platform = "parrot", account = "coco" }]
"""


class FakeClock:
    """A clock that is set forward by whoever waits."""

    def __init__(self, now: int = MONDAY) -> None:
        self.at = now
        self.waited: list[int] = []

    def now(self) -> int:
        self.at += 1_000
        return self.at

    async def until(self, instant: int) -> None:
        self.waited.append(instant)
        await asyncio.sleep(0)
        self.at = max(self.at, instant)


def offer(monkeypatch: pytest.MonkeyPatch, parrot: Parrot) -> None:
    """Let the parrot be the one platform there is."""
    monkeypatch.setattr("plaudit.platforms.registry.platforms", lambda: {"parrot": parrot})


def make(folder: Path, server: str, more: str = "", **changed: str) -> Path:
    """Make a season that asks a server."""
    folder.mkdir(parents=True, exist_ok=True)
    text = _SEASON.replace("SERVER", server) + more
    for old, new in changed.items():
        assert old in text
        text = text.replace(old, new)
    (folder / "season.toml").write_text(text, "utf-8")
    (folder / "artists.toml").write_text(_ARTISTS, "utf-8")
    return folder


def fetch_once(season: Path, clock: FakeClock, held: dict[str, str] | None = None, seconds: float = 5.0) -> Status:
    """Take the cycle that is due, and give where the source is after it."""
    fetcher = Fetcher(read_season(season), held or {}, clock, deadline_seconds=seconds)
    try:
        asyncio.run(fetcher.once())
    finally:
        fetcher.close()
    return fetcher.status["parrot-live"]


CHART = """
[[chart]]
rule = "views-only@1"
from = 2018-05-18
to = 2018-05-24
"""
_RULE = """
kind = "chart"
id = "views-only"
version = 1
title = "A chart of views"
because = "One number."
positions = 10
part = [{ measure = "views_gain", weight_ppm = 1000000 }]
ties = { then = "share" }
week = { starts_on = "friday", zone = "UTC" }
coverage = { full_days = 7, least_days = 1 }
"""
THURSDAY = MONDAY - 4 * DAY


def charted(folder: Path, days: Iterable[int] = range(9), **changed: str) -> Path:
    """Make a season with a chart of one week, and ask once on each of some days, from the day before the week on."""
    clock = FakeClock()

    def say(path: str, query: dict[str, str], times: int) -> tuple[int, Any]:
        status, said = spoken(path, query, times)
        for post in said.get("posts", ()):
            post["views"] = clock.at // DAY * len(query["account"])
        return status, said

    with ParrotServer(say) as server:
        season = make(folder, server.url, CHART, **{'every = "6h"': 'every = "1d"'}, **changed)
        (season / "rules").mkdir()
        (season / "rules" / "views-only@1.toml").write_text(_RULE, "utf-8")
        for day in days:
            clock.at = THURSDAY + day * DAY + 8 * HOUR
            fetch_once(season, clock)
    return season


def run_season(season: Path) -> None:
    """Walk the whole line."""
    read = read_season(season)
    pipeline.run(read, Evidence(read.evidence))
