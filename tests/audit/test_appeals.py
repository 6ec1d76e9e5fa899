"""Appeals: what the file may say, and what a decision gives back."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from plaudit import pipeline
from plaudit.audit.appeals import BALLOT, UPHOLD, VOTER, Appeal, appealed_files, read_appeals
from plaudit.base.errors import DigestMismatch, RuleInvalid
from plaudit.certify.certificate import read_certificate
from plaudit.certify.inputs import inputs_sha256
from plaudit.ledger.files import FolderFiles
from plaudit.ledger.note import Signer
from plaudit.ledger.reader import LogReader
from plaudit.rulebook.season import read_season
from plaudit.store.evidence import Evidence
from plaudit.verify.verify import verify
from plaudit.vote.keys import log_signer
from plaudit.vote.receipt import receipts
from tests.audit.purged import THREE_AGAIN, THREE_DAYS, TWO_DAYS, appeals, rulings

if TYPE_CHECKING:
    from pathlib import Path

    from plaudit.rulebook.season import Season


def later_receipt(season: Season, leaf: int) -> str:
    """Give the receipt of a leaf under the log's checkpoint."""
    log = LogReader(FolderFiles(season.log))
    return str(log.proof(leaf, log.entry(leaf)))


def receipt_at_once(season: Season, leaf: int, signer: Signer | None = None) -> str:
    """Give the receipt of a leaf that was the second of its commit."""
    log = LogReader(FolderFiles(season.log))
    records = list(log.entries(leaf - 1, leaf + 1))
    return receipts(records, leaf - 1, signer or log_signer(season.folder, season.origin), [1])[0]


def again(folder: Path) -> list[dict[str, object]]:
    season = read_season(folder)
    pipeline.audit(season, Evidence(season.evidence))
    return rulings(folder)


def set_aside_leaves(folder: Path) -> list[int]:
    return [int(row["ballot"]) + 1 for row in rulings(folder) if row["outcome"] == "set aside"]


def test_without_a_file_there_are_no_appeals(made_purged: Path) -> None:
    season = read_season(made_purged)

    assert read_appeals(season) == []
    assert appealed_files(season) == []


def test_leaves_and_both_kinds_of_receipts_are_read(purged_folder: Path) -> None:
    season = read_season(purged_folder)
    (purged_folder / "appeals").mkdir()
    (purged_folder / "appeals" / "later.txt").write_text(later_receipt(season, 5), "utf-8")
    (purged_folder / "appeals" / "at-once.txt").write_text(receipt_at_once(season, 9), "utf-8")
    appeals(
        purged_folder,
        "3,reinstate ballot,shown",
        'appeals/later.txt,reinstate voter,"shown, twice"',
        "appeals/at-once.txt,uphold,not shown",
    )

    assert read_appeals(season) == [
        Appeal("3", 2, BALLOT, "shown", 2),
        Appeal("appeals/later.txt", 4, VOTER, "shown, twice", 3),
        Appeal("appeals/at-once.txt", 8, UPHOLD, "not shown", 4),
    ]
    assert {"appeals.csv", "appeals/later.txt", "appeals/at-once.txt"} <= inputs_sha256(season).keys()


@pytest.mark.parametrize(
    ("rows", "what", "remedy"),
    [
        (["3,reinstate,why"], "line 2: decision 'reinstate'", "did you mean 'reinstate voter' or 'reinstate ballot'?"),
        (["3,uphold, "], "line 2: no why for receipt '3'", "say why"),
        (["3,uphold"], "line 2: 2 fields, the header has 3", "give receipt, decision, why"),
        (["3,uphold,a,b"], "line 2: 4 fields, the header has 3; the surplus is 'b'", "in quotes"),
        (["3,uphold,a", "03,uphold,b"], "line 3: receipt '03' is of leaf 3, which line 2 decides already", "keep one"),
        (["0,uphold,a"], "line 2: receipt 0 is not a ballot's leaf", "give one from 1 to 99"),
        (["100,uphold,a"], "line 2: receipt 100 is not a ballot's leaf", "give one from 1 to 99"),
        ([f"{10**30},uphold,a"], "is not a ballot's leaf", "give one from 1 to 99"),
        (["-1,uphold,a"], "line 2: no receipt in a file '-1'", "put the voter's receipt there"),
        (["../x.txt,uphold,a"], r"line 2: receipt '../x.txt'", "a path inside the season's folder"),
        (["/etc/passwd,uphold,a"], r"line 2: receipt '/etc/passwd'", "a path inside the season's folder"),
        ([",uphold,a"], "line 2: receipt ''", "a path inside the season's folder"),
        (["season.toml,uphold,a"], "line 2: no receipt in a file 'season.toml'", "put the voter's receipt there"),
    ],
)
def test_a_row_that_decides_nothing_is_refused_with_its_line(
    made_purged: Path, tmp_path: Path, rows: list[str], what: str, remedy: str
) -> None:
    folder = shutil.copytree(made_purged, tmp_path / "s")
    appeals(folder, *rows)

    with pytest.raises(RuleInvalid) as error:
        read_appeals(read_season(folder))

    assert what in error.value.what
    assert remedy in error.value.remedy
    assert error.value.values["file"] == "appeals.csv"


