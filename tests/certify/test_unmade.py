"""Nothing is signed that was not made: the refusal names the source, and what was there stays."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from plaudit import pipeline
from plaudit.base.errors import NothingMade
from plaudit.rulebook.season import read_season
from plaudit.store.evidence import Evidence
from tests.conftest import bytes_below, run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Rows = list[dict[str, Any]]


def with_text(folder: Path, name: str, change: Callable[[list[str]], list[str]]) -> None:
    path = folder / name
    path.write_text("\n".join(change(path.read_text("utf-8").splitlines())) + "\n", "utf-8")


@pytest.mark.parametrize(
    ("file", "change", "said"),
    [
        (
            "data/ballots.csv",
            lambda lines: [lines[0], *(line.replace("2026-", "the ") for line in lines[1:])],
            r"source ballots: 99 rows were set aside, all of them for 'malformed time' "
            r"\(data/ballots\.csv, row 2: cast_at is 'the ",
        ),
        ("data/ballots.csv", lambda lines: lines[:1], r"source ballots gave no row: data/ballots\.csv holds none"),
        (
            "data/counts.csv",
            lambda lines: [lines[0], *(f"{line.partition(',')[0]},x,{line.split(',', 2)[2]}" for line in lines[1:])],
            r"source counts: \d+ rows were set aside, all of them for 'unknown account' \(data/counts\.csv, row 2: x\)",
        ),
        (
            "data/counts.csv",
            lambda lines: [
                lines[0],
                *(re.sub(r",([0-9]+),([0-9]+),([0-9]+)$", r",\1.5,\2.5,\3.5", x) for x in lines[1:]),
            ],
            r"no number of it could be used: source counts: \d+ rows were set aside, all of them "
            r"for 'not a whole number'",
        ),
    ],
    ids=["malformed", "empty", "unknown account", "fractions"],
)
def test_a_source_that_gave_nothing_ends_the_run_and_all_stays(
    season_folder: Path, file: str, change: Callable[[list[str]], list[str]], said: str
) -> None:
    with_text(season_folder, file, change)
    before = bytes_below(season_folder)

    with pytest.raises(NothingMade, match=said) as refused:
        run(season_folder)
    assert refused.value.exit_code == 6
    assert "what was there stays" in refused.value.remedy
    assert bytes_below(season_folder) == before


@pytest.mark.parametrize("then", ["raise", "share"])
def test_nobody_wins_with_no_vote(season_folder: Path, then: str) -> None:
    (season_folder / "published" / "certificate.note").unlink()  # which freezes the rule
    ties = f'then = "{then}"'
    with_text(season_folder, "rules/own@1.toml", lambda lines: [line.replace('then = "raise"', ties) for line in lines])
    with_text(season_folder, "data/ballots.csv", lambda lines: [line.replace("web,", "fax,") for line in lines])
    before = bytes_below(season_folder)

    with pytest.raises(NothingMade, match=r"no vote is counted under own@1: of 99 cast 99 void \(unknown channel 99\)"):
        run(season_folder)
    assert bytes_below(season_folder) == before


@pytest.mark.parametrize(
    ("table", "change", "said"),
    [
        ("weeks", lambda row: row | {"verdict": "uncharted"}, "social-weekly@1 has no charted week: too few days"),
        ("entries", lambda _row: None, "social-weekly@1 has no entry in any week"),
        ("nominees", lambda _row: None, "chart-five@1 finds no nominee"),
        (
            "totals",
            lambda row: row | {"votes_counted": 0, "votes_set_aside": row["votes_counted"]},
            r"no vote is counted under own@1: of 99 cast .* 96 set aside",
        ),
    ],
)
def test_what_came_out_empty_is_not_signed(
    season_folder: Path, table: str, change: Callable[[dict[str, Any]], dict[str, Any] | None], said: str
) -> None:
    season, tables = read_season(season_folder), Evidence(season_folder / "evidence")
    rows: Rows = [row for row in map(change, tables.to_rows(tables.read(table))) if row]
    tables.write_rows(table, rows)
    before = bytes_below(season_folder)

    with pytest.raises(NothingMade, match=said):
        pipeline.certify(season, tables)
    assert bytes_below(season_folder) == before


def test_a_source_that_repeats_another_is_not_empty(season_folder: Path) -> None:
    text = (season_folder / "season.toml").read_text("utf-8")
    block = text[text.index('[[source]]\nid = "counts"') : text.index('[[source]]\nid = "ballots"')]
    again = block.replace('id = "counts"', 'id = "z-again"')
    (season_folder / "season.toml").write_text(f"{text}\n{again}", "utf-8")

    assert pipeline.run(read_season(season_folder), Evidence(season_folder / "evidence")).certificate
