"""Small seasons that once went wrong, each with its right value."""

from __future__ import annotations

import json
import shutil
import tomllib
from collections import Counter
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest

from plaudit.honour.honours import Honour, records
from tests.cli.commands import Plaudit

if TYPE_CHECKING:
    from collections.abc import Mapping

HERE = Path(__file__).parent
RIGHT: dict[str, dict[str, Any]] = tomllib.loads((HERE / "right.toml").read_text("utf-8"))
RUN = sorted(name for name, right in RIGHT.items() if "elsewhere" not in right)


def rows(folder: Path, table: str, *columns: str) -> list[tuple[Any, ...]]:
    """Give some columns of a made table; no rows where there is none."""
    path = folder / "evidence" / f"{table}.parquet"
    if not path.is_file():
        return []
    return [tuple(row[column] for column in columns) for row in pq.read_table(path, columns=list(columns)).to_pylist()]


def by_week(folder: Path) -> dict[str, list[str]]:
    """Give every chart: per week its positions, artists and points."""
    charts: dict[str, list[str]] = {}
    for week, *entry in sorted(rows(folder, "entries", "week", "position", "artist", "points")):
        charts.setdefault(week, []).append(" ".join(map(str, entry)))
    return charts


def found(folder: Path) -> Mapping[str, Any]:
    """Give what a run made, in the words of right.toml."""
    return {
        "charts": by_week(folder),
        "verdicts": dict(rows(folder, "weeks", "week", "verdict")),
        "result": [" ".join(map(str, row)) for row in rows(folder, "result", "position", "nominee", "value")],
        "set_aside": dict(Counter(reason for (reason,) in rows(folder, "set_aside", "reason"))),
        "streaks": streaks(folder),
    }


def streaks(folder: Path) -> dict[str, int]:
    """Give the longest streak of each artist in the roll of honour."""
    names = [field.name for field in fields(Honour)]
    held = [Honour(*row) for row in rows(folder, "honours", *names)]
    return {record.artist: record.longest_streak for record in records(held)}


def test_every_season_has_its_right_value() -> None:
    seasons = {path.name for path in (HERE / "seasons").iterdir()}

    assert seasons == set(RIGHT)


@pytest.mark.parametrize("name", sorted(set(RIGHT) - set(RUN)))
def test_a_case_that_no_run_shows_is_held_by_the_test_it_names(name: str) -> None:
    file, test = RIGHT[name]["elsewhere"].split("::")

    assert f"def {test}(" in (HERE.parents[1] / file).read_text("utf-8")


@pytest.mark.parametrize("name", RUN)
def test_a_season_gives_its_right_value_or_is_refused(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    right = RIGHT[name]
    folder = Path(shutil.copytree(HERE / "seasons" / name, tmp_path / name))

    said = Plaudit(capsys, monkeypatch)("run", "--json", "--no-site", folder)

    title = json.loads(said.out)["title"] if said.code else None
    assert title == right.get("refused"), said.err
    assert (folder / "published" / "certificate.note").exists() == (title is None)
    for text in right.get("says", ()):
        assert text in said.err
    made = found(folder)
    for key in made.keys() & right.keys():
        assert {key: made[key]} == {key: right[key]}
    flags = {f"{week} {artist}": text for week, artist, text in rows(folder, "entries", "week", "artist", "flags")}
    for entry, flag in right.get("flagged", {}).items():
        assert flag in flags[entry]
