"""Whole logs from entries that lie elsewhere: the same files as a log that grew, and every difference found."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from plaudit.base.errors import DigestMismatch, OutOfTurn
from plaudit.ledger.build import RANGE, build, compare
from plaudit.ledger.checkpoint import Checkpoint
from plaudit.ledger.files import FolderFiles
from plaudit.ledger.log import Log, publish_checkpoint
from plaudit.ledger.note import Signer
from plaudit.ledger.tiles import bundle_path, tile_path
from plaudit.ledger.tree import EMPTY_ROOT
from tests.oracles import tree_oracle
from tests.profiles import examples

if TYPE_CHECKING:
    from collections.abc import Iterator

SIGNER = Signer("example.org/log", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
ENTRY_BYTES = 9
LARGE = 2 * RANGE + 300


def packed(first: int, last: int) -> bytes:
    """Entries of nine bytes, end to end."""
    return b"".join([index.to_bytes(ENTRY_BYTES, "big") for index in range(first, last)])


def varied(first: int, last: int) -> list[bytes]:
    """Entries of several lengths, one by one."""
    return [str(index).encode() * (index % 3) for index in range(first, last)]


def listed(first: int, last: int) -> list[bytes]:
    return [index.to_bytes(ENTRY_BYTES, "big") for index in range(first, last)]


@dataclass(frozen=True)
class Forged:
    """The packed entries, but for one."""

    index: int

    def __call__(self, first: int, last: int, /) -> bytes:
        data = bytearray(packed(first, last))
        if first <= self.index < last:
            data[(self.index - first) * ENTRY_BYTES] ^= 0x80
        return bytes(data)


def files_in(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module", autouse=True)
def no_power_is_cut() -> Iterator[None]:
    """Sync nothing, since no test here could tell."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "sync", lambda: None)
        yield


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log of two ranges and a bit, built by two processes."""
    folder = tmp_path_factory.mktemp("large")
    build(folder, LARGE, packed, workers=2)
    return folder


@settings(max_examples=examples(20))
@given(size=st.one_of(st.sampled_from([0, 1, 255, 256, 257, 511, 512, 513]), st.integers(0, 1500)))
@pytest.mark.parametrize("entries", [packed, varied])
def test_a_built_log_has_the_oracles_files_and_root(size: int, entries: object) -> None:
    wanted = varied(0, size) if entries is varied else listed(0, size)
    with TemporaryDirectory() as name:
        root = build(Path(name), size, varied if entries is varied else packed, workers=1)

        assert files_in(Path(name)) == tree_oracle.files(wanted)
        assert root == tree_oracle.mth(wanted)
        assert compare(Path(name), size, listed if entries is packed else varied, workers=1) == root


@pytest.mark.parametrize("size", [RANGE - 1, RANGE, RANGE + 1])
def test_a_built_log_is_the_one_that_grew(tmp_path: Path, size: int) -> None:
    grown = Log(tmp_path / "grown")
    grown.append(listed(0, size))
    grown.publish(SIGNER)

    root = build(tmp_path / "built", size, packed, workers=1)

    published = publish_checkpoint(FolderFiles(tmp_path / "built"), Checkpoint("example.org/log", size, root), SIGNER)
    assert published.root == grown.root()
    assert files_in(tmp_path / "built") == files_in(tmp_path / "grown")


def test_a_log_that_two_processes_built_is_the_one_that_grew(large: Path, tmp_path: Path) -> None:
    grown = Log(tmp_path)
    grown.append(listed(0, LARGE))
    grown.publish(SIGNER)

    assert compare(tmp_path, LARGE, packed, workers=2) == grown.root()
    assert files_in(large) == {path: data for path, data in files_in(tmp_path).items() if path != "checkpoint"}


def test_a_published_build_grows_on(tmp_path: Path) -> None:
    root = build(tmp_path, 700, packed)
    publish_checkpoint(FolderFiles(tmp_path), Checkpoint("example.org/log", 700, root), SIGNER)

    log = Log(tmp_path)
    log.append(listed(700, 1100))
    log.publish(SIGNER)

    log.check()
    assert compare(tmp_path, 1100, packed) == log.root() == tree_oracle.mth(listed(0, 1100))


def test_a_published_log_is_not_built_over(tmp_path: Path) -> None:
    log = Log(tmp_path)
    log.append(listed(0, 5))
    log.publish(SIGNER)

    with pytest.raises(OutOfTurn, match="holds a published log"):
        build(tmp_path, 5, packed)


def test_what_a_killed_build_left_is_replaced(tmp_path: Path) -> None:
    build(tmp_path, 1500, varied)
    (tmp_path / bundle_path(0)).write_bytes(b"half")

    build(tmp_path, 700, packed)

    assert files_in(tmp_path) == tree_oracle.files(listed(0, 700))


def test_an_empty_log_is_built_and_compared(tmp_path: Path) -> None:
    assert build(tmp_path, 0, packed) == compare(tmp_path, 0, packed) == EMPTY_ROOT


@pytest.mark.parametrize("given", [b"", bytes(ENTRY_BYTES * 4 + 1), [b"one"] * 4, [b"one"] * 6])
def test_more_or_fewer_entries_than_asked_for_are_a_defect(tmp_path: Path, given: bytes | list[bytes]) -> None:
    with pytest.raises(ValueError, match="5 "):
        build(tmp_path, 5, lambda _first, _last: given, workers=1)


@pytest.mark.parametrize("index", [0, 255, 256, RANGE - 1, RANGE, 2 * RANGE - 1, LARGE - 1])
def test_the_first_entry_that_differs_is_named(large: Path, index: int) -> None:
    width = 300 - 256 if index == LARGE - 1 else 256

    with pytest.raises(DigestMismatch, match=f"differs, from entry {index} on") as found:
        compare(large, LARGE, Forged(index), workers=1)

    assert found.value.values == {"path": bundle_path(index // 256, width), "entry": index}


def test_the_lowest_of_several_damaged_files_is_named_whoever_finds_one_first(large: Path) -> None:
    paths = [bundle_path(2 * 256), tile_path(0, 256 + 3), bundle_path(255), tile_path(1, 1)]
    held = {path: (large / path).read_bytes() for path in paths}
    try:
        for path in paths:
            (large / path).write_bytes(b"\xff" + held[path][1:])
        with pytest.raises(DigestMismatch) as found:
            compare(large, LARGE, packed, workers=2)
    finally:
        for path in paths:
            (large / path).write_bytes(held[path])

    assert found.value.values == {"path": bundle_path(255), "entry": RANGE - 256}


SMALL = sorted(tree_oracle.files(listed(0, 700)))


def first_entry_of(path: str, at: int) -> int:
    """The first entry below a byte of a file of a log of 700 entries."""
    index = int(path.split("/")[2][:3])
    if "entries" in path:
        return index * 256 + at // (ENTRY_BYTES + 2)
    return (index * 256 + at // 32) << 8 * int(path.split("/")[1])


@pytest.mark.parametrize("path", SMALL)
@settings(max_examples=examples(10))
@given(data=st.data())
def test_a_bit_flipped_anywhere_is_located(path: str, data: st.DataObject) -> None:
    with TemporaryDirectory() as name:
        build(Path(name), 700, packed, workers=1)
        whole = Path(name, path).read_bytes()
        at, bit = data.draw(st.integers(0, len(whole) - 1)), data.draw(st.integers(0, 7))
        Path(name, path).write_bytes(whole[:at] + bytes([whole[at] ^ 1 << bit]) + whole[at + 1 :])

        with pytest.raises(DigestMismatch) as found:
            compare(Path(name), 700, packed, workers=1)

    assert found.value.values == {"path": path, "entry": first_entry_of(path, at)}


@pytest.mark.parametrize("path", SMALL)
@pytest.mark.parametrize("kind", ["missing", "longer", "shorter", "empty"])
def test_a_file_missing_or_of_another_length_is_named(tmp_path: Path, path: str, kind: str) -> None:
    build(tmp_path, 700, packed, workers=1)
    whole = (tmp_path / path).read_bytes()
    if kind == "missing":
        (tmp_path / path).unlink()
    else:
        (tmp_path / path).write_bytes({"longer": whole + b"\0", "shorter": whole[:-1], "empty": b""}[kind])

    with pytest.raises(DigestMismatch, match="is missing" if kind == "missing" else "differs") as found:
        compare(tmp_path, 700, packed, workers=1)

    at = 0 if kind in {"missing", "empty"} else len(whole) - 1
    assert found.value.values == {"path": path, "entry": first_entry_of(path, at)}


@pytest.mark.parametrize(
    "path", ["tile/0/003", "tile/0/002", "tile/0/002.p/189", "tile/2/000.p/1", "tile/entries/003", "tile/0/000.part"]
)
def test_a_file_that_does_not_belong_there_is_named(tmp_path: Path, path: str) -> None:
    build(tmp_path, 700, packed, workers=1)
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_bytes(b"x")

    with pytest.raises(DigestMismatch, match="does not belong to a log of 700 entries") as found:
        compare(tmp_path, 700, packed, workers=1)

    assert found.value.values["path"] == path


@pytest.mark.parametrize("path", ["tile/0/002.p/100", "tile/entries/002.p/100", "tile/1/000.p/1", "tile/0/001.p/9"])
def test_partial_files_of_earlier_checkpoints_are_compared_too(tmp_path: Path, path: str) -> None:
    earlier: dict[str, bytes] = {}
    for size in (256, 265, 612):
        earlier |= tree_oracle.files(listed(0, size))
    build(tmp_path, 700, packed, workers=1)
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_bytes(earlier[path])
    compare(tmp_path, 700, packed, workers=1)
    (tmp_path / path).write_bytes(earlier[path][:-1] + b"\xff")

    with pytest.raises(DigestMismatch) as found:
        compare(tmp_path, 700, packed, workers=1)

    assert found.value.values["path"] == path


def test_a_worker_that_fails_ends_the_walk(large: Path) -> None:
    folder = large.parent / "copy"
    shutil.copytree(large, folder)
    (folder / bundle_path(256)).unlink()

    with pytest.raises(DigestMismatch, match="tile/entries/256 is missing, from entry 65536 on"):
        compare(folder, LARGE, packed, workers=2)
