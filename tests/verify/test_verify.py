"""What verify says: which file, which row, which value; and that it leaves no trace."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from plaudit.base.errors import DigestMismatch, EvidenceError, ProofInvalid, SignatureInvalid, UnknownName
from plaudit.certify.certificate import CERTIFICATE, VERIFIER_KEY, canonical, read_certificate
from plaudit.certify.keys import season_signer
from plaudit.ledger.note import Signer, Verifier, sign_note
from plaudit.verify.verify import verify
from tests.conftest import bytes_below, run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

STRANGER = Signer("plaudit.example/my-award", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))


def refused(folder: Path, error: type[EvidenceError] = EvidenceError) -> str:
    with pytest.raises(error) as caught:
        verify(folder)
    return caught.value.what


def changed(path: Path, row: int, column: str, value: Any) -> None:
    """Change one value of a table; the row is counted from 1."""
    table = pq.read_table(path, partitioning=None)
    rows = table.to_pylist()
    rows[row - 1][column] = value
    pq.write_table(pa.Table.from_pylist(rows, schema=table.schema), path)


def test_a_season_that_is_whole_verifies_and_says_what_was_not_checked(made_template: Path) -> None:
    found = verify(made_template)

    assert found.checked[0].startswith("signed by plaudit.example/my-award+")
    assert any("every made table" in line for line in found.checked)
    assert [line.split(":")[0] for line in found.unchecked] == [
        "whose key that is",
        "when the log was opened and closed",
    ]


@pytest.mark.usefixtures("recounted_once")
def test_a_key_from_elsewhere_leaves_only_the_time_unchecked(made_template: Path) -> None:
    signer = season_signer(made_template, "plaudit.example/my-award")

    unchecked = verify(made_template, signer.verifier).unchecked

    assert unchecked == ["when the log was opened and closed: the vote names no witnesses"]


def test_another_key_is_refused(made_template: Path) -> None:
    with pytest.raises(SignatureInvalid, match=r"certificate\.note: no signature by plaudit\.example/my-award with"):
        verify(made_template, STRANGER.verifier)


def test_a_key_beside_the_certificate_that_is_not_the_given_one_is_named(season_folder: Path) -> None:
    right = season_signer(season_folder, "plaudit.example/my-award").verifier
    (season_folder / "published" / VERIFIER_KEY).write_text(f"{STRANGER.verifier}\n", "utf-8")

    with pytest.raises(SignatureInvalid, match=r"verifier\.key holds"):
        verify(season_folder, right)


@pytest.mark.parametrize("wrong", [None, b"votes"])
def test_verifying_leaves_no_trace_in_the_folder(season_folder: Path, wrong: bytes | None) -> None:
    shutil.rmtree(season_folder / "keys")
    path = season_folder / "evidence" / "readings.parquet"
    if wrong:
        changed(path, 1, "value", 7)
    before = bytes_below(season_folder)
    times = {found: found.stat().st_mtime_ns for found in season_folder.rglob("*")}
    if wrong:
        refused(season_folder)
    else:
        verify(season_folder)

    assert bytes_below(season_folder) == before
    assert {found: found.stat().st_mtime_ns for found in season_folder.rglob("*")} == times


def test_a_folder_that_cannot_be_written_to_verifies(season_folder: Path) -> None:
    for path in sorted(season_folder.rglob("*"), reverse=True):
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        assert verify(season_folder).checked
    finally:
        for path in season_folder.rglob("*"):
            path.chmod(0o755)


@pytest.mark.parametrize(
    ("table", "row", "column", "value", "said"),
    [
        ("readings.parquet", 5, "value", 77, ": value is 77, right is "),
        ("posts.parquet", 2, "artist", "aurora-lane", ": artist is 'aurora-lane', right is 'north-seven'"),
    ],
)
def test_a_changed_value_of_the_evidence_is_named_with_its_row(
    season_folder: Path, table: str, row: int, column: str, value: object, said: str
) -> None:
    changed(season_folder / "evidence" / table, row, column, value)
    what = refused(season_folder, DigestMismatch)

    assert f"the rows of evidence/{table} are " in what
    assert f"row {row} (" in what
    assert said in what


def first_day(folder: Path) -> Path:
    return sorted((folder / "evidence" / "ballots").rglob("*.parquet"))[0]


@pytest.mark.parametrize("has_keys", [True, False])
def test_a_ballot_given_to_another_is_named_with_or_without_the_voter_key(season_folder: Path, has_keys: bool) -> None:
    path = first_day(season_folder)
    right = pq.read_table(path, partitioning=None)["nominee"][2].as_py()
    changed(path, 3, "nominee", "somebody")
    if not has_keys:
        shutil.rmtree(season_folder / "keys")

    what = refused(season_folder, DigestMismatch)

    assert f"row 3 (ballot 2): nominee is 'somebody', right is '{right}'" in what


def test_a_changed_voter_is_named_with_the_key_and_admitted_without(season_folder: Path) -> None:
    changed(first_day(season_folder), 1, "voter", 5)
    with_key = refused(season_folder, DigestMismatch)
    shutil.rmtree(season_folder / "keys")
    without = refused(season_folder, DigestMismatch)

    assert "row 1 (ballot 0): voter is 5, right is " in with_key
    assert "was certified; compare" in f"{without}; compare"
    assert "voter" not in without


def test_a_row_taken_out_or_put_in_is_named(season_folder: Path) -> None:
    path = season_folder / "evidence" / "readings.parquet"
    table = pq.read_table(path)
    pq.write_table(table.slice(0, table.num_rows - 1), path)
    fewer = refused(season_folder)
    pq.write_table(pa.concat_tables([table, table.slice(0, 1)]), path)
    more = refused(season_folder)

    assert f"row {table.num_rows} is missing" in fewer
    assert f"readings.parquet, row {table.num_rows + 1} (" in more
    assert "is out of order" in more


def test_the_same_rows_in_other_bytes_are_told_as_such(season_folder: Path) -> None:
    path = season_folder / "evidence" / "readings.parquet"
    pq.write_table(pq.read_table(path), path, compression="gzip")

    assert "its rows are the same; its encoding differs" in refused(season_folder, DigestMismatch)


def test_evidence_without_its_sources_is_checked_as_far_as_it_goes(season_folder: Path) -> None:
    shutil.rmtree(season_folder / "data")
    found = verify(season_folder)

    assert any(line.startswith("not tied to sources: ") for line in found.unchecked)
    changed(season_folder / "evidence" / "readings.parquet", 1, "value", 7)
    assert "the rows of evidence/readings.parquet are " in refused(season_folder, DigestMismatch)


@pytest.mark.usefixtures("recounted_once")
@pytest.mark.parametrize(
    ("name", "column", "value"),
    [("entries", "points", 1), ("gains", "gain", 1), ("totals", "votes_counted", 99), ("result", "value", 99)],
)
def test_a_changed_value_of_a_made_table_is_named_with_its_row(
    season_folder: Path, name: str, column: str, value: int
) -> None:
    changed(season_folder / "evidence" / f"{name}.parquet", 1, column, value)
    what = refused(season_folder, ProofInvalid)

    assert what.startswith(f"evidence/{name}.parquet: row 1 (")
    assert f"{column} is {value}, right is " in what


def written_elsewhere(path: Path) -> None:
    """Let another release of the same writer have written a file."""
    before = pq.ParquetFile(path).metadata.created_by.encode()
    path.write_bytes(path.read_bytes().replace(before, before[:-3] + b"x.y"))


@pytest.mark.usefixtures("recounted_once")
def test_a_made_table_of_another_writer_is_compared_row_by_row(season_folder: Path) -> None:
    totals = season_folder / "evidence" / "totals.parquet"
    written_elsewhere(totals)
    assert "every made table is what the evidence gives" in verify(season_folder).checked
    changed(totals, 0, "votes_counted", 99)
    written_elsewhere(totals)

    assert "votes_counted is 99, right is " in refused(season_folder, ProofInvalid)


@pytest.mark.usefixtures("recounted_once")
def test_a_made_table_in_other_bytes_of_the_same_writer_is_refused(season_folder: Path) -> None:
    path = season_folder / "evidence" / "totals.parquet"
    pq.write_table(pq.read_table(path), path, compression="gzip")

    assert "totals.parquet: its rows are the same; its encoding differs" in refused(season_folder, DigestMismatch)


@pytest.mark.usefixtures("recounted_once")
def test_a_made_table_that_is_no_parquet_is_named(season_folder: Path) -> None:
    (season_folder / "evidence" / "result.parquet").write_bytes(b"PAR1 no more")

    assert refused(season_folder, DigestMismatch).startswith("evidence/result.parquet cannot be read")


@pytest.mark.usefixtures("recounted_once")
def test_a_changed_page_is_named_with_its_line(season_folder: Path) -> None:
    path = season_folder / "published" / "totals.csv"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join([lines[0], lines[1].replace(",", ",9", 1), *lines[2:]]), "utf-8")

    assert refused(season_folder, ProofInvalid).startswith("published/totals.csv: line 2, byte ")


@pytest.mark.usefixtures("recounted_once")
def test_a_difference_far_along_a_line_is_shown_where_it_is(season_folder: Path) -> None:
    path = season_folder / "published" / "rules" / "own@1.md"
    text = path.read_text("utf-8")
    line = max(text.splitlines(), key=len)
    path.write_text(text.replace(line, line[:-5] + "WRONG"), "utf-8")

    assert len(line) > 120
    assert "WRONG" in refused(season_folder, ProofInvalid)


@pytest.mark.usefixtures("recounted_once")
@pytest.mark.parametrize("name", ["artists.toml", "data/ballots.csv", "rules/own@1.toml"])
def test_a_file_whose_line_ends_alone_were_rewritten_is_told_as_such(season_folder: Path, name: str) -> None:
    path = season_folder / name
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))

    assert "(only its line ends differ, which a program rewrote: clone it again" in refused(season_folder)


@pytest.mark.parametrize(
    "name",
    [
        "season.toml",
        "artists.toml",
        "honours.csv",
        "data/counts.csv",
        "rules/own@1.toml",
        "evidence/readings.parquet",
        "evidence/result.parquet",
        "published/result.json",
        "published/certificate.note",
        "published/verifier.key",
    ],
)
def test_a_missing_file_is_named(season_folder: Path, name: str) -> None:
    (season_folder / name).unlink()
    if name == "season.toml":
        assert "the evidence: it is not next to the certificate" in verify(season_folder).unchecked
        return

    assert name.rpartition("/")[2] in refused(season_folder)


@pytest.mark.usefixtures("recounted_once")
@pytest.mark.parametrize(
    "name",
    [
        "data/more.csv",
        "certificates/2020.note",
        "evidence/more.parquet",
        "evidence/voter_facts.parquet",
        "evidence/ballots/day=2026-01-16/part-1.parquet",
        "evidence/ballots/day=2027-01-01/part-0.parquet",
        "published/more.html",
    ],
)
def test_a_file_that_was_not_there_is_named(season_folder: Path, name: str) -> None:
    path = season_folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(first_day(season_folder), path)

    assert name in refused(season_folder)


def test_a_record_of_honours_added_later_is_named(tmp_path: Path, made_hottest: Path) -> None:
    folder = shutil.copytree(made_hottest, tmp_path / "s")
    (folder / "honours.csv").write_text("award,edition,artist,outcome,source,grade\n", "utf-8")

    assert refused(folder, DigestMismatch) == "honours.csv was not there when it was certified"


@pytest.mark.usefixtures("recounted_once")
def test_notes_and_readmes_beside_a_season_disturb_nothing(season_folder: Path) -> None:
    (season_folder / "README.md").write_text("about", "utf-8")
    (season_folder / "notes.csv").write_text("a,b\n", "utf-8")
    (season_folder / "evidence" / ".DS_Store").write_bytes(b"x")

    assert verify(season_folder).checked


def test_a_nominees_file_may_lie_in_a_folder_of_its_own(tmp_path: Path, made_hottest: Path) -> None:
    folder = shutil.copytree(made_hottest, tmp_path / "s")
    (folder / "lists").mkdir()
    (folder / "nominees.csv").rename(folder / "lists" / "nominees.csv")
    season = folder / "season.toml"
    season.write_text(season.read_text("utf-8").replace('"nominees.csv"', '"lists/nominees.csv"'), "utf-8")
    run(folder)

    assert verify(folder).checked
    (folder / "lists" / "nominees.csv").write_text("", "utf-8")
    assert refused(folder, DigestMismatch).startswith("lists/nominees.csv has SHA-256")


def test_a_rule_changed_so_that_it_no_longer_reads_is_still_a_mismatch(season_folder: Path) -> None:
    path = season_folder / "rules" / "own@1.toml"
    path.write_text(path.read_text("utf-8").replace("votes = 1,", "votes = 100,"), "utf-8")
    what = refused(season_folder, DigestMismatch)
    path.write_text("not = toml = at all", "utf-8")

    assert "votes = 100" in what
    assert refused(season_folder, DigestMismatch).startswith("rules/own@1.toml has SHA-256")


def test_a_shipped_rule_shadowed_by_the_season_is_a_mismatch(season_folder: Path) -> None:
    shipped = season_folder / "published" / "rules" / "social-weekly@1.toml"
    text = shipped.read_text("utf-8").replace("weight_ppm = 500000", "weight_ppm = 400000")
    (season_folder / "rules" / shipped.name).write_text(text, "utf-8")

    assert refused(season_folder, DigestMismatch).startswith("rules/social-weekly@1.toml has SHA-256")


def test_a_season_file_that_no_longer_reads_is_a_mismatch_that_says_so(season_folder: Path) -> None:
    path = season_folder / "season.toml"
    path.write_text(path.read_text("utf-8").replace("title =", "titel ="), "utf-8")
    what = refused(season_folder, DigestMismatch)

    assert what.startswith("season.toml has SHA-256")
    assert "and it no longer reads: season.toml, line 1" in what


def restated(folder: Path, change: Callable[[dict[str, Any]], None], signer: Signer) -> None:
    """Put a certificate in place that states something else."""
    path = folder / "published" / CERTIFICATE
    statement = read_certificate(path).statement
    change(statement)
    path.write_text(sign_note(canonical(statement), signer), "utf-8")


def crown_aurora(statement: dict[str, Any]) -> None:
    statement["result"]["winners"] = ["aurora-lane"]


@pytest.mark.usefixtures("recounted_once")
def test_a_false_statement_signed_by_the_right_key_does_not_follow_from_its_evidence(season_folder: Path) -> None:
    restated(season_folder, crown_aurora, season_signer(season_folder, "plaudit.example/my-award"))

    what = refused(season_folder, ProofInvalid)
    assert what == "certificate.note: result.winners[0] is 'aurora-lane', recomputed is 'north-seven'"


def test_evidence_forged_consistently_and_not_signed_anew_is_refused(season_folder: Path) -> None:
    old = (season_folder / "published" / CERTIFICATE).read_text("utf-8")
    ballots = season_folder / "data" / "ballots.csv"
    ballots.write_text(ballots.read_text("utf-8").replace("web,north-seven", "web,aurora-lane"), "utf-8")
    run(season_folder)
    forged = (season_folder / "published" / CERTIFICATE).read_text("utf-8")

    (season_folder / "published" / CERTIFICATE).write_text(old, "utf-8")
    assert refused(season_folder, DigestMismatch).startswith("data/ballots.csv has SHA-256")
    text = forged.rpartition("\n\n")[0] + "\n\n" + old.rpartition("\n\n")[2]
    (season_folder / "published" / CERTIFICATE).write_text(text, "utf-8")
    assert refused(season_folder, SignatureInvalid).startswith("certificate.note: the text is not what")


def test_a_forgery_signed_by_a_stranger_is_refused_under_the_right_key(season_folder: Path) -> None:
    right = season_signer(season_folder, "plaudit.example/my-award").verifier
    shutil.rmtree(season_folder / "keys")
    (season_folder / "published" / CERTIFICATE).unlink()
    ballots = season_folder / "data" / "ballots.csv"
    ballots.write_text(ballots.read_text("utf-8").replace("web,north-seven", "web,aurora-lane"), "utf-8")
    run(season_folder)

    assert "whose key that is" in verify(season_folder).unchecked[0]
    with pytest.raises(SignatureInvalid, match=r"certificate\.note: no signature by"):
        verify(season_folder, right)


@pytest.mark.usefixtures("recounted_once")
def test_a_certificate_made_by_another_version_is_compared_and_says_so(season_folder: Path) -> None:
    signer = season_signer(season_folder, "plaudit.example/my-award")
    restated(season_folder, lambda statement: statement["software"].update(plaudit="0.0.9"), signer)

    assert any("certified with plaudit 0.0.9, checked with" in line for line in verify(season_folder).unchecked)


def test_a_certificate_alone_is_checked_for_its_signature_alone(season_folder: Path, tmp_path: Path) -> None:
    alone = tmp_path / "alone"
    alone.mkdir()
    for name in (CERTIFICATE, VERIFIER_KEY):
        shutil.copy(season_folder / "published" / name, alone / name)
    found = verify(alone / CERTIFICATE)

    assert len(found.checked) == 1
    assert "the evidence: it is not next to the certificate" in found.unchecked
    (alone / VERIFIER_KEY).unlink()
    key = Verifier.parse((season_folder / "published" / VERIFIER_KEY).read_text("utf-8"))
    assert verify(alone / CERTIFICATE, key).checked == found.checked
    with pytest.raises(SignatureInvalid, match=r"no file verifier\.key"):
        verify(alone / CERTIFICATE)


def test_an_earlier_certificate_in_a_season_is_not_held_against_that_season(season_folder: Path) -> None:
    below = season_folder / "certificates"
    below.mkdir()
    statement = read_certificate(season_folder / "published" / CERTIFICATE).statement
    (below / "2020.note").write_text(sign_note(canonical(statement), STRANGER), "utf-8")

    assert len(verify(below / "2020.note", STRANGER.verifier).checked) == 1


def test_a_certificate_in_its_season_is_checked_with_the_season(made_template: Path) -> None:
    assert len(verify(made_template / "published" / CERTIFICATE).checked) == 9


def test_a_path_that_is_not_there_is_the_askers_mistake(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="no file or folder"):
        verify(tmp_path / "nowhere")


def test_a_folder_without_a_certificate_cannot_be_verified(season_folder: Path) -> None:
    (season_folder / "published" / CERTIFICATE).unlink()

    assert refused(season_folder, SignatureInvalid) == "published/certificate.note is missing"


def test_the_statement_reads_as_json_to_anyone(made_template: Path) -> None:
    note = (made_template / "published" / CERTIFICATE).read_text("utf-8")

    assert json.loads(note.partition("\n\n")[0])["season"]["edition"] == "2026"
