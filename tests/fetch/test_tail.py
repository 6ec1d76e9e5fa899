"""A stream is followed: what concerns the tags is kept as it came, once, and a gap is stated."""

from __future__ import annotations

import shutil
from collections import Counter
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from plaudit.archive.reader import archive_folder, records
from plaudit.platforms.atproto_frames import decoded
from tests.fetch.fetching import DAY, FakeClock
from tests.fetch.relay import TUESDAY, directory, follow_once, frame, make_season, relay
from tests.made import made_once
from tests.platforms.pds.recorded import recorded_frames

if TYPE_CHECKING:
    from pathlib import Path


def follow(folder: Path) -> Path:
    with relay() as stream, directory() as said_at:
        season = make_season(folder / "s", stream, said_at)
        follow_once(season)
    return season


@pytest.fixture
def season(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shutil.copytree(made_once(tmp_path_factory, "hashtags", follow), tmp_path / "s")


def kept(season: Path) -> list[Any]:
    return [placed.record for placed in records(archive_folder(season), "hashtags")]


def numbers(season: Path) -> list[int]:
    messages: list[Any] = [decoded(one.data) for one in kept(season) if one.ask.what == "frames"]
    return [message["seq"] for message in messages if "seq" in message]


def test_frames_of_the_tags_are_kept_as_they_came(season: Path) -> None:
    frames = [one.data for one in kept(season) if one.ask.what == "frames"]

    assert set(frames) <= set(recorded_frames())
    assert numbers(season) == [21, 25, 26, 27, 28, 30, 31, 32, 33, 64, 65, 67]


def test_of_each_author_the_document_is_kept(season: Path) -> None:
    asked = Counter(one.ask.accounts for one in kept(season) if one.ask.what == "identities")

    assert len(asked) == 4
    assert set(asked.values()) == {1, 2}  # one changed its name, so that its document was asked for again


def test_the_rest_is_counted(season: Path) -> None:
    spans = [msgspec.json.decode(one.data) for one in kept(season) if one.ask.what == "followed"]

    assert [(span["messages"], span["kept"], span["cursor"]) for span in spans] == [(37, 12, "67")]


def test_following_goes_on_behind_what_was_kept(tmp_path: Path) -> None:
    frames = recorded_frames()
    with directory() as said_at:
        for until in (25, 28, len(frames)):
            with relay(frames[:until]) as stream:
                follow_once(make_season(tmp_path / "s", stream, said_at), FakeClock(TUESDAY + until * 1_000_000))

    assert numbers(tmp_path / "s") == [21, 25, 26, 27, 28, 30, 31, 32, 33, 64, 65, 67]


def test_a_cursor_that_is_too_old_is_a_stated_gap(tmp_path: Path) -> None:
    with relay(first=[frame("#info", name="OutdatedCursor", message="too old")]) as stream, directory() as said_at:
        fetcher = follow_once(make_season(tmp_path / "s", stream, said_at))
    messages: list[Any] = [decoded(one.data) for one in kept(tmp_path / "s") if one.ask.what == "frames"]

    assert fetcher.status["hashtags"].gaps == 1
    assert messages[0]["name"] == "OutdatedCursor"
    assert len(numbers(tmp_path / "s")) == 12


def test_a_repost_that_comes_before_its_post_is_kept_with_its_own_instant(tmp_path: Path) -> None:
    frames = recorded_frames()
    turned = [one for one in frames if decoded(one)["t"] == "#commit"]  # type: ignore[index]
    post = next(one for one in turned if decoded(one)["seq"] == 21)  # type: ignore[index]
    turned = [one for one in turned if one != post and decoded(one)["seq"] < 30]  # type: ignore[index]
    with relay([*turned, post]) as stream, directory() as said_at:
        follow_once(make_season(tmp_path / "s", stream, said_at))
    at = {decoded(one.data)["seq"]: one.answered_at for one in kept(tmp_path / "s") if one.ask.what == "frames"}  # type: ignore[index]

    assert at[28] < at[21]
    assert list(at)[-2:] == [28, 21]


def test_a_relay_that_is_not_there_is_a_gap(tmp_path: Path) -> None:
    with directory() as said_at:
        fetcher = follow_once(make_season(tmp_path / "s", "ws://127.0.0.1:9", said_at), FakeClock(TUESDAY + DAY // 2))

    assert fetcher.status["hashtags"].gaps == 1
    assert kept(tmp_path / "s") == []


def test_a_document_that_comes_after_midnight_lies_behind_the_frames_of_the_day_before(tmp_path: Path) -> None:
    with relay() as stream, directory() as said_at:
        season = make_season(tmp_path / "s", stream, said_at)
        follow_once(season, FakeClock(TUESDAY + DAY - 40_000))  # midnight comes while frames do

    days = {path.name[:10] for path in (archive_folder(season) / "hashtags").glob("*.zst")}
    assert days == {"2026-12-01", "2026-12-02"}
    assert numbers(season) == [21, 25, 26, 27, 28, 30, 31, 32, 33, 64, 65, 67]
