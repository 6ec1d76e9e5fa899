"""A demonstration is a season of its own: kept while it runs, never in the way of the real one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from plaudit.base.errors import RuleInvalid
from plaudit.cli.demo import demo_season, fresh_nominees
from plaudit.rulebook.season import Season, read_season
from plaudit.store.evidence import Evidence
from tests.conftest import bytes_below, example

if TYPE_CHECKING:
    from pathlib import Path

NOW, HOUR = 1_800_000_000_123_456, 3_600_000_000


@pytest.fixture
def demo(season_folder: Path) -> Season:
    return read_season(demo_season(season_folder, NOW))


def test_a_demonstration_is_open_from_now_and_asks_nobody(demo: Season) -> None:
    assert [(window.opens_at, window.closes_at) for window in demo.windows()] == [
        (NOW - 123_456, NOW - 123_456 + 24 * HOUR)
    ]
    assert demo.live is not None
    assert demo.live.ways == ("guest",)
    assert demo.live.work == 0
    assert "demonstration" in demo.title
    assert "demonstration" in demo.about


def test_nothing_of_it_can_be_taken_for_the_real_season(demo: Season, season_folder: Path) -> None:
    real = read_season(season_folder)

    assert (demo.award, demo.edition, demo.origin) == (
        f"demo/{real.award}",
        f"{real.edition}-demo",
        f"{real.origin}/demo",
    )


def test_it_has_the_nominees_and_the_rule_of_the_season(demo: Season, season_folder: Path) -> None:
    real = read_season(season_folder)
    tables = Evidence(real.evidence)
    kept = ("nominee", "name", "source")
    nominees = [{name: row[name] for name in kept} for row in tables.to_rows(tables.read("nominees"))]
    nominees = [{**row, "source": row["source"] or "the chart of the season"} for row in nominees]

    assert [{name: row[name] for name in kept} for row in fresh_nominees(demo)] == sorted(
        nominees, key=lambda row: str(row["nominee"])
    )
    assert demo.rules["own@1"].sha256 == real.rules["own@1"].sha256


def test_the_real_season_is_left_as_it_was(season_folder: Path) -> None:
    before = bytes_below(season_folder)
    demo_season(season_folder, NOW)

    assert bytes_below(season_folder, lambda name: name.startswith("demo/")) == before


def test_a_demonstration_that_runs_is_kept_whatever_the_season_says_later(season_folder: Path) -> None:
    folder = demo_season(season_folder, NOW)
    made = bytes_below(folder)
    (season_folder / "evidence" / "nominees.parquet").unlink()

    assert demo_season(season_folder, NOW + 24 * HOUR - 123_457) == folder
    assert bytes_below(folder) == made


def test_one_that_is_over_makes_room_for_the_next_and_stays(season_folder: Path) -> None:
    first = demo_season(season_folder, NOW)
    made = bytes_below(first)
    second = demo_season(season_folder, NOW + 24 * HOUR)
    third = demo_season(season_folder, NOW + 96 * HOUR, hours=2)

    assert [path.name for path in (first, second, third)] == ["demo", "demo-2", "demo-3"]
    assert bytes_below(first) == made
    assert len({read_season(path).origin for path in (first, second, third)}) == 3
    assert demo_season(season_folder, NOW + 97 * HOUR) == third


def test_what_an_interrupted_making_left_is_no_demonstration(season_folder: Path) -> None:
    (season_folder / ".demo").mkdir()
    (season_folder / ".demo" / "season.toml").write_text("title = ", "utf-8")
    folder = demo_season(season_folder, NOW)

    assert read_season(folder).windows()
    assert not (season_folder / ".demo").exists()


def test_without_evidence_the_nominees_are_found_anew_and_nothing_is_kept(season_folder: Path, demo: Season) -> None:
    wanted = (demo.folder / "season.toml").read_bytes()
    for path in (*sorted(demo.folder.rglob("*"), reverse=True), demo.folder):
        path.rmdir() if path.is_dir() else path.unlink()
    for path in (season_folder / "evidence").glob("*.parquet"):
        path.unlink()
    again = demo_season(season_folder, NOW)

    assert (again / "season.toml").read_bytes() == wanted
    assert list((season_folder / "evidence").glob("*.parquet")) == []


def test_an_award_to_works_keeps_its_list(tmp_path: Path) -> None:
    folder = example("hottest-100", tmp_path / "works")
    season = folder / "season.toml"
    season.write_text(season.read_text("utf-8").replace("hottest-100-channels@1", "one-a-day@1"), "utf-8")
    demo = read_season(demo_season(folder, NOW))
    row = next(row for row in fresh_nominees(demo) if row["nominee"] == "100-gecs-dumbest-girl-alive")

    assert len(fresh_nominees(demo)) == len((folder / "nominees.csv").read_text("utf-8").splitlines()) - 1
    assert row["name"] == "Dumbest Girl Alive – 100 gecs"


def test_a_rule_in_which_no_vote_counts_cannot_be_demonstrated(tmp_path: Path) -> None:
    folder = example("hottest-100", tmp_path / "works")

    with pytest.raises(RuleInvalid, match="no channel in which a vote counts"):
        demo_season(folder, NOW)
    assert not (folder / "demo").exists()


def test_a_season_without_a_vote_cannot_be_demonstrated(tmp_path: Path) -> None:
    folder = example("tweets-2016", tmp_path / "tweets")

    with pytest.raises(RuleInvalid, match="no vote"):
        demo_season(folder, NOW)


def test_a_title_may_hold_any_letter(season_folder: Path) -> None:
    file = season_folder / "season.toml"
    lines = file.read_text("utf-8").splitlines()
    lines[0] = r'title = "A \"prize\" \\ \u007f \u0001 \U0001F3C6"'
    file.write_text("\n".join(lines), "utf-8")

    assert read_season(demo_season(season_folder, NOW)).title == 'A "prize" \\ \x7f \x01 🏆 – demonstration'
