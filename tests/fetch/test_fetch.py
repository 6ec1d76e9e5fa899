from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from plaudit.archive.check import check
from plaudit.archive.reader import archive_folder, records
from plaudit.collect.collect import collect
from plaudit.rulebook.season import read_season
from plaudit.store.evidence import Evidence
from tests.fetch.fetching import HOUR, MONDAY, SECOND, FakeClock, fetch_once, make, offer
from tests.fetch.parrot import SECRET, Parrot, ParrotServer, spoken

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any


@pytest.fixture(autouse=True)
def parrot(monkeypatch: pytest.MonkeyPatch) -> Parrot:
    parrot = Parrot()
    offer(monkeypatch, parrot)
    return parrot


@pytest.fixture
def server() -> Iterator[ParrotServer]:
    with ParrotServer() as server:
        yield server


def collected(season: Path) -> Evidence:
    """Collect a season."""
    tables = Evidence(season / "evidence")
    collect(read_season(season), tables, bytes(32), on_progress=lambda _name, _rows: None)
    return tables


def rows(tables: Evidence, name: str) -> list[dict[str, Any]]:
    return tables.to_rows(tables.read(name).order_by(*tables.read(name).columns))


def urls(season: Path) -> list[str]:
    """Paths and queries that the archive says were asked."""
    return [
        placed.record.ask.url.partition("/")[2].partition("/")[2].partition("/")[2]
        for placed in records(archive_folder(season), "parrot-live")
    ]


def test_a_cycle_asks_for_every_account_and_follows_pages(tmp_path: Path, server: ParrotServer) -> None:
    season = make(tmp_path / "s", server.url)
    status = fetch_once(season, FakeClock())

    assert (status.answers, status.gaps) == (8, 0)
    assert sorted(urls(season))[2:5] == ["posts?account=coco", "posts?account=coco&page=2", "posts?account=coco&page=3"]
    found = check(archive_folder(season))
    assert found is not None
    assert (found.records, found.beyond) == (8, 0)


def test_answers_become_readings_observed_when_they_came(tmp_path: Path, server: ParrotServer) -> None:
    season = make(tmp_path / "s", server.url)
    fetch_once(season, FakeClock())
    tables = collected(season)

    of_polly = [row for row in rows(tables, "readings") if row["account"] == "polly"]
    assert [(row["post"], row["metric"]) for row in of_polly[:3]] == [
        ("", "followers"),
        ("polly-10", "likes"),
        ("polly-10", "views"),
    ]
    answered = {placed.record.answered_at for placed in records(archive_folder(season), "parrot-live")}
    assert {row["observed_at"] for row in of_polly} < answered
    assert rows(tables, "source_files") == [
        {
            "source": "parrot-live",
            "file": "data/archive/parrot-live/2018-05-21.jsonl.zst",
            "rows": 8,
            "passed_over": 0,
            "set_aside": 2,
        }
    ]
    assert {row["reason"] for row in rows(tables, "set_aside")} == {"no id"}
    assert {row["post"] for row in rows(tables, "deletions")} == {"polly-gone", "coco-gone"}


def test_coverage_is_what_was_asked_and_answered(tmp_path: Path) -> None:
    def say(path: str, query: dict[str, str], times: int) -> tuple[int, Any]:
        if (path, query["account"]) == ("/followers", "coco"):
            return 403, {}
        return (429, {"after": 5}) if path == "/followers" and times == 1 else spoken(path, query, times)

    with ParrotServer(say) as server:
        season, clock = make(tmp_path / "s", server.url), FakeClock()
        fetch_once(season, clock)
        clock.at = MONDAY + 12 * HOUR  # the cycle of 06:00 is missed
        fetch_once(season, clock)
    of_followers = [row for row in rows(collected(season), "coverage") if row["metric"] == "followers"]

    seen = [
        (
            row["account"],
            (row["hour"] - MONDAY) // HOUR,
            row["asked"],
            row["answered"],
            row["refused"],
            row["limited"],
            row["missing"],
        )
        for row in of_followers
    ]
    assert seen == [
        ("coco", 0, 1, 0, 1, 0, 0),
        ("coco", 6, 0, 0, 0, 0, 1),
        ("coco", 12, 1, 0, 1, 0, 0),
        ("polly", 0, 2, 1, 0, 1, 0),
        ("polly", 6, 0, 0, 0, 0, 1),
        ("polly", 12, 1, 1, 0, 0, 0),
    ]


def test_a_cycle_that_was_taken_is_not_taken_twice(tmp_path: Path, server: ParrotServer) -> None:
    season, clock = make(tmp_path / "s", server.url), FakeClock()
    fetch_once(season, clock)
    clock.at += HOUR

    assert fetch_once(season, clock).answers == 0
    clock.at = MONDAY + 6 * HOUR
    assert fetch_once(season, clock).answers == 8


def test_a_secret_is_in_no_file_of_the_season(tmp_path: Path) -> None:
    def say(path: str, query: dict[str, str], times: int) -> tuple[int, Any]:
        status, said = spoken(path, query, times)
        return status, {**said, "you": query["token"]}

    with ParrotServer(say) as server:
        season = make(tmp_path / "s", server.url)
        fetch_once(season, FakeClock(), {"PLAUDIT_KEY_PARROT_TOKEN": SECRET})
    asked = server.asked

    assert all(SECRET in one for one in asked)
    kept = [placed.record for placed in records(archive_folder(season), "parrot-live")]
    assert [record.masked for record in kept] == [1] * 8
    assert not any(SECRET in repr(record) for record in kept)
    assert not any(SECRET.encode() in path.read_bytes() for path in season.rglob("*") if path.is_file())


def test_a_limit_is_waited_for_as_the_platform_says(tmp_path: Path) -> None:
    def say(path: str, query: dict[str, str], times: int) -> tuple[int, Any]:
        return (429, {"after": 90}) if times == 1 and query["account"] == "coco" else spoken(path, query, times)

    with ParrotServer(say) as server:
        clock = FakeClock()
        status = fetch_once(make(tmp_path / "s", server.url), clock)

    assert status.gaps == 0
    assert status.answers == 8 + len({one for one in server.asked if "coco" in one})
    assert 90 * SECOND < clock.waited[0] - MONDAY < 91 * SECOND
