"""A log in a folder: written, read, proven, killed and opened again, damaged and checked."""

from __future__ import annotations

import os
import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from tlog_scales.backend import LocalBackend
from tlog_scales.reader import TilesReader
from tlog_scales.tlog import ConsistencyProof, InclusionProof
from tlog_scales.writer import TilesWriter

from plaudit.base.errors import (
    CheckpointsFork,
    DigestMismatch,
    EvidenceError,
    OutOfTurn,
    ProofInvalid,
    SignatureInvalid,
    UnknownName,
)
from plaudit.ledger.checkpoint import Checkpoint, open_checkpoint
from plaudit.ledger.files import FolderFiles
from plaudit.ledger.log import Log, publish_checkpoint
from plaudit.ledger.note import Signer
from plaudit.ledger.reader import LogReader
from plaudit.ledger.tiles import bundle_path, pack_bundle, tile_path
from plaudit.ledger.tree import EMPTY_ROOT, leaf_hash, verify_consistency, verify_inclusion
from tests.oracles import tree_oracle
from tests.profiles import examples

if TYPE_CHECKING:
    from collections.abc import Iterator

ORIGIN = "example.org/log"
REALLY_FSYNC, REALLY_SYNC = os.fsync, os.sync
SIGNER = Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
SIZES = st.one_of(st.integers(0, 20), st.sampled_from([255, 256, 257, 511, 512, 513]), st.integers(0, 1100))


@cache
def made(first: int, last: int) -> tuple[bytes, ...]:
    """Entries of several lengths, the empty one among them."""
    return tuple(str(index).encode() * (index % 5) for index in range(first, last))


def published(folder: Path, *sizes: int) -> Log:
    """A log that was published at each of these sizes."""
    log = Log(folder)
    for size in sizes:
        log.append(made(log.appended, size))
        log.publish(SIGNER)
    return log


def files_in(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "checkpoint"
    }


@pytest.fixture(scope="module", autouse=True)
def no_power_is_cut() -> Iterator[None]:
    """Sync nothing, where no test could tell: the one on the order of writing puts the syncing back."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _file: None)
        patch.setattr(os, "sync", lambda: None)
        yield


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log of 1,000 entries with partial tiles and bundles of three checkpoints."""
    folder = tmp_path_factory.mktemp("grown")
    published(folder, 300, 800, 900, 1000)
    return folder


# Writing


@settings(max_examples=examples(20))
@given(sizes=st.lists(SIZES, min_size=1, max_size=4).map(sorted))
def test_a_log_has_the_specifications_files_for_every_size_it_was_published_at(sizes: list[int]) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)

        log = published(folder, *sizes)

        wanted = tree_oracle.files(list(made(0, sizes[-1])))
        found = files_in(folder)
        full = {path for path in wanted if ".p/" not in path}
        partial = {
            path
            for size in sizes
            for path in tree_oracle.files(list(made(0, size)))
            if ".p/" in path and path.split(".p/")[0] not in full
        }
        assert set(found) == full | partial
        assert all(found[path] == data for path, data in wanted.items())
        assert (log.size, log.root()) == (sizes[-1], tree_oracle.mth(list(made(0, sizes[-1]))))
        log.check()


@settings(max_examples=examples(10))
@given(size=SIZES.filter(bool), old=st.integers(0, 1100), index=st.integers(0, 1100))
def test_tiles_and_proofs_are_those_of_an_independent_implementation(size: int, old: int, index: int) -> None:
    old, index = min(old, size), index % size
    with TemporaryDirectory() as name:
        ours, theirs = Path(name, "ours"), Path(name, "theirs")
        writer = TilesWriter.create(theirs, ORIGIN)
        for entry in made(0, size):
            writer.add_leaf(entry)
        writer.commit([])

        log = published(ours, size)

        assert files_in(ours) == files_in(theirs)
        reader = TilesReader(LocalBackend(theirs))
        reader.set_size(size)
        assert log.root() == reader.calculate_root_hash()
        assert log.prove_inclusion(index) == reader.get_inclusion_proof(index, size).node_hashes
        if old:
            assert log.prove_consistency(old) == reader.get_consistency_proof(old, size).node_hashes
        InclusionProof(index, size, log.prove_inclusion(index)).check(leaf_hash(log.entry(index)), log.root())
        ConsistencyProof(old, size, log.prove_consistency(old)).check(log.root(old), log.root())


