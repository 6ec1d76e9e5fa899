"""A season opened from Python gives what the files hold, counts it again under another rule, and writes nothing."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest

import plaudit
from plaudit import open_season, pipeline
from plaudit.base.errors import NotInstalled, OutOfTurn, UnknownName
from plaudit.rulebook.season import read_season
from plaudit.store.evidence import Evidence
from plaudit.study import Study
from tests.conftest import bytes_below

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "python.md"


@pytest.fixture
def study(made_template: Path) -> Iterator[Study]:
    before = bytes_below(made_template)
    yield open_season(made_template)
    assert bytes_below(made_template) == before


def rewritten(folder: Path, old: str, new: str) -> Path:
    """The season with another text in season.toml, run as far as it counts."""
    path = folder / "season.toml"
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    season = read_season(folder)
    pipeline.recompute(season, Evidence(season.evidence))
    return folder


def test_a_table_is_what_its_file_holds(study: Study) -> None:
    held = pq.read_table(study.season.evidence / "entries.parquet")

    assert study.table("entries").to_pylist() == held.to_pylist()
    assert study.frame("entries").equals(held.to_pandas())
    assert {"posts", "readings", "ballots", "entries", "result"} <= set(study.tables)


def test_a_recount_is_what_a_season_that_declares_the_rule_counts(study: Study, season_folder: Path) -> None:
    again = study.under("last-one-replaces@1")
    declared = open_season(rewritten(season_folder, "own@1", "last-one-replaces@1"))

    for name in ("totals", "voids", "result"):
        assert again.table(name).to_pylist() == declared.table(name).to_pylist()
    assert again.table("totals").to_pylist() != study.table("totals").to_pylist()


def test_a_chart_under_another_rule_is_what_a_season_that_declares_it_charts(study: Study, season_folder: Path) -> None:
    again = study.under("social-weekly@2")
    declared = open_season(rewritten(season_folder, "social-weekly@1", "social-weekly@2"))

    assert again.table("entries").to_pylist() == declared.table("entries").to_pylist()
    assert set(again.table("entries")["chart"].to_pylist()) == {"social-weekly@2"}


def test_two_rules_are_two_calls_and_the_second_stands_on_the_first(study: Study) -> None:
    once = study.under("sleepless@1")
    twice = once.under("young-burst@2").under("last-one-replaces@1")

    assert once.season.audit.purges == ("sleepless@1",)
    assert twice.season.audit.purges == ("sleepless@1", "young-burst@2")
    assert twice.season.vote is not None
    assert twice.season.vote.rule == "last-one-replaces@1"
    assert twice.table("posts").to_pylist() == study.table("posts").to_pylist()


def test_a_rule_of_ones_own_is_read_from_its_file(study: Study, tmp_path: Path) -> None:
    own = study.season.folder / "rules" / "own@1.toml"
    other = tmp_path / "mine@1.toml"
    other.write_text(own.read_text("utf-8").replace('id = "own"', 'id = "mine"'), "utf-8")

    assert study.under(other).table("totals").to_pylist() == study.table("totals").to_pylist()


def test_what_was_computed_goes_with_the_object(study: Study) -> None:
    again = study.under("last-one-replaces@1")
    folder = again.evidence.folder
    was_there = folder.is_dir()
    del again

    assert was_there
    assert not folder.exists()


def test_a_run_is_one_row_a_week_on_the_chart(study: Study) -> None:
    run = study.charted("north-seven").to_pylist()

    assert [(row["week"], row["position"]) for row in run] == [("2026-01-02", 1), ("2026-01-09", 1)]


@pytest.mark.parametrize(
    ("ask", "error", "told"),
    [
        (lambda study: study.table("entrys"), UnknownName, "did you mean 'entries'"),
        (lambda study: study.charted("north-sevn"), UnknownName, "did you mean 'north-seven'"),
        (lambda study: study.charted("north-seven", "x@1"), UnknownName, "no chart 'x@1'"),
        (lambda study: study.under("own@9"), UnknownName, "choose one of: own@1"),
    ],
)
def test_a_name_that_is_not_there_is_told_with_the_nearest(
    study: Study, ask: Any, error: type[Exception], told: str
) -> None:
    with pytest.raises(error, match=re.escape(told)):
        ask(study)


def test_a_season_without_a_vote_has_no_count(study: Study, tmp_path: Path) -> None:
    from dataclasses import replace

    chart_only = Study(replace(study.season, vote=None), study.evidence)

    with pytest.raises(OutOfTurn, match="no step for a counting rule"):
        chart_only.under("one-a-day@1")


def test_without_pandas_a_frame_says_what_to_install(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(NotInstalled, match="pip install pandas"):
        study.frame("entries")


def test_the_package_says_what_it_offers() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'open_saeson'"):
        plaudit.open_saeson  # noqa: B018
    assert {name for name in plaudit.__all__ if getattr(plaudit, name)} == {"__version__", "open_season"}


def test_the_page_runs_as_it_stands(made_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(made_template, tmp_path / "my-award")
    monkeypatch.chdir(tmp_path)
    cells = re.findall(r"(?ms)^```python\n(.*?)^```", PAGE.read_text("utf-8"))
    said: dict[str, Any] = {}

    for cell in cells:
        exec(compile(cell, PAGE.name, "exec"), said)

    assert len(cells) == 5
    assert said["same_winner"] is True
    assert list(said["moved"].columns) == ["nominee", "position", "position_other", "value", "value_other"]
    assert said["run"].position.tolist() == [1, 1]
    assert said["ballots"] is not None


def test_the_page_names_all_that_there_is() -> None:
    offered = {name for name in vars(Study) if not name.startswith("_")} | {"season"}
    named = set(re.findall(r"`Study\.(\w+)", PAGE.read_text("utf-8")))

    assert named == offered
