from __future__ import annotations

import gzip
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from plaudit.archive.check import check
from plaudit.archive.reader import archive_folder, records
from plaudit.base.errors import RuleInvalid, SourceChanged, SourceUnavailable
from plaudit.collect.collect import collect
from plaudit.platforms.contract import Answer, Limit, Said
from plaudit.rulebook.season import read_season
from plaudit.store.evidence import Evidence
from tests.fetch.fetching import HOUR, MONDAY, SECOND, FakeClock, fetch_once, make, offer
from tests.fetch.parrot import SECRET, Parrot, ParrotServer, spoken

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


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
            (row["hour_at"] - MONDAY) // HOUR,
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


def _hang(handler: Any) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{")
    handler.wfile.flush()
    time.sleep(0.6)


def _drip(handler: Any) -> None:
    with suppress(OSError):
        for letter in b"HTTP/1.1 200 OK\r\nx-slow: " + b"a" * 100:
            handler.wfile.write(bytes([letter]))
            handler.wfile.flush()
            time.sleep(0.02)


def _cut(handler: Any) -> None:
    handler.wfile.write(b'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"followers": 7}')
    handler.close_connection = True


def _elsewhere(handler: Any) -> None:
    handler.wfile.write(b"HTTP/1.1 302 Found\r\nlocation: http://169.254.169.254/secret\r\ncontent-length: 0\r\n\r\n")


def _huge(handler: Any) -> None:
    with suppress(OSError):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: 52428800\r\n\r\n")
        for _ in range(800):
            handler.wfile.write(b"x" * 65_536)
    handler.close_connection = True


def _zipped(handler: Any) -> None:
    body = gzip.compress(b"x" * 20_000_000, 1)
    handler.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: %d\r\n\r\n" % len(body) + body)


@pytest.mark.parametrize(
    ("say", "failure", "times", "kept"),
    [
        (_hang, "timeout", 5, b"{"),
        (_drip, "timeout", 5, b""),
        (_cut, "cut", 5, b'{"followers": 7}'),
        (_elsewhere, "redirect", 1, b""),
        (_huge, "too large", 1, b""),
        (_zipped, "too large", 1, b""),
    ],
)
def test_what_is_no_whole_answer_is_kept_as_what_it_is(
    tmp_path: Path, say: Any, failure: str, times: int, kept: bytes
) -> None:
    def broken(path: str, query: dict[str, str], again: int) -> tuple[int, Any]:
        return (200, say) if query["account"] == "coco" and path == "/followers" else spoken(path, query, again)

    with ParrotServer(broken) as server:
        season, clock = make(tmp_path / "s", server.url), FakeClock()
        status = fetch_once(season, clock, seconds=0.2 if failure == "timeout" else 20.0)

    found = [one.record for one in records(archive_folder(season), "parrot-live") if one.record.failure]
    assert [(record.failure, record.data) for record in found] == [(failure, kept)] * times
    assert (status.answers, status.gaps) == (7 + times, 1)
    assert [round((at - MONDAY) / SECOND) for at in clock.waited] == [2, 6, 14, 30][: times - 1]


def test_a_server_that_fails_is_asked_again_until_it_answers(tmp_path: Path) -> None:
    def say(path: str, query: dict[str, str], times: int) -> tuple[int, Any]:
        return (503, {}) if times < 3 and path == "/followers" else spoken(path, query, times)

    with ParrotServer(say) as server:
        status = fetch_once(make(tmp_path / "s", server.url), FakeClock())

    assert (status.answers, status.gaps) == (12, 0)


def test_a_spent_quota_waits_for_its_hour(tmp_path: Path, server: ParrotServer, parrot: Parrot) -> None:
    parrot.limits = (Limit("asks", 3, 3_600),)
    clock = FakeClock()
    season = make(tmp_path / "s", server.url)
    status = fetch_once(season, clock)

    at = [(placed.record.asked_at - MONDAY) // HOUR for placed in records(archive_folder(season), "parrot-live")]
    assert (at, status.gaps) == ([0, 0, 0, 1, 1, 1, 2, 2], 0)


def test_a_quota_is_spent_by_earlier_processes_too(tmp_path: Path, server: ParrotServer, parrot: Parrot) -> None:
    parrot.limits = (Limit("asks", 8, 86_400, "America/Los_Angeles"),)
    clock, season = FakeClock(), make(tmp_path / "s", server.url)
    assert (fetch_once(season, clock).answers, clock.waited) == (8, [])
    clock.at = MONDAY + 6 * HOUR  # 23:00 in California: an hour until the units are back

    assert fetch_once(season, clock).answers == 8
    assert clock.waited == [MONDAY + 7 * HOUR]


def test_what_a_cycle_leaves_unasked_is_a_gap(tmp_path: Path, server: ParrotServer, parrot: Parrot) -> None:
    parrot.limits = (Limit("asks", 3, 86_400),)
    status = fetch_once(make(tmp_path / "s", server.url), FakeClock())

    assert (status.answers, status.gaps) == (3, 2)  # polly's posts, and the second page of coco's


def test_a_declared_gap_that_the_archive_contradicts_is_refused(tmp_path: Path, server: ParrotServer) -> None:
    gap = 'synthetic = true, gaps = [{ from = 2018-05-20, to = 2018-05-22, because = "asleep" }]'
    season = make(tmp_path / "s", server.url, **{"synthetic = true": gap})
    fetch_once(season, FakeClock())

    with pytest.raises(SourceChanged, match="a gap is declared from 2018-05-20 to 2018-05-22, and the archive holds"):
        collected(season)


def test_an_answer_outside_the_declared_coverage_is_refused(tmp_path: Path, server: ParrotServer) -> None:
    season = make(tmp_path / "s", server.url, **{"from = 2018-05-01": "from = 2018-05-22"})
    fetch_once(season, FakeClock())

    with pytest.raises(SourceChanged, match="declared from 2018-05-22 to 2018-06-30, and the archive holds"):
        collected(season)


def test_a_source_without_an_answer_says_what_to_run(tmp_path: Path, server: ParrotServer) -> None:
    with pytest.raises(SourceUnavailable, match="run first: plaudit fetch"):
        collected(make(tmp_path / "s", server.url))


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('every = "6h"', 'every = "7h"', "does not divide a day"),
        ('"followers", "posts"', '"listeners"', "does not offer 'listeners'"),
        ('platform = "parrot"', 'platform = "parot"', "did you mean 'parrot'"),
        ('kind = "live"', 'kind = "counters"', "is counters and has"),
        ('id = "parrot-live"', 'id = "log"', "cannot name a folder"),
        ('title = "What', 'files = "data/a.csv"\ntitle = "What', "a live source has no files"),
        ("days = 40", 'days = 40, accounts = ["poly"]', "did you mean 'polly'"),
        ('server = "http', 'server = "ftp', "is not an https address"),
    ],
)
def test_a_live_source_that_cannot_be_asked_is_refused(tmp_path: Path, old: str, new: str, what: str) -> None:
    season = make(tmp_path / "s", "http://127.0.0.1:1", **{old: new})

    with pytest.raises(RuleInvalid, match=what):
        read_season(season)


def test_figures_of_single_days_become_a_running_total(
    tmp_path: Path, server: ParrotServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def daily(self: Parrot, answer: Answer) -> list[Said]:
        told = {"account": answer.ask.accounts[0], "metric": "followers"}
        return [Said("readings", {**told, "value": 7, "day": day}) for day in ("2018-05-20", "2018-05-19", "today")]

    monkeypatch.setattr(Parrot, "rows", daily)
    season = make(tmp_path / "s", server.url)
    fetch_once(season, FakeClock())
    readings = [row for row in rows(collected(season), "readings") if row["account"] == "polly"]

    assert [((row["observed_at"] - MONDAY) // HOUR, row["value"]) for row in readings] == [(-48, 0), (-24, 7), (0, 14)]