def test_an_entry_is_not_in_the_log_before_it_is_published(tmp_path: Path) -> None:
    log = published(tmp_path, 3)
    log.append(made(3, 300))

    assert (log.size, log.appended, LogReader(FolderFiles(tmp_path)).size) == (3, 300, 3)
    with pytest.raises(UnknownName, match="no entry 3 among 3 entries"):
        log.entry(3)


def test_an_empty_folder_is_a_log_of_nothing_and_can_be_published(tmp_path: Path) -> None:
    log = Log(tmp_path)

    assert (log.size, log.root(), log.note(), list(log.entries())) == (0, EMPTY_ROOT, "", [])
    assert log.publish(SIGNER) == Checkpoint(ORIGIN, 0, EMPTY_ROOT)
    log.check()


def test_the_published_checkpoint_is_signed_and_states_size_and_root(tmp_path: Path) -> None:
    log = published(tmp_path, 5)

    note = (tmp_path / "checkpoint").read_text("utf-8")
    assert note == log.note()
    assert open_checkpoint(note, SIGNER.verifier) == Checkpoint(ORIGIN, 5, tree_oracle.mth(list(made(0, 5))))


def test_publishing_the_same_again_keeps_the_cosignatures(tmp_path: Path) -> None:
    log = published(tmp_path, 5)
    cosigned = log.note() + "— witness AAAAAAA=\n"
    (tmp_path / "checkpoint").write_text(cosigned, "utf-8")

    Log(tmp_path).publish(SIGNER)

    assert (tmp_path / "checkpoint").read_text("utf-8") == cosigned


def test_an_entry_that_is_too_long_is_refused_and_the_log_is_opened_again(tmp_path: Path) -> None:
    log = published(tmp_path, 5)

    with pytest.raises(ValueError, match="65536 bytes is too long"):
        log.append([b"good", bytes(65_536)])
    with pytest.raises(OutOfTurn, match="an earlier append or publish failed"):
        log.publish(SIGNER)
    assert published(tmp_path, 6).size == 6


def test_a_source_that_breaks_off_leaves_the_published_log(tmp_path: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield from made(5, 700)
        raise ConnectionError

    log = published(tmp_path, 5)
    with pytest.raises(ConnectionError):
        log.append(broken())

    again = published(tmp_path, 900)
    again.check()
    assert again.root() == tree_oracle.mth(list(made(0, 900)))


@pytest.mark.parametrize("more", [1, 300, 9_000])
def test_a_checkpoint_takes_its_name_after_every_file_it_needs_is_on_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: int
) -> None:
    """What a power cut could take at the moment of the rename is nothing that the checkpoint speaks of."""
    published(tmp_path, 250)
    steps: list[tuple[str, str]] = []
    replace = os.replace

    def noted_fsync(file: int | Any) -> None:
        REALLY_FSYNC(file)
        steps.append(
            ("safe", str(Path(f"/proc/self/fd/{file if isinstance(file, int) else file.fileno()}").readlink()))
        )

    def noted_sync() -> None:
        REALLY_SYNC()
        steps.extend(("safe", str(path)) for path in [tmp_path, *tmp_path.rglob("*")])

    def noted_replace(part: str, target: str) -> None:
        replace(part, target)
        steps.append(("named", target))

    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(os, "sync", noted_sync)
    monkeypatch.setattr(os, "replace", noted_replace)
    before = {*tmp_path.rglob("*")}
    published(tmp_path, 250 + more)

    checkpoint = str(tmp_path / "checkpoint")
    at = steps.index(("named", checkpoint))
    safe = {path for step, path in steps[:at] if step == "safe"}
    new = {*tmp_path.rglob("*")} - before
    assert {str(path) for path in new if path.is_file()} <= safe
    assert {str(path.parent) for path in new} <= safe
    assert f"{checkpoint}.part" in safe
    assert steps[at + 1 :] == [("safe", str(tmp_path))]
    assert all(step == "safe" for step, _ in steps[at - 2 : at])


