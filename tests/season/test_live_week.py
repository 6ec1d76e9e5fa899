"""The example that asks four platforms, on one day, against the fakes that its demo starts."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from scripts.demo_live import DAYS, EXAMPLE, FIRST, PORT, fetch_span
from scripts.fakes import Fakes
from scripts.made_up import HOUR, FastClock, World

from plaudit.base.progress import quiet
from plaudit.collect.collect import collect
from plaudit.rulebook.season import read_season
from plaudit.store.evidence import Evidence
from tests.conftest import EXAMPLES

if TYPE_CHECKING:
    from pathlib import Path

ASKED = {
    ("bluesky-live", "followers"),
    ("youtube-live", "followers"),
    ("mastodon-live", "followers"),
    ("bluesky-live", "likes"),
    ("youtube-live", "likes"),
    ("mastodon-live", "likes"),
    ("listenbrainz-live", "plays"),
}


def test_a_day_of_four_platforms_is_asked_archived_and_collected(tmp_path: Path) -> None:
    season = shutil.copytree(EXAMPLES / EXAMPLE.name, tmp_path / "season")
    artists, clock = read_season(season).artists, FastClock(FIRST)
    out = ("mastodon", FIRST + 12 * HOUR, FIRST + 18 * HOUR, 503)
    with Fakes(World(artists, FIRST, DAYS), lambda: clock.at, [out]) as fakes:
        text = (season / "season.toml").read_text("utf-8")
        (season / "season.toml").write_text(text.replace(f"http://127.0.0.1:{PORT}", fakes.url), "utf-8")
        answers, gaps = fetch_span(season, clock, FIRST + HOUR, FIRST + 14 * HOUR, 6 * HOUR)
    tables = Evidence(season / "evidence")
    (season / "data" / "ballots").mkdir()
    (season / "data" / "ballots" / "none.csv").write_text("channel,nominee,voter,cast_at\n", "utf-8")
    collect(read_season(season), tables, bytes(32), on_progress=quiet)
    coverage = tables.to_rows(tables.read("coverage"))
    readings = tables.to_rows(tables.read("readings"))

    assert answers == fakes.asked
    assert gaps == len(artists.artists)
    assert {(row["source"], row["metric"]) for row in coverage if row["answered"]} >= ASKED
    assert {row["source"] for row in coverage if row["missing"] or row["failed"]} == {"mastodon-live"}
    assert {(row["source"], row["metric"]) for row in readings} >= ASKED
    assert {row["artist"] for row in readings} == {artist.id for artist in artists.artists}


def test_everything_in_the_example_says_that_it_is_made_up() -> None:
    season = read_season(EXAMPLES / EXAMPLE.name)

    assert all(source.coverage.synthetic for source in season.sources)
