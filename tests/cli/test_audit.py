"""plaudit audit, tally and check: each takes its own step; and what audit says of one ballot."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from plaudit.certify.certificate import CERTIFICATE, read_certificate
from plaudit.ledger.files import FolderFiles
from plaudit.ledger.reader import LogReader
from plaudit.rulebook.season import read_season
from plaudit.store.evidence import Evidence
from plaudit.store.tables import made_by
from tests.audit.purged import THREE_AGAIN, THREE_DAYS, TWO_DAYS, appeals, purged, rulings
from tests.conftest import bytes_below
from tests.made import made_once

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.commands import Plaudit


@pytest.fixture(scope="module")
def made_purged(made_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_once(tmp_path_factory, "purged", lambda folder: purged(made_template, folder / "my-award"))


@pytest.fixture
def folder(made_purged: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made_purged, tmp_path / "my-award")


def first_leaf(folder: Path, outcome: str) -> int:
    """Give the first leaf that has no ruling, or one with this outcome."""
    found = rulings(folder)
    if not outcome:
        return int(min(set(range(1, 99)) - {row["ballot"] + 1 for row in found}))
    return int(min(row["ballot"] + 1 for row in found if row["outcome"] == outcome))


def made(folder: Path, *names: str) -> dict[str, int]:
    """Give when tables were written last, by name."""
    return {name: (folder / "evidence" / f"{name}.parquet").stat().st_mtime_ns for name in names}


@pytest.mark.parametrize("verb", ["audit", "tally", "check"])
def test_a_verb_makes_the_tables_of_its_own_step_and_no_other(plaudit: Plaudit, folder: Path, verb: str) -> None:
    kept = [name for step in ("nominate", "audit", "tally", "check") if step != verb for name in made_by(step)]
    before, own = made(folder, *kept), made(folder, *made_by(verb))

    assert plaudit(verb, folder).code == 0
    assert made(folder, *kept) == before
    assert all(at > own[name] for name, at in made(folder, *own).items())


@pytest.mark.parametrize("verb", ["audit", "tally"])
def test_only_the_check_writes_the_notice(plaudit: Plaudit, folder: Path, verb: str) -> None:
    notice = folder / "published" / "audit"
    shutil.rmtree(notice)
    plaudit(verb, folder)

    assert not notice.exists()
    assert f"notice: {notice}" in plaudit("check", folder).out
    assert (notice / "notice.md").is_file()


@pytest.mark.parametrize(
    ("verb", "gone", "first"),
    [("tally", "audit", "audit"), ("check", "tally", "tally"), ("audit", "collect", "collect")],
)
def test_a_verb_whose_inputs_were_not_made_names_the_step_to_run_first(
    plaudit: Plaudit, folder: Path, verb: str, gone: str, first: str
) -> None:
    Evidence(folder / "evidence").discard(*made_by(gone))
    said = plaudit(verb, folder)

    assert said.code == 2
    assert f"run first: plaudit {first} SEASON" in said.err


def test_the_check_asks_for_the_log_and_the_log_is_made_by_a_step_of_its_own(plaudit: Plaudit, folder: Path) -> None:
    log = folder / "evidence" / "log"
    before = bytes_below(log)
    shutil.rmtree(log)

    assert "no log, which check reads" in (said := plaudit("check", folder).err)
    assert "run first: plaudit vote log SEASON" in said
    assert plaudit("vote", "log", folder).code == 0
    assert {name: data for name, data in bytes_below(log).items() if name.startswith("tile/")} == {
        name: data for name, data in before.items() if name.startswith("tile/")
    }
    assert plaudit("check", folder).code == 0


def test_it_prints_what_every_rule_did(plaudit: Plaudit, folder: Path) -> None:
    said = plaudit("audit", folder)

    assert said.code == 0
    lines = said.out.splitlines()
    for name, does in ((THREE_DAYS, "set aside"), (THREE_AGAIN, "set aside"), (TWO_DAYS, "late")):
        assert any(line.startswith(name) and does in line for line in lines), name
    assert "SYNTHETIC" in said.out


def test_the_json_of_audit_and_check_is_what_the_certificate_states(plaudit: Plaudit, folder: Path) -> None:
    found = plaudit("audit", folder, "--json").value

    purges = {row["rule"]: row for row in found["purges"]}
    assert purges[THREE_DAYS]["ballots"] == purges[THREE_AGAIN]["also"] > 0
    assert purges[THREE_AGAIN]["ballots"] == purges[TWO_DAYS]["also"] == 0
    assert purges[TWO_DAYS]["late"]
    assert purges[TWO_DAYS]["ballots"] > purges[THREE_DAYS]["ballots"]
    assert found["evidence"] == "synthetic"
    stated = read_certificate(folder / "published" / CERTIFICATE).statement["audit"]
    checked = plaudit("check", folder, "--json").value
    assert {**stated} == {key: {**found, **checked}[key] for key in stated}


def test_repeating_them_changes_no_byte(plaudit: Plaudit, folder: Path) -> None:
    held = {path: path.read_bytes() for path in sorted((folder / "evidence").glob("*.parquet"))}
    held |= {path: path.read_bytes() for path in sorted((folder / "published" / "audit").iterdir())}

    for verb in ("audit", "tally", "check"):
        plaudit(verb, folder)

    assert {path: path.read_bytes() for path in held} == held
    assert {f"{name}.sql" for name in (THREE_DAYS, THREE_AGAIN, TWO_DAYS)} <= {path.name for path in held}


def test_a_ballot_set_aside_is_told_with_rule_case_and_query(plaudit: Plaudit, folder: Path) -> None:
    leaf = first_leaf(folder, "set aside")

    said = plaudit("audit", folder, "--leaf", str(leaf))

    assert said.code == 0
    assert f"{THREE_DAYS}: this rule sets the ballot aside" in said.out
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