def test_the_specifications_example_comes_out(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "spec" / "log.md").read_text("utf-8")
    signer = Signer("plaudit.example/my-award/log", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
    log = Log(tmp_path)
    for first, last in ((0, 100), (100, 300), (300, 600)):
        log.append(f"entry {index}".encode() for index in range(first, last))
        log.publish(signer)

    found = sorted(path for path in tmp_path.rglob("*") if path.is_file())
    listing = "".join(f"    {path.stat().st_size:4}  {path.relative_to(tmp_path).as_posix()}\n" for path in found)
    assert f"\n\n{listing}\n" in page
    assert f"`{signer.verifier}`" in page
    assert "".join(f"    {line}".rstrip() + "\n" for line in log.note().splitlines()) in page


# Reading and proving


@settings(max_examples=examples(50))
@given(first=st.integers(0, 1000), last=st.integers(0, 1000))
def test_any_range_of_entries_comes_back(grown: Path, first: int, last: int) -> None:
    assert list(Log(grown).entries(first, last)) == list(made(0, 1000))[first:last]


@settings(max_examples=examples(60))
@given(size=st.integers(1, 1000), index=st.integers(0, 999), old=st.integers(0, 1000))
def test_any_entry_is_proven_in_any_tree_that_holds_it(grown: Path, size: int, index: int, old: int) -> None:
    log, entries = Log(grown), list(made(0, 1000))
    index, old = index % size, min(old, size)
    root, old_root = tree_oracle.mth(entries[:size]), tree_oracle.mth(entries[:old])

    assert (log.root(size), log.entry(index)) == (root, entries[index])
    verify_inclusion(leaf_hash(entries[index]), index, size, log.prove_inclusion(index, size), root)
    verify_consistency(old, old_root, size, root, log.prove_consistency(old, size))


def test_a_proof_as_text_verifies_with_the_entry_and_the_key_alone(grown: Path) -> None:
    proof = Log(grown).proof(600, b"extra")

    assert proof.verify(made(600, 601)[0], SIGNER.verifier).size == 1000
    assert proof.extra == b"extra"
    with pytest.raises(ProofInvalid):
        proof.verify(b"another entry", SIGNER.verifier)


def test_what_the_log_does_not_hold_has_no_name(grown: Path) -> None:
    log = Log(grown)

    for ask in (
        lambda: log.entry(-1),
        lambda: log.entry(1000),
        lambda: log.root(1001),
        lambda: list(log.entries(0, 1001)),
        lambda: log.prove_inclusion(0, 1001),
        lambda: log.prove_inclusion(5, 5),
        lambda: log.prove_consistency(6, 5),
        lambda: log.prove_consistency(-1),
        lambda: log.prove_consistency(5, 1001),
    ):
        with pytest.raises(UnknownName):
            ask()


# Never back, never another


@pytest.mark.parametrize("size", [1, 300, 599])
def test_a_larger_log_is_never_replaced_by_a_smaller_one(tmp_path: Path, size: int) -> None:
    published(tmp_path, 300, 600)
    before = (tmp_path / "checkpoint").read_bytes()
    smaller = Checkpoint(ORIGIN, size, tree_oracle.mth(list(made(0, size))))
    log = published(tmp_path / "smaller", size)
    shutil.copy(tmp_path / "checkpoint", tmp_path / "smaller" / "checkpoint")

    with pytest.raises(CheckpointsFork, match="is published at size 600"):
        publish_checkpoint(FolderFiles(tmp_path / "smaller"), smaller, SIGNER)

    assert log.size == size
    assert (tmp_path / "smaller" / "checkpoint").read_bytes() == before


@pytest.mark.parametrize("has_written", [False, True])
def test_a_writer_whose_log_somebody_else_published_is_out_of_turn_and_takes_nothing_away(
    tmp_path: Path, has_written: bool
) -> None:
    published(tmp_path, 300)
    behind = Log(tmp_path)
    if has_written:
        behind.append([])
    published(tmp_path, 600)
    before = files_in(tmp_path)

    with pytest.raises(OutOfTurn, match="opened at size 300 and is now published at 600"):
        behind.append([b"another"])
    with pytest.raises(OutOfTurn, match="opened at size 300 and is now published at 600"):
        behind.publish(SIGNER)

    assert files_in(tmp_path) == before
    Log(tmp_path).check()


def test_a_writer_goes_on_when_cosignatures_joined_its_checkpoint(tmp_path: Path) -> None:
    log = published(tmp_path, 300)
    (tmp_path / "checkpoint").write_text(log.note() + "— witness AAAAAAA=\n", "utf-8")

    log.append(made(300, 400))

    assert log.publish(SIGNER).size == 400


@pytest.mark.parametrize("garbage", [b"", b"\xff\xfe", b"no checkpoint\n", b"a\n1\nb\n\n"])
def test_a_garbled_checkpoint_is_neither_opened_nor_replaced(tmp_path: Path, garbage: bytes) -> None:
    published(tmp_path, 300)
    (tmp_path / "checkpoint").write_bytes(garbage)

    with pytest.raises(EvidenceError):
        Log(tmp_path)
    with pytest.raises(EvidenceError):
        publish_checkpoint(FolderFiles(tmp_path), Checkpoint(ORIGIN, 0, EMPTY_ROOT), SIGNER)

    assert (tmp_path / "checkpoint").read_bytes() == garbage


@pytest.mark.parametrize("size", [299, 300, 400, 600])
def test_a_log_is_never_replaced_by_another_one(tmp_path: Path, size: int) -> None:
    published(tmp_path / "one", 300)
    other = Log(tmp_path / "other")
    other.append([b"another", *made(1, size)])
    other.publish(SIGNER)
    shutil.copy(tmp_path / "one" / "checkpoint", tmp_path / "other" / "checkpoint")
    checkpoint = Checkpoint(ORIGIN, size, other.root())

    with pytest.raises(CheckpointsFork, match="keep both"):
        publish_checkpoint(FolderFiles(tmp_path / "other"), checkpoint, SIGNER)


def test_another_key_does_not_publish_over_a_checkpoint(tmp_path: Path) -> None:
    log = published(tmp_path, 5)
    log.append([b"more"])

    namesake = Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes(32)))
    with pytest.raises(SignatureInvalid):
        log.publish(namesake)
    assert Log(tmp_path).size == 5


