"""A voter's receipts: both kinds verify offline, and a log that holds something else is found out."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from plaudit.base.errors import CheckpointsFork, EvidenceError, ProofInvalid, SignatureInvalid, UnknownName
from plaudit.ledger.files import FolderFiles
from plaudit.ledger.log import Log
from plaudit.ledger.note import Signer
from plaudit.ledger.proof import TlogProof
from plaudit.ledger.reader import LogReader
from plaudit.verify.receipt import log_at, verify_receipt
from plaudit.vote.keys import log_signer
from plaudit.vote.live import LiveVote
from plaudit.vote.receipt import read_receipt, receipts
from plaudit.vote.record import Ballot
from plaudit.vote.statements import opening
from tests.cli.commands import Plaudit
from tests.profiles import examples
from tests.season.voting import asks, cast, nominated
from tests.some import some
from tests.vote.seasons import CLOSES, NOMINEES, NOW

if TYPE_CHECKING:
    from pathlib import Path

    from plaudit.ledger.note import Verifier
    from plaudit.rulebook.season import Season


class Held:
    """A vote of 30 ballots in two commits, its receipts, and its log while it was open."""

    def __init__(self, folder: Path) -> None:
        self.season: Season = nominated(folder / "s")
        first = cast(self.season, asks(12))
        self.before = shutil.copytree(self.season.log, folder / "before")
        second = cast(self.season, asks(30)[12:])
        self.at_once = [taken.receipt for taken in (*first, *second)]
        with LiveVote(self.season, clock=lambda: NOW) as vote:
            self.later = [str(vote.receipt(leaf)) for leaf in range(1, 31)]
        self.open = shutil.copytree(self.season.log, folder / "open")
        with LiveVote(self.season, clock=lambda: CLOSES) as vote:
            vote.close()
        self.signer = log_signer(self.season.folder, self.season.origin)

    @property
    def key(self) -> Verifier:
        return self.signer.verifier


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Held:
    return Held(tmp_path_factory.mktemp("held"))


def forged(held: Held, folder: Path, leaves: list[bytes]) -> FolderFiles:
    """Give a log of other leaves that the same key signed."""
    folder.mkdir()
    log = Log(folder)
    log.append(leaves)
    log.publish(held.signer)
    return FolderFiles(folder)


def leaves_of(held: Held) -> list[bytes]:
    return list(LogReader(FolderFiles(held.season.log)).entries())


def test_every_receipt_names_its_leaf_and_its_ballot_by_the_key_alone(held: Held) -> None:
    for kind in (held.at_once, held.later):
        for leaf, receipt in some(enumerate(kind, start=1)):
            found = verify_receipt(receipt, held.key)

            assert found.leaf == leaf
            assert (found.ballot["voter"], found.ballot["votes"]) == (leaf, 1 + leaf % 4)
            assert found.ballot["nominee"] == f"nominee {NOMINEES.index(NOMINEES[leaf % 3])}"
            assert found.unchecked == ["that the published log holds it: give --log SEASON, FOLDER or ADDRESS"]


def test_with_the_log_names_are_told_and_the_leaf_is_looked_up(held: Held) -> None:
    for receipt in (held.at_once[17], held.later[17]):
        found = verify_receipt(receipt, held.key, log_at(str(held.season.folder)))

        assert (found.leaf, found.ballot["nominee"], found.ballot["source"]) == (18, NOMINEES[0], "guest")
        assert found.checked[-1] == "the published log of 32 leaves holds it"
        assert found.unchecked == []


def test_the_key_may_come_from_beside_the_log_and_that_is_said(held: Held) -> None:
    found = verify_receipt(held.at_once[0], None, log_at(str(held.season.log)))

    assert [line.partition(":")[0] for line in found.unchecked] == ["whose key that is"]


def test_a_receipt_without_any_key_is_not_verified(held: Held) -> None:
    with pytest.raises(SignatureInvalid, match="no key to check"):
        verify_receipt(held.at_once[0])


def test_a_receipt_that_another_key_signed_is_refused(held: Held) -> None:
    stranger = Signer(held.key.name, Ed25519PrivateKey.from_private_bytes(bytes(32)))

    with pytest.raises(SignatureInvalid, match="no signature by"):
        verify_receipt(held.at_once[0], stranger.verifier)


def test_a_receipt_of_another_log_is_refused(held: Held) -> None:
    other = Signer("example.org/other/log", Ed25519PrivateKey.from_private_bytes(bytes(32)))

    with pytest.raises(
        ProofInvalid, match=r"the receipt is of plaudit\.example/live/log/commit/1, the key is of example"
    ):
        verify_receipt(held.at_once[0], other.verifier)


@settings(max_examples=examples(150))
@given(data=st.data())
def test_no_letter_of_a_receipt_can_change_unnoticed(held: Held, data: st.DataObject) -> None:
    receipt = data.draw(st.sampled_from([held.at_once[5], held.later[20]]))
    at = data.draw(st.integers(0, len(receipt) - 1))
    letter = data.draw(st.characters(min_codepoint=32, max_codepoint=126).filter(lambda one: one != receipt[at]))

    with pytest.raises(EvidenceError):
        verify_receipt(receipt[:at] + letter + receipt[at + 1 :], held.key)


def test_a_log_that_has_not_come_so_far_yet_says_so(held: Held) -> None:
    for receipt in (held.at_once[29], held.later[29]):
        found = verify_receipt(receipt, held.key, FolderFiles(held.before))

        assert "this copy ends before leaf 31" in found.unchecked[-1] or "before leaf" in found.unchecked[-1]
        assert len(found.checked) == 2


def test_a_closed_log_that_lacks_the_leaf_is_misconduct(held: Held, tmp_path: Path) -> None:
    leaves = leaves_of(held)
    short = forged(held, tmp_path / "short", [*leaves[:20], leaves[-1]])

    for receipt in (held.at_once[29], held.later[29]):
        with pytest.raises(CheckpointsFork, match=r"closed at 21 leaves .* evidence of misconduct"):
            verify_receipt(receipt, held.key, short)


def test_a_log_that_holds_another_ballot_at_the_leaf_is_misconduct(held: Held, tmp_path: Path) -> None:
    leaves = leaves_of(held)
    names = opening(held.season, NOMINEES).names
    leaves[18] = names.pack(Ballot("web", "iu", 5, NOW, 18, "guest"))
    other = forged(held, tmp_path / "other", leaves)

    with pytest.raises(CheckpointsFork, match=r"leaf 18 of the published log is .*'iu'.* signed for .*'bts'") as caught:
        verify_receipt(held.at_once[17], held.key, other)
    assert caught.value.values == {"leaf": 18}
    with pytest.raises(CheckpointsFork, match="the log's first 31 leaves have root"):
        verify_receipt(held.later[17], held.key, other)


def test_a_log_whose_first_leaves_changed_is_misconduct_even_if_the_ballot_stayed(held: Held, tmp_path: Path) -> None:
    leaves = leaves_of(held)
    del leaves[25]
    other = forged(held, tmp_path / "other", [*leaves[:-1], leaves[20], leaves[-1]])

    with pytest.raises(CheckpointsFork, match="first 31 leaves"):
        verify_receipt(held.later[3], held.key, other)
    assert verify_receipt(held.at_once[3], held.key, other).checked


def test_a_receipt_that_names_a_commit_that_never_was_is_looked_up_where_it_points(held: Held) -> None:
    records = leaves_of(held)[5:8]
    receipt = receipts(records, 9, held.signer, [1])[0]

    with pytest.raises(CheckpointsFork, match="leaf 10 of the published log"):
        verify_receipt(receipt, held.key, FolderFiles(held.open))


def test_a_receipt_without_its_ballot_is_refused(held: Held) -> None:
    proof = TlogProof.parse(held.later[0])

    with pytest.raises(ProofInvalid, match="carries no ballot"):
        verify_receipt(str(TlogProof(proof.index, proof.path, proof.checkpoint)), held.key)


def test_an_answer_saved_whole_is_a_receipt_and_other_files_are_none(held: Held, tmp_path: Path) -> None:
    path = tmp_path / "receipt"
    found = []
    for text in (held.at_once[0], json.dumps({"leaf": 1, "receipt": held.at_once[0]}), "{}", "{", "no receipt", "[1]"):
        path.write_text(text, "utf-8")
        found.append(read_receipt(path))

    assert found == [held.at_once[0], held.at_once[0], "", "", "", ""]
    assert read_receipt(tmp_path) == read_receipt(tmp_path / "none") == ""


def test_a_place_without_a_log_is_the_askers_mistake(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="no log in"):
        log_at(str(tmp_path))


@pytest.fixture
def plaudit(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Plaudit:
    return Plaudit(capsys, monkeypatch)


def test_the_command_prints_leaf_and_ballot_of_a_receipt(held: Held, tmp_path: Path, plaudit: Plaudit) -> None:
    path = tmp_path / "answer.json"
    path.write_text(json.dumps({"receipt": held.at_once[3]}), "utf-8")
    said = plaudit("verify", path, "--key", str(held.key), "--log", held.season.folder)

    assert said.code == 0
    assert said.out.splitlines()[:4] == ["receipt verified: leaf 4", "  channel: web", "  nominee: drake", "  votes: 1"]
    assert "  cast_at: 1767261600000000 (2026-01-01T10:00:00Z)" in said.out
    assert "the published log of 32 leaves holds it" in said.err


def test_the_command_gives_a_receipt_to_programs(held: Held, tmp_path: Path, plaudit: Plaudit) -> None:
    path = tmp_path / "receipt"
    path.write_text(held.later[3], "utf-8")
    value = plaudit("verify", path, "--key", str(held.key), "--json").value

    assert (value["verified"], value["leaf"], value["ballot"]["voter"]) == (True, 4, 4)


def test_the_command_calls_misconduct_by_exit_code_6_and_says_what_to_do(
    held: Held, tmp_path: Path, plaudit: Plaudit
) -> None:
    forged(held, tmp_path / "short", [leaves_of(held)[0], leaves_of(held)[-1]])
    path = tmp_path / "receipt"
    path.write_text(held.later[3], "utf-8")
    said = plaudit("verify", path, "--key", str(held.key), "--log", tmp_path / "short")

    assert said.code == 6
    assert "keep the receipt and the log's checkpoint" in said.err
