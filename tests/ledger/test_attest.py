"""A witness never signs two histories and never goes back, however its runs overlap."""

from __future__ import annotations

import json
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from plaudit.base.errors import CheckpointsFork, OutOfTurn, PlauditError, SignatureInvalid, SourceUnavailable
from plaudit.ledger import memory as memory_module
from plaudit.ledger.attest import witness_of
from plaudit.ledger.checkpoint import stated_checkpoint
from plaudit.ledger.files import FolderFiles
from plaudit.ledger.memory import Memory
from plaudit.ledger.witness import witnessed
from tests.ledger.static_logs import NAME, VERIFIER, entries, write_log

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from plaudit.ledger.attest import Witness

WITNESS = "witness.example/w1"


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    return witness_of(tmp_path / "keys" / "witness.pem", WITNESS, lambda: 1_700_000_000)


class Held:
    """Files whose answers are held back until somebody lets them go, from some path on."""

    def __init__(self, folder: Path, path: str) -> None:
        self._files = FolderFiles(folder)
        self._path = path
        self.is_asked, self.may_go = threading.Event(), threading.Event()

    def read(self, path: str) -> bytes | None:
        if path.startswith(self._path):
            self.is_asked.set()
            assert self.may_go.wait(20)
        return self._files.read(path)


def seen(witness: Witness) -> int:
    return stated_checkpoint(witness.memory.seen(NAME)).size


@pytest.mark.parametrize("held_at", ["tile/", "checkpoint"])
@pytest.mark.parametrize(("slow", "quick"), [("ballot", "another"), ("another", "ballot"), ("ballot", "ballot")])
def test_two_overlapping_runs_sign_one_history_and_never_go_back(
    held_at: str, slow: str, quick: str, witness: Witness, tmp_path: Path
) -> None:
    first = write_log(tmp_path / "first", entries(700, slow))
    second = write_log(tmp_path / "second", entries(800, quick))
    held = Held(first, held_at)
    with ThreadPoolExecutor(1) as pool:
        run = pool.submit(witness.attest, held, VERIFIER)
        assert held.is_asked.wait(20)
        signed = witness.attest(FolderFiles(second), VERIFIER)[1]
        held.may_go.set()
        with pytest.raises(PlauditError) as refused:
            run.result(20)

    assert list(witnessed(signed, [witness.signer.verifier])) == [WITNESS]
    assert isinstance(refused.value, CheckpointsFork | SourceUnavailable | OutOfTurn)
    assert seen(witness) == 800


def test_many_runs_at_once_over_a_growing_log_sign_in_order(witness: Witness, tmp_path: Path) -> None:
    sizes = [100, 200, 300, 400]
    logs = [write_log(tmp_path / str(size), entries(size)) for size in sizes]
    order: list[int] = []
    advance = witness.memory.advance

    def noted(origin: str, known: str, note: str, sign: Callable[[], str]) -> str | None:
        def signing() -> str:
            order.append(stated_checkpoint(note).size)
            return sign()

        return advance(origin, known, note, signing)

    witness.memory.advance = noted  # type: ignore[method-assign]
    with ThreadPoolExecutor(8) as pool:
        runs = [pool.submit(witness.attest, FolderFiles(log), VERIFIER) for log in logs * 4]
        ended = [run.exception(30) for run in runs]

    assert order == sorted(order)
    assert seen(witness) == 400
    assert all(error is None or isinstance(error, OutOfTurn | SourceUnavailable) for error in ended)


def test_what_was_seen_is_written_before_anything_is_signed(witness: Witness, tmp_path: Path) -> None:
    log = write_log(tmp_path / "log", entries(5))
    sizes: list[int] = []
    sign = witness.signer.sign

    def noted(text: bytes, at_seconds: int) -> bytes:
        sizes.append(stated_checkpoint(json.loads(witness.memory.path.read_text("utf-8"))[NAME]).size)
        return sign(text, at_seconds)

    witness.signer.sign = noted  # type: ignore[method-assign]
    witness.attest(FolderFiles(log), VERIFIER)

    assert sizes == [5]


def test_a_memory_never_goes_back(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "seen")
    memory.begin()
    large, small = (
        (write_log(tmp_path / str(size), entries(size)) / "checkpoint").read_text("utf-8") for size in (9, 3)
    )

    assert memory.advance(NAME, "", large, lambda: "signed") == "signed"
    assert memory.advance(NAME, "", small, lambda: "signed") is None
    with pytest.raises(ValueError, match="does not go back"):
        memory.advance(NAME, large, small, lambda: "signed")
    assert memory.seen(NAME) == large


def test_a_witness_does_not_remember_logs_without_measure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory_module, "_LOGS_MOST", 2)
    memory = Memory(tmp_path / "seen")
    memory.begin()
    note = (write_log(tmp_path / "log", entries(1)) / "checkpoint").read_text("utf-8")
    for origin in ("one", "two", "one"):
        memory.advance(origin, memory.seen(origin), note, str)

    with pytest.raises(OutOfTurn, match="remembers 2 logs already"):
        memory.advance("three", "", note, str)
    assert memory.seen("three") == ""


def test_a_lock_that_is_not_let_go_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory_module, "_WAITS_SECONDS", 0.1)
    memory = Memory(tmp_path / "seen")
    memory.begin()

    def again() -> str:
        with pytest.raises(OutOfTurn, match="another process signs as this witness"):
            memory.advance(NAME, "", "", lambda: "signed")
        return "waited"

    note = (write_log(tmp_path / "log", entries(1)) / "checkpoint").read_text("utf-8")
    assert memory.advance(NAME, "", note, again) == "waited"


def test_a_key_that_signed_is_not_made_again_and_a_lost_memory_signs_nothing(witness: Witness, tmp_path: Path) -> None:
    witness.attest(FolderFiles(write_log(tmp_path / "log", entries(5))), VERIFIER)
    keys = tmp_path / "keys"
    shutil.copytree(keys, tmp_path / "backup")
    (keys / "witness.pem").unlink()
    with pytest.raises(OutOfTurn, match=r"witness\.pem is missing"):
        witness_of(keys / "witness.pem", WITNESS, lambda: 0)
    shutil.copy2(tmp_path / "backup" / "witness.pem", keys)
    for damage in (b"", b"[]", b'{"a": 1}', b"\xff", None):
        (keys / "witness.seen").unlink()
        if damage is not None:
            (keys / "witness.seen").write_bytes(damage)
        with pytest.raises(SignatureInvalid, match=r"the witness's memory witness\.seen is"):
            witness_of(keys / "witness.pem", WITNESS, lambda: 0)