def test_a_log_keeps_its_origin(tmp_path: Path) -> None:
    log = published(tmp_path, 5)
    log.append([b"more"])

    with pytest.raises(ProofInvalid, match=f"of {ORIGIN}, not of {ORIGIN}/2"):
        log.publish(SIGNER, origin=f"{ORIGIN}/2")


def test_a_root_that_the_tiles_do_not_give_is_not_published(tmp_path: Path) -> None:
    published(tmp_path, 5)

    with pytest.raises(DigestMismatch):
        publish_checkpoint(FolderFiles(tmp_path), Checkpoint(ORIGIN, 5, EMPTY_ROOT), SIGNER)


# Killed at any step


@settings(max_examples=examples(25))
@given(data=st.data(), published_at=st.sampled_from([0, 1, 200, 256, 300]), more=st.sampled_from([1, 60, 300]))
def test_a_log_killed_at_any_step_goes_on_from_its_checkpoint(
    data: st.DataObject, published_at: int, more: int
) -> None:
    """Of the files of a step that never ended, each may be whole, missing, empty, cut, half written or garbage."""
    with TemporaryDirectory() as name:
        folder = Path(name, "log")
        log = published(folder, *([published_at] if published_at else []))
        before, held = files_in(folder), LogReader(FolderFiles(folder)).note()
        other = Log(shutil.copytree(folder, Path(name, "dying")) if folder.exists() else Path(name, "dying"))
        other.append(f"never published {index}".encode() for index in range(more))
        other.publish(SIGNER)
        for path, whole in files_in(Path(name, "dying")).items():
            target = folder / path
            if path not in before:
                state = data.draw(st.sampled_from(["whole", "missing", "empty", "cut", "part", "garbage"]))
                target.parent.mkdir(parents=True, exist_ok=True)
                if state == "part":
                    target.with_name(f"{target.name}.part").write_bytes(whole[: len(whole) // 2])
                elif state != "missing":
                    left = {"whole": whole, "empty": b"", "cut": whole[:40], "garbage": b"?" * len(whole)}
                    target.write_bytes(left[state])
        if data.draw(st.booleans()):
            (folder / "checkpoint.part").parent.mkdir(exist_ok=True)
            (folder / "checkpoint.part").write_bytes(b"half a checkp")

        again = Log(folder)
        assert (again.size, again.note()) == (published_at, held)
        assert list(again.entries()) == list(made(0, published_at))
        published(folder, published_at + 90, published_at + 400)
        Log(folder).check()
        assert Log(folder).root() == tree_oracle.mth(list(made(0, published_at + 400)))
        assert log.appended == published_at


def test_partial_tiles_that_a_killed_writer_did_not_remove_do_no_harm(tmp_path: Path) -> None:
    published(tmp_path, 200)
    left = {path: data for path, data in files_in(tmp_path).items() if ".p/" in path}
    published(tmp_path, 300)
    for path, data in left.items():
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).write_bytes(data)

    published(tmp_path, 600).check()


@pytest.mark.parametrize("path", ["tile/0/000.part", "tile/0/001.p/44.part", "tile/entries/002.part"])
def test_half_files_that_a_killed_writer_left_are_removed_by_the_next(tmp_path: Path, path: str) -> None:
    published(tmp_path, 300)
    (tmp_path / path).write_bytes(b"half")

    published(tmp_path, 400).check()

    assert not (tmp_path / path).exists()


def test_a_log_opens_where_full_tiles_stand_in_for_partial_ones(tmp_path: Path) -> None:
    """As after restoring an older checkpoint: the partial tiles of its size are gone."""
    published(tmp_path, 200)
    older = (tmp_path / "checkpoint").read_bytes()
    published(tmp_path, 300)
    (tmp_path / "checkpoint").write_bytes(older)

    Log(tmp_path).append([])
    Log(tmp_path).check()
    log = published(tmp_path, 250)

    log.check()
    assert log.root() == tree_oracle.mth(list(made(0, 250)))


def test_a_checkpoint_whose_tiles_are_damaged_is_not_opened(tmp_path: Path) -> None:
    published(tmp_path, 300)
    (tmp_path / tile_path(0, 1, 44)).write_bytes(bytes(44 * 32))

    with pytest.raises(DigestMismatch, match=r"tile/0/001\.p/44"):
        Log(tmp_path)


# Damage is located


GROWN = sorted(
    set(tree_oracle.files(list(made(0, 1000))))
    | {path for size in (800, 900) for path in tree_oracle.files(list(made(0, size))) if "003.p" in path}
)


def test_the_damaged_log_below_has_the_files_it_is_tested_on(grown: Path) -> None:
    assert [path for path in files_in(grown) if path not in GROWN] == ["tile/1/000.p/1"]
    assert set(GROWN) <= set(files_in(grown))


@pytest.mark.parametrize("path", GROWN)
@settings(max_examples=examples(5))
@given(data=st.data())
def test_a_bit_flipped_anywhere_is_located(grown: Path, path: str, data: st.DataObject) -> None:
    whole = (grown / path).read_bytes()
    at, bit = data.draw(st.integers(0, len(whole) - 1)), data.draw(st.integers(0, 7))
    checkpoint = Log(grown)
    try:
        (grown / path).write_bytes(whole[:at] + bytes([whole[at] ^ 1 << bit]) + whole[at + 1 :])
        with pytest.raises(DigestMismatch) as found:
            checkpoint.check()
    finally:
        (grown / path).write_bytes(whole)

    assert found.value.values["path"] == path


@pytest.mark.parametrize("path", GROWN)
@pytest.mark.parametrize("kind", ["missing", "longer", "shorter", "empty"])
def test_a_file_missing_or_of_another_length_is_located(grown: Path, path: str, kind: str) -> None:
    whole = (grown / path).read_bytes()
    is_of_an_older_checkpoint = path not in tree_oracle.files(list(made(0, 1000)))
    log = Log(grown)
    try:
        if kind == "missing":
            (grown / path).unlink()
        else:
            (grown / path).write_bytes({"longer": whole + b"\0", "shorter": whole[:-1], "empty": b""}[kind])
        if kind == "missing" and is_of_an_older_checkpoint:  # such a one may be removed
            log.check()
            return
        with pytest.raises(DigestMismatch) as found:
            log.check()
    finally:
        (grown / path).write_bytes(whole)

    assert found.value.values["path"] == path


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/004",
        "tile/0/003",
        "tile/0/003.p/233",
        "tile/1/000.p/4",
        "tile/2/000.p/1",
        "tile/entries/004.p/1",
        "tile/0/000.part",
        "tile/notes.txt",
        "tile/0/x000/000",
    ],
)
def test_a_file_that_does_not_belong_there_is_named(grown: Path, path: str) -> None:
    target = grown / path
    was_there = target.parent.exists()
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(b"x")
    try:
        with pytest.raises(DigestMismatch, match="does not belong to a log of 1000 entries") as found:
            Log(grown).check()
    finally:
        target.unlink()
        if not was_there:
            target.parent.rmdir()

    assert found.value.values["path"] == path


def test_an_entry_exchanged_for_another_is_named(grown: Path) -> None:
    entries = list(made(512, 768))
    entries[88] = b"forged"
    whole = (grown / bundle_path(2)).read_bytes()
    (grown / bundle_path(2)).write_bytes(pack_bundle(entries))
    try:
        with pytest.raises(DigestMismatch, match="tile/entries/002 holds another entry 600"):
            Log(grown).check()
    finally:
        (grown / bundle_path(2)).write_bytes(whole)


def test_a_checkpoint_that_its_tiles_do_not_give_is_named(grown: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(grown, tmp_path / "copy")
    log = Log(folder)
    shutil.rmtree(folder / "tile")
    other = Log(tmp_path / "other")
    other.append([b"another", *made(1, 1000)])
    other.publish(SIGNER)
    shutil.copytree(tmp_path / "other" / "tile", folder / "tile")

    with pytest.raises(DigestMismatch, match="checkpoint states root"):
        log.check()