def test_another_header_is_refused(purged_folder: Path) -> None:
    (purged_folder / "appeals.csv").write_text("leaf,decision,why\n", "utf-8")

    with pytest.raises(RuleInvalid, match="line 1: the columns are leaf, decision, why; use receipt, decision, why"):
        read_appeals(read_season(purged_folder))


def test_a_receipt_of_another_key_is_refused(purged_folder: Path) -> None:
    season = read_season(purged_folder)
    stranger = Signer(f"{season.origin}/log", Ed25519PrivateKey.from_private_bytes(bytes(32)))
    forged = receipt_at_once(season, 5, stranger)
    (purged_folder / "forged.txt").write_text(forged, "utf-8")
    appeals(purged_folder, "forged.txt,reinstate ballot,a")

    with pytest.raises(RuleInvalid, match=r"line 2: forged\.txt: .*; an appeal needs a receipt of this vote"):
        read_appeals(season)


def test_a_receipt_for_another_ballot_than_the_log_holds_is_refused(purged_folder: Path) -> None:
    season = read_season(purged_folder)
    log = LogReader(FolderFiles(season.log))
    swapped = [log.entry(6), log.entry(5)]
    text = receipts(swapped, 5, log_signer(season.folder, season.origin), [0])[0]
    (purged_folder / "other.txt").write_text(text, "utf-8")
    appeals(purged_folder, "other.txt,reinstate ballot,a")

    with pytest.raises(RuleInvalid, match=r"signed for another ballot than the log holds at leaf 5; keep both"):
        read_appeals(season)


def test_reinstating_a_ballot_gives_back_that_ballot_alone(purged_folder: Path) -> None:
    before = rulings(purged_folder)
    leaf = set_aside_leaves(purged_folder)[0]
    appeals(purged_folder, f"{leaf},reinstate ballot,shown")

    after = again(purged_folder)

    changed = [(one, other) for one, other in zip(before, after, strict=True) if one != other]
    assert {one["ballot"] for one, _ in changed} == {leaf - 1}
    assert {one["rule"]: one["outcome"] for one, _ in changed} == {
        THREE_DAYS: "set aside",
        THREE_AGAIN: "also",
        TWO_DAYS: "late",
    }
    assert {other["outcome"] for _, other in changed} == {"reinstated"}


def test_reinstating_a_voter_gives_back_every_ballot_and_the_certificate_says_so(purged_folder: Path) -> None:
    leaf = set_aside_leaves(purged_folder)[0]
    season = read_season(purged_folder)
    tables = Evidence(season.evidence)
    ballots = tables.to_rows(tables.read("ballots").select("ballot", "voter"))
    voter = next(row["voter"] for row in ballots if row["ballot"] == leaf - 1)
    own = {row["ballot"] for row in ballots if row["voter"] == voter}
    set_aside_before = read_certificate(season.published / "certificate.note").statement
    appeals(purged_folder, f"{leaf},reinstate voter,shown")

    pipeline.run(season, tables)

    given_back = {row["ballot"] for row in rulings(purged_folder) if row["outcome"] == "reinstated"}
    stated = read_certificate(season.published / "certificate.note").statement
    assert given_back == own
    assert stated["audit"]["appeals"] == [
        {"receipt": str(leaf), "decision": "reinstate voter", "why": "shown", "ballots": len(own)}
    ]
    purges = {row["rule"]: row for row in stated["audit"]["purges"]}
    assert [purges[name]["reinstated"] for name in (THREE_DAYS, THREE_AGAIN, TWO_DAYS)] == [len(own)] * 3
    counted = [sum(row["votes_set_aside"] for row in some["result"]["totals"]) for some in (set_aside_before, stated)]
    assert counted[0] - counted[1] == len(own)
    assert "appeals.csv" in stated["inputs"]
    assert "every made table is what the evidence gives" in verify(purged_folder).checked


def test_an_appeal_added_after_the_certificate_is_found(purged_folder: Path) -> None:
    appeals(purged_folder, "1,uphold,a")

    with pytest.raises(DigestMismatch, match=r"appeals\.csv was not there when it was certified"):
        verify(purged_folder)
