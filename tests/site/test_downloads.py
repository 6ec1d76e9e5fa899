"""Tables to download: equal to those the pages are made from, in each format."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest

from plaudit.site.downloads import EXTRACTS, cuts
from plaudit.store.tables import TABLES
from tests.made import made_once
from tests.site.kinds import files_of, site_data_of
from tests.some import some

if TYPE_CHECKING:
    from pathlib import Path

    from plaudit.site.site_data import SiteData


@pytest.fixture(scope="module")
def site_data(made_template: Path) -> SiteData:
    return site_data_of(made_template)


@pytest.fixture(scope="module")
def files(made_template: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return made_once(tmp_path_factory, "downloads", lambda _folder: files_of(made_template, "downloads"))


def rows_of(files: dict[str, bytes], path: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(io.BytesIO(files[f"data/{path}.parquet"])).to_pylist()
    return rows


def test_each_format_holds_the_same_rows(files: dict[str, bytes]) -> None:
    paths = {path.removeprefix("data/").rpartition(".")[0] for path in files}

    assert len(paths) > 15
    for path in paths:
        rows = rows_of(files, path)
        written = csv.DictReader(io.StringIO(files[f"data/{path}.csv"].decode(), newline=""))

        assert json.loads(files[f"data/{path}.json"]) == rows
        assert [{name: "" if value is None else str(value) for name, value in row.items()} for row in rows] == list(
            written
        ), path


@pytest.mark.parametrize("name", ["nominees", "result", "totals", "voids", "findings", "sensitivity"])
def test_a_declared_table_is_given_whole(site_data: SiteData, files: dict[str, bytes], name: str) -> None:
    declared = site_data.tables.read(name).order_by(list(TABLES[name].order))

    assert rows_of(files, name) == site_data.tables.to_rows(declared)


def test_the_chart_is_all_entries_and_a_week_is_its_part(site_data: SiteData, files: dict[str, bytes]) -> None:
    entries = site_data.tables.to_rows(site_data.tables.read("entries").order_by("chart", "week", "position", "artist"))
    chart = site_data.charts[0]

    assert rows_of(files, f"{chart.name}/entries") == entries
    for week in chart.charted:
        assert rows_of(files, f"{chart.name}/{week.week}") == [entry for entry in entries if entry["week"] == week.week]


def test_the_published_charts_and_the_tables_to_download_are_one_cut(
    site_data: SiteData, files: dict[str, bytes]
) -> None:
    for chart in some(site_data.charts):
        folder = site_data.season.published / "charts" / chart.name
        assert (folder / "entries.csv").read_bytes() == files[f"data/{chart.name}/entries.csv"]
        for week in some(chart.charted):
            published = json.loads((folder / f"{week.week}.json").read_bytes())["entries"]
            parts = [part for entry in published for part in entry["parts"]]
            given, given_parts = (rows_of(files, f"{chart.name}/{week.week}{ending}") for ending in ("", "-parts"))
            assert [{key: row[key] for key in row if key in published[0]} for row in given] == [
                {key: row[key] for key in row if key in given[0]} for row in published
            ]
            assert [{key: row[key] for key in parts[0]} for row in given_parts] == parts


def test_an_artists_measures_are_those_of_the_table(site_data: SiteData, files: dict[str, bytes]) -> None:
    measures = site_data.tables.to_rows(site_data.tables.read("measures"))
    for artist in some(site_data.artists):
        mine = {(row["week"], row["measure"]): row["value"] for row in measures if row["artist"] == artist}
        given = rows_of(files, f"artist/{artist}/measures")

        assert {(row["week"], row["measure"]): row["value"] for row in given} == mine


def test_no_two_rows_of_a_table_share_its_key(site_data: SiteData) -> None:
    tables = [(extract.key, cut) for extract in EXTRACTS for cut in extract.cuts(site_data)]

    for key, cut in some(tables):
        keys = [tuple(row[column] for column in key) for row in cut.dicts()]
        assert len(set(keys)) == len(keys), cut.path


def test_every_table_has_a_place_of_its_own(site_data: SiteData) -> None:
    paths = [cut.path for cut in cuts(site_data)]

    assert len(set(paths)) == len(paths)


def test_the_same_inputs_give_the_same_bytes(made_template: Path, files: dict[str, bytes]) -> None:
    assert files_of(made_template, "downloads") == files


def test_a_season_without_charts_gives_what_it_has(made_hottest: Path) -> None:
    made = files_of(made_hottest, "downloads", "data")

    assert "data/totals.csv" in made
    assert not any("/entries" in path for path in made)
    assert b"data/totals.csv" in made["en/data.html"]
