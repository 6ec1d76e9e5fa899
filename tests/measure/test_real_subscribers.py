"""Subscribers of nineteen channels in 2022, as YouTube's API rounded them; one falls by 25 million and returns.

The rows are facts from the history of marco97pa/MostSubYTMusicChannels, channels.csv: each
is the moment at which a count differed from the one before, with what each channel had
before the first week. The right values were counted by hand from them.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from plaudit.cli.main import app
from plaudit.store.evidence import Evidence

Row = dict[str, Any]

ROWS = Path(__file__).parent / "data" / "subscribers-2022.csv"
SEASON = """
title = "Subscribers"
about = "Five weeks of 2022."
award = "subscribers"
edition = "2022"
origin = "plaudit.example/subscribers"

[[chart]]
rule = "subscribers@1"
from = 2022-11-14
to = 2022-12-11

[[source]]
id = "subscribers"
kind = "readings"
title = "Subscribers of music channels"
platform = "youtube"
files = "data/*.csv"
stores = "changes"
columns = { account = "artist", value = "subscribers", observed_at = "read_at_utc" }
constants = { metric = "subscribers" }
grain = { subscribers = "3 figures" }
coverage = { from = 2022-10-11, to = 2022-12-12, sampling = "every change", synthetic = false }
"""
RULE = """
kind = "chart"
id = "subscribers"
version = 1
title = "Subscribers added"
because = "Growth, week by week."
positions = 20
part = [{ measure = "subscribers_addition", weight_ppm = 1000000 }]
week = { starts_on = "monday", zone = "UTC" }
ties = { then = "share" }
"""


@pytest.fixture(scope="module")
def charted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Row]]:
    """Give the gains and entries of the season."""
    folder = tmp_path_factory.mktemp("subscribers")
    for name in ("data", "rules"):
        (folder / name).mkdir()
    names = sorted({row["artist"] for row in csv.DictReader(ROWS.read_text("utf-8").splitlines())})
    artists = [
        f'[[artist]]\nid = "{name.lower().replace(" ", "-")}"\nnames = {{ en = "{name}" }}\nkind = "person"\n'
        f'accounts = [{{ platform = "youtube", account = "{name}" }}]\n'
        for name in names
    ]
    (folder / "season.toml").write_text(SEASON, "utf-8")
    (folder / "rules" / "subscribers@1.toml").write_text(RULE, "utf-8")
    (folder / "artists.toml").write_text("\n".join(artists), "utf-8")
    (folder / "data" / ROWS.name).write_bytes(ROWS.read_bytes())
    for verb in ("collect", "measure", "chart"):
        done = CliRunner().invoke(app, [verb, str(folder)])
        assert done.exit_code == 0, done.output
    tables = Evidence(folder / "evidence")
    return {name: tables.to_rows(tables.read(name)) for name in ("gains", "weeks", "entries")}


def test_a_channel_that_falls_and_returns_is_not_first_and_gains_nothing_false(charted: dict[str, list[Row]]) -> None:
    gains = {row["week"]: row for row in charted["gains"] if row["artist"] == "rihanna"}
    flags = {(row["week"], row["artist"]): row["flags"] for row in charted["entries"]}
    first = {row["week"]: row["artist"] for row in charted["entries"] if row["position"] == 1}

    assert {week: (row["gain"], row["fell"], row["recovered"]) for week, row in gains.items()} == {
        "2022-11-21": (0, 1, 0),  # 40.6 million were taken back within the week
        "2022-11-28": (100_000, 0, 1),  # from 14.9 to 40.6 million; before the fall it was at 40.5
        "2022-12-05": (100_000, 0, 0),
    }
    assert first["2022-11-28"] in {"bts", "blackpink"}
    assert flags["2022-11-28", "rihanna"] == "subscribers_addition recovered:1 grain:100000"


def test_a_day_without_a_row_was_seen_where_changes_alone_are_stored(charted: dict[str, list[Row]]) -> None:
    assert [(row["week"], row["days_seen"], row["verdict"]) for row in charted["weeks"]] == [
        (week, 7, "final") for week in ("2022-11-14", "2022-11-21", "2022-11-28", "2022-12-05")
    ]


def test_gains_are_what_was_counted_by_hand_and_carry_the_grain(charted: dict[str, list[Row]]) -> None:
    bts = {row["week"]: (row["gain"], row["grain"]) for row in charted["gains"] if row["artist"] == "bts"}

    assert bts == {
        "2022-11-14": (100_000, 100_000),
        "2022-11-21": (300_000, 100_000),
        "2022-11-28": (200_000, 100_000),
        "2022-12-05": (100_000, 100_000),
    }
