"""Made-up ballots: seeded, labelled, with something for every column, and never over real files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from plaudit.base.errors import OutOfTurn, RuleInvalid
from plaudit.cli.simulate import simulate
from plaudit.rulebook.simulation import Attacks, Fans
from plaudit.simulate.simulate import simulate_ballots
from tests.conftest import bytes_below
from tests.simulate.seasons import EVERY_ATTACK, NO_ATTACK, NOMINEES, WINDOWS, plan, rule, table

if TYPE_CHECKING:
    from pathlib import Path


def made(folder: Path, seed: int = 1, ballots: int = 4000, voters: int = 900, attacks: Attacks = NO_ATTACK) -> Path:
    count = simulate_ballots(plan(seed, ballots, voters, attacks=attacks), NOMINEES, rule(), WINDOWS, folder)
    assert count == ballots
    return folder


def test_a_seed_gives_the_same_bytes_and_another_gives_others(tmp_path: Path) -> None:
    one, same = (bytes_below(made(tmp_path / name, attacks=EVERY_ATTACK)) for name in "ab")
    other = bytes_below(made(tmp_path / "c", seed=2, attacks=EVERY_ATTACK))

    assert one == same
    assert one != other


def test_making_them_again_leaves_nothing_of_the_earlier_ones(tmp_path: Path) -> None:
    made(tmp_path, seed=2)
    (tmp_path / "2018-06-01.parquet").write_bytes((tmp_path / "2018-05-15.parquet").read_bytes())
    again = bytes_below(made(tmp_path))

    assert again == bytes_below(made(tmp_path))
    assert "2018-06-01.parquet" not in again


def test_every_file_says_that_it_is_synthetic(tmp_path: Path) -> None:
    files = sorted(made(tmp_path).rglob("*.parquet"))

    assert len(files) >= 8
    assert {"truth.parquet", "voters.parquet"} <= {path.name for path in files}
    for path in files:
        assert pq.read_schema(path).metadata[b"plaudit"] == b"synthetic"
        assert pq.read_schema(path).metadata[b"seed"] == b"1"


@pytest.mark.parametrize(("ballots", "voters"), [(1, 1), (10, 100), (3000, 1)])
def test_any_number_of_ballots_and_voters_can_be_made(tmp_path: Path, ballots: int, voters: int) -> None:
    assert table(made(tmp_path, ballots=ballots, voters=voters)).num_rows == ballots


def test_real_files_are_never_removed(tmp_path: Path) -> None:
    pq.write_table(pa.table({"channel": ["web"]}), tmp_path / "z-real.parquet")
    before = bytes_below(tmp_path)

    with pytest.raises(OutOfTurn, match=r"z-real\.parquet is not synthetic"):
        made(tmp_path)
    assert bytes_below(tmp_path) == before


@pytest.mark.parametrize("name", ["truth.parquet", "voters.parquet"])
def test_real_facts_about_voters_are_never_removed(tmp_path: Path, name: str) -> None:
    (tmp_path / "about").mkdir()
    pq.write_table(pa.table({"voter": [1]}), tmp_path / "about" / name)
    before = bytes_below(tmp_path)

    with pytest.raises(OutOfTurn, match=f"{name} is not synthetic"):
        made(tmp_path)
    assert bytes_below(tmp_path) == before


@pytest.mark.parametrize(
    ("fans", "attacks"),
    [
        (Fans(devoted_ppm=600_000, party_ppm=300_000, newcomer_ppm=200_000), NO_ATTACK),
        (Fans(), Attacks(farm_ppm=700_000, patient_ppm=300_001)),
    ],
)
def test_parts_that_make_more_than_a_whole_are_refused(tmp_path: Path, fans: Fans, attacks: Attacks) -> None:
    with pytest.raises(RuleInvalid, match="parts of a million"):
        simulate_ballots(plan(fans=fans, attacks=attacks), NOMINEES, rule(), WINDOWS, tmp_path)
    assert not list(tmp_path.iterdir())


def test_nobody_nominated_is_nobody_to_vote_for(tmp_path: Path) -> None:
    with pytest.raises(OutOfTurn, match="nobody is nominated"):
        simulate_ballots(plan(), [], rule(), WINDOWS, tmp_path)


def test_a_rule_that_counts_totals_has_no_ballots_to_simulate(tmp_path: Path) -> None:
    with pytest.raises(RuleInvalid, match="counts no ballots"):
        simulate_ballots(plan(), NOMINEES, rule("fan-poll-totals@1"), WINDOWS, tmp_path)


def test_some_votes_fall_into_every_column(made_social: Path) -> None:
    totals = pq.read_table(made_social / "evidence" / "totals.parquet").to_pylist()
    reasons = {row["reason"] for row in pq.read_table(made_social / "evidence" / "voids.parquet").to_pylist()}

    for column in ("ballots_counted", "ballots_over_cap", "ballots_outside_window", "ballots_void"):
        assert sum(row[column] for row in totals) > 0, column
    assert len(reasons) >= 2
    assert sum(row["ballots_cast"] for row in totals) == 20_000


@pytest.mark.parametrize(
    "files", ['"data/youtube/daily_snapshots.csv"', '"data/ballots/b-*.parquet"', '"data/*/*.parquet"']
)
def test_a_source_whose_files_would_not_be_found_again_is_refused(season_folder: Path, files: str) -> None:
    season = season_folder / "season.toml"
    text = season.read_text("utf-8").replace('"data/ballots.csv"', files)
    season.write_text(text + '\n[simulate]\nseed = 1\nsource = "ballots"\nballots = 10\nvoters = 5\n', "utf-8")
    before = bytes_below(season_folder / "data")

    with pytest.raises(RuleInvalid, match="a file a day"):
        simulate(season_folder)
    assert bytes_below(season_folder / "data") == before


def test_a_season_without_a_plan_is_out_of_turn(season_folder: Path) -> None:
    with pytest.raises(OutOfTurn, match=r"no \[simulate\]"):
        simulate(season_folder)
