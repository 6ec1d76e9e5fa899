"""What verify says of the log: whose it is, whether it is the cited one, and which leaf differs."""

from __future__ import annotations

import base64
import shutil
from functools import partial
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from plaudit import pipeline, steps
from plaudit.base.digests import file_sha256
from plaudit.base.errors import DigestMismatch, EvidenceError, ProofInvalid, SignatureInvalid
from plaudit.certify.certificate import CERTIFICATE, canonical, read_certificate
from plaudit.certify.keys import season_signer
from plaudit.certify.statement import table_digests
from plaudit.ledger.checkpoint import Checkpoint, sign_checkpoint
from plaudit.ledger.note import Signer, sign_note
from plaudit.rulebook.season import read_season
from plaudit.store.evidence import Evidence
from plaudit.store.parquet import write_batches
from plaudit.store.tables import table
from plaudit.verify.verify import verify
from plaudit.vote.keys import log_signer
from plaudit.vote.statements import opening
from tests.conftest import run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("recounted_once")
STRANGER = Signer("plaudit.example/my-award/log", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
BUNDLE = "tile/entries/000.p/101"


def refused(folder: Path, error: type[EvidenceError] = EvidenceError) -> str:
    with pytest.raises(error) as caught:
        verify(folder)
    return caught.value.what


def restated(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Let the organiser sign something else."""
    path = folder / "published" / CERTIFICATE
    statement = read_certificate(path).statement
    change(statement)
    path.write_text(sign_note(canonical(statement), season_signer(folder, "plaudit.example/my-award")), "utf-8")


def forged_ballot(folder: Path, row: int, column: str, value: Any) -> None:
    """Change a ballot as an organiser would: the table anew, and its digest under a new signature."""
    path = sorted((folder / "evidence" / "ballots").rglob("*.parquet"))[0]
    rows = pq.read_table(path, partitioning=None).to_pylist()
    rows[row][column] = value
    declared = table("ballots")
    batch = pa.RecordBatch.from_pylist(rows, schema=declared.schema)
    write_batches(declared.schema, [batch], path, rising=declared.rising)
    again = table_digests(Evidence(folder / "evidence"), ["ballots"])
    restated(folder, lambda stated: stated["evidence"]["tables"].update(again))


def test_a_ballot_changed_after_it_was_logged_is_named_with_both_its_values(season_folder: Path) -> None:
    right = pq.read_table(
        sorted((season_folder / "evidence" / "ballots").rglob("*.parquet"))[0], partitioning=None
    ).to_pylist()[4]["nominee"]
    wrong = "aurora-lane" if right == "north-seven" else "north-seven"
    forged_ballot(season_folder, 4, "nominee", wrong)
    what = refused(season_folder, DigestMismatch)

    assert what.startswith(f"evidence/log/{BUNDLE} differs, from entry 5 on; by the ballots it is {{'ballot': 4, ")
    assert f"'nominee': '{wrong}'" in what.partition(", in the log ")[0]
    assert f"'nominee': '{right}'" in what.partition(", in the log ")[2]


def test_a_ballot_changed_and_the_tiles_taken_away_gives_another_root(season_folder: Path) -> None:
    forged_ballot(season_folder, 4, "votes", 2)
    shutil.rmtree(season_folder / "evidence" / "log" / "tile")
    stated = read_certificate(season_folder / "published" / CERTIFICATE).statement["vote"]["log"]

    what = refused(season_folder, ProofInvalid)

    assert what.startswith("the ballots give the log's root ")
    assert what.endswith(f"its checkpoint has {stated['root']}")


def test_a_log_made_anew_of_forged_ballots_is_not_the_one_the_certificate_cites(season_folder: Path) -> None:
    season = read_season(season_folder)
    forged_ballot(season_folder, 4, "votes", 2)
    pipeline.vote(season, Evidence(season.evidence))

    assert refused(season_folder, ProofInvalid).startswith("evidence/log/checkpoint has root ")


@pytest.mark.parametrize("values", [{"size": 100}, {"root": base64.b64encode(bytes(32)).decode()}, {"origin": "x/log"}])
def test_a_certificate_that_cites_another_checkpoint_is_refused(season_folder: Path, values: dict[str, object]) -> None:
    restated(season_folder, lambda stated: stated["vote"]["log"].update(values))
    name, value = next(iter(values.items()))

    what = refused(season_folder, ProofInvalid)

    assert what.startswith(f"evidence/log/checkpoint has {name} ")
    assert what.endswith(f"the certificate cites {value}")


def test_a_checkpoint_of_another_size_signed_by_the_log_and_cited_does_not_follow_from_the_ballots(
    season_folder: Path,
) -> None:
    stated = read_certificate(season_folder / "published" / CERTIFICATE).statement["vote"]["log"]
    signer = log_signer(season_folder, "plaudit.example/my-award")
    other = Checkpoint(stated["origin"], 102, base64.b64decode(stated["root"]))
    (season_folder / "evidence" / "log" / "checkpoint").write_text(sign_checkpoint(other, signer), "utf-8")
    restated(season_folder, lambda said: said["vote"]["log"].update(size=102))

    assert (
        refused(season_folder, ProofInvalid) == "evidence/ballots holds 99 ballots, but a log of 102 leaves holds 100"
    )


def test_a_closing_that_is_not_the_last_windows_end_is_refused(season_folder: Path) -> None:
    restated(season_folder, lambda stated: stated["vote"]["log"].update(closed_at="2026-01-19T08:00:00Z"))

    assert refused(season_folder, ProofInvalid).startswith("the log was closed at 2026-01-19T08:00:00Z")


@pytest.mark.parametrize(
    ("values", "said"),
    [({"more": 1}, "unknown field `more` - at `$.vote.log`"), ({"closed_at": "x"}, "form - at `$.vote.log.closed_at`")],
)
def test_a_certificate_that_cites_what_no_log_has_is_refused(
    season_folder: Path, values: dict[str, object], said: str
) -> None:
    restated(season_folder, lambda stated: stated["vote"]["log"].update(values))

    assert said in refused(season_folder, ProofInvalid)


def test_a_certificate_without_its_log_is_refused(season_folder: Path) -> None:
    restated(season_folder, lambda stated: [stated["vote"].pop(name) for name in ("log", "sources")])

    assert refused(season_folder, ProofInvalid) == "certificate.note cites no log of the ballots"


@pytest.mark.parametrize("name", ["checkpoint", "verifier.key"])
def test_a_log_without_its_checkpoint_or_key_is_refused(season_folder: Path, name: str) -> None:
    (season_folder / "evidence" / "log" / name).unlink()

    assert refused(season_folder, DigestMismatch) == f"evidence/log/{name} is missing"


def test_a_checkpoint_signed_by_a_stranger_is_refused(season_folder: Path) -> None:
    path = season_folder / "evidence" / "log" / "checkpoint"
    text = path.read_text("utf-8").partition("\n\n")[0] + "\n"
    path.write_text(sign_note(text, STRANGER), "utf-8")
    what = refused(season_folder, SignatureInvalid)
    (path.with_name("verifier.key")).write_text(f"{STRANGER.verifier}\n", "utf-8")

    assert what.startswith("evidence/log/checkpoint: no signature by plaudit.example/my-award/log")
    assert refused(season_folder, SignatureInvalid).startswith("evidence/log/verifier.key is not the key")


@pytest.mark.parametrize("name", [BUNDLE, "tile/0/000.p/101"])
def test_a_tile_or_bundle_that_is_missing_is_named(season_folder: Path, name: str) -> None:
    (season_folder / "evidence" / "log" / name).unlink()

    assert refused(season_folder, DigestMismatch).startswith(f"evidence/log/{name} is missing, from entry 0 on")


@pytest.mark.parametrize("name", ["tile/entries/001", "tile/0/000", "tile/notes.txt"])
def test_a_file_that_is_no_part_of_the_log_is_named(season_folder: Path, name: str) -> None:
    (season_folder / "evidence" / "log" / name).write_bytes(b"x")

    assert refused(season_folder, DigestMismatch).startswith(f"evidence/log/{name} does not belong")


def test_files_beside_the_tiles_are_named_too(season_folder: Path) -> None:
    (season_folder / "evidence" / "log" / "more.txt").write_bytes(b"x")

    assert refused(season_folder, DigestMismatch) == "evidence/log/more.txt was not there when it was certified"


def test_a_log_in_a_season_without_ballots_is_named(season_folder: Path, made_hottest: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(made_hottest, tmp_path / "hottest")
    shutil.copytree(season_folder / "evidence" / "log", folder / "evidence" / "log")

    assert refused(folder, DigestMismatch).startswith("evidence/log/checkpoint was not there")


@pytest.mark.parametrize("is_cited_so", [False, True])
def test_names_that_changed_hands_after_the_vote_opened_are_named(season_folder: Path, is_cited_so: bool) -> None:
    artists = season_folder / "artists.toml"
    artists.write_text(artists.read_text("utf-8").replace("노스세븐", "오로라레인"), "utf-8")
    names = {"aurora-lane": {"en": "Aurora Lane"}, "north-seven": {"en": "North Seven", "ko": "오로라레인"}}

    def change(stated: dict[str, Any]) -> None:
        stated["inputs"]["artists.toml"]["sha256"] = file_sha256(artists)
        if is_cited_so:
            stated["vote"]["log"]["names"] = names

    restated(season_folder, change)
    said = refused(season_folder, EvidenceError if is_cited_so else ProofInvalid)

    if is_cited_so:
        assert "entries" in said
        assert "노스세븐" in said
        assert "오로라레인" in said
    else:
        assert "nominee north-seven called '노스세븐' in ko, and now it is '오로라레인' in ko" in said


def test_a_log_that_was_opened_before_names_were_stated_verifies_and_says_so(
    season_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "opening", partial(opening, has_names=False))
    run(season_folder)
    monkeypatch.undo()

    found = verify(season_folder)
    assert found.is_recomputed
    assert [line for line in found.unchecked if line.startswith("what nominees are called: the vote was opened by")]
