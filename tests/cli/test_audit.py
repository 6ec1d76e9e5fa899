"""plaudit audit: what it prints, what it writes, and what it says of one ballot."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from plaudit.ledger.files import FolderFiles
from plaudit.ledger.reader import LogReader
from plaudit.rulebook.season import read_season
from tests.audit.purged import THREE_AGAIN, THREE_DAYS, TWO_DAYS, appeals, purged, rulings

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.commands import Plaudit


@pytest.fixture(scope="module")
def made_purged(made_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return purged(made_template, tmp_path_factory.mktemp("purged") / "my-award")


@pytest.fixture
def folder(made_purged: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made_purged, tmp_path / "my-award")


def first_leaf(folder: Path, outcome: str) -> int:
    """Give the first leaf that has no ruling, or one with this outcome."""
    found = rulings(folder)
    if not outcome:
        return int(min(set(range(1, 99)) - {row["ballot"] + 1 for row in found}))
    return int(min(row["ballot"] + 1 for row in found if row["outcome"] == outcome))


def test_it_prints_every_rule_and_the_totals_before_and_after(plaudit: Plaudit, folder: Path) -> None:
    said = plaudit("audit", folder)

    assert said.code == 0
    lines = said.out.splitlines()
    for name, does in ((THREE_DAYS, "set aside"), (THREE_AGAIN, "set aside"), (TWO_DAYS, "late")):
        assert any(line.startswith(name) and does in line for line in lines), name
    assert any(line.startswith("North Seven") for line in lines)
    assert "SYNTHETIC" in said.out
    assert f"notice: {folder}/published/audit" in said.out


def test_its_json_is_what_the_certificate_states(plaudit: Plaudit, folder: Path) -> None:
    found = plaudit("audit", folder, "--json").value

    purges = {row["rule"]: row for row in found["purges"]}
    assert purges[THREE_DAYS]["ballots"] == purges[THREE_AGAIN]["also"] > 0
    assert purges[THREE_AGAIN]["ballots"] == purges[TWO_DAYS]["also"] == 0
    assert purges[TWO_DAYS]["late"]
    assert purges[TWO_DAYS]["ballots"] > purges[THREE_DAYS]["ballots"]
    assert found["evidence"] == "synthetic"


def test_repeating_it_changes_no_byte(plaudit: Plaudit, folder: Path) -> None:
    made = {path: path.read_bytes() for path in sorted((folder / "evidence").glob("*.parquet"))}
    made |= {path: path.read_bytes() for path in sorted((folder / "published" / "audit").iterdir())}

    plaudit("audit", folder)

    assert {path: path.read_bytes() for path in made} == made
    assert {f"{name}.sql" for name in (THREE_DAYS, THREE_AGAIN, TWO_DAYS)} <= {path.name for path in made}


def test_a_ballot_set_aside_is_told_with_rule_case_and_query(plaudit: Plaudit, folder: Path) -> None:
    leaf = first_leaf(folder, "set aside")

    said = plaudit("audit", folder, "--leaf", str(leaf))

    assert said.code == 0
    assert f"{THREE_DAYS}: the ballot is set aside by this rule" in said.out
    assert f"{THREE_AGAIN}: this rule matches the ballot too; an earlier one sets it aside" in said.out
    assert f"{TWO_DAYS}: this rule came late" in said.out
    assert "told:     You voted on 3 days in a row." in said.out
    assert f"repeat:   published/audit/{THREE_DAYS}.sql" in said.out
    assert (folder / "published" / "audit" / f"{THREE_DAYS}.sql").is_file()


def test_a_receipt_leads_to_the_rulings_on_its_ballot(plaudit: Plaudit, folder: Path, tmp_path: Path) -> None:
    leaf = first_leaf(folder, "set aside")
    log = LogReader(FolderFiles(read_season(folder).log))
    receipt = tmp_path / "receipt.txt"
    receipt.write_text(str(log.proof(leaf, log.entry(leaf))), "utf-8")

    by_receipt = plaudit("audit", folder, "--receipt", receipt, "--json").value
    by_leaf = plaudit("audit", folder, "--leaf", str(leaf), "--json").value

    assert by_receipt == by_leaf
    assert [row["outcome"] for row in by_leaf["rulings"]] == ["set aside", "also", "late"]
    case = by_leaf["rulings"][0]["case"]
    assert case["first_leaf"] <= leaf <= case["last_leaf"]
    assert sum(row["set_aside"] for row in by_leaf["voter"]) == case["ballots"]


def test_a_reinstated_ballot_says_that_an_appeal_gave_it_back(plaudit: Plaudit, folder: Path) -> None:
    leaf = first_leaf(folder, "set aside")
    appeals(folder, f"{leaf},reinstate ballot,shown")
    plaudit("audit", folder)

    found = plaudit("audit", folder, "--leaf", str(leaf), "--json").value

    assert {row["outcome"] for row in found["rulings"]} == {"reinstated"}
    assert "an appeal gave it back" in plaudit("audit", folder, "--leaf", str(leaf)).out


def test_an_untouched_ballot_is_told_where_its_voters_votes_went(plaudit: Plaudit, folder: Path) -> None:
    leaf = first_leaf(folder, "")

    said = plaudit("audit", folder, "--leaf", str(leaf))

    assert "no purge rule touched this ballot" in said.out
    assert "Where this voter's votes went" in said.out


@pytest.mark.parametrize("leaf", ["0", "100", "-1"])
def test_a_leaf_that_is_no_ballot_is_refused(plaudit: Plaudit, folder: Path, leaf: str) -> None:
    said = plaudit("audit", folder, f"--leaf={leaf}")

    assert said.code == 2
    assert f"leaf {leaf} is not a ballot" in said.err
    assert "ballots are leaves 1 to 99" in said.err


def test_both_ways_to_ask_at_once_and_a_file_without_a_receipt_are_refused(plaudit: Plaudit, folder: Path) -> None:
    both = plaudit("audit", folder, "--leaf", "1", "--receipt", folder / "season.toml")
    neither = plaudit("audit", folder, "--receipt", folder / "season.toml")

    assert (both.code, neither.code) == (2, 2)
    assert "--receipt and --leaf were both given" in both.err
    assert "no receipt in" in neither.err


def test_a_season_without_a_vote_has_nothing_to_audit(plaudit: Plaudit, made_tweets: Path) -> None:
    said = plaudit("audit", made_tweets)

    assert said.code == 2
    assert "the season has no vote" in said.err
