"""Mirrors and watchers over logs that another implementation wrote, from folders and over HTTP."""

from __future__ import annotations

import shutil
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plaudit.base.errors import (
    CheckpointsFork,
    DigestMismatch,
    EvidenceError,
    ProofInvalid,
    SignatureInvalid,
    SourceUnavailable,
)
from plaudit.ledger.check import check
from plaudit.ledger.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from plaudit.ledger.files import FolderFiles, UrlFiles
from plaudit.ledger.mirror import mirror, unfinished
from plaudit.ledger.proven import ProvenTiles
from plaudit.ledger.tree import EMPTY_ROOT, leaf_hashes, root_of
from plaudit.ledger.watch import watch
from plaudit.ledger.witness import WitnessSigner, cosign, witnessed
from tests.ledger.static_logs import (
    KEY,
    NAME,
    SIGNER,
    VERIFIER,
    Drips,
    Endless,
    Quiet,
    Redirects,
    ToFile,
    entries,
    files_of,
    served,
    serving,
    write_log,
)
from tests.profiles import examples
from tests.some import some

if TYPE_CHECKING:
    from pathlib import Path

    from plaudit.ledger.files import Files

SIZES = [0, 1, 2, 255, 256, 257, 300, 511, 512, 513, 70_000]


def copied(source: Files, target: Path) -> Checkpoint:
    return mirror(source, target, VERIFIER, on_progress=lambda what, leaves: None)


def copy_of(folder: Path, target: Path) -> Checkpoint:
    return copied(FolderFiles(folder), target)


def checked(folder: Path) -> Checkpoint:
    """Check a folder as a stranger does, and give its checkpoint."""
    checkpoint = open_checkpoint((folder / "checkpoint").read_text("utf-8"), VERIFIER)
    check(FolderFiles(folder), checkpoint)
    return checkpoint


class Counted:
    """Files of a folder that count what is read, and break off after so many."""

    def __init__(self, folder: Path, breaks_after: int = 1 << 60) -> None:
        self._files = FolderFiles(folder)
        self._breaks_after = breaks_after
        self.read_paths: list[str] = []

    def read(self, path: str) -> bytes | None:
        self.read_paths.append(path)
        if len(self.read_paths) > self._breaks_after:
            raise SourceUnavailable("the line was cut", "try again")
        return self._files.read(path)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log of 70,000 entries: three levels of tiles."""
    return write_log(tmp_path_factory.mktemp("large") / "log", entries(70_000))


@pytest.mark.parametrize("size", SIZES)
def test_a_mirror_holds_the_same_files_to_the_byte(size: int, tmp_path: Path) -> None:
    log = write_log(tmp_path / "log", entries(size))

    assert copy_of(log, tmp_path / "copy") == checked(tmp_path / "copy")
    assert files_of(tmp_path / "copy") == files_of(log)


def test_a_mirror_over_http_holds_the_same_files_to_the_byte(large: Path, tmp_path: Path) -> None:
    with served(large) as url:
        checkpoint = copied(UrlFiles(url), tmp_path)

    assert checkpoint.size == 70_000
    assert files_of(tmp_path) == files_of(large)


@pytest.mark.parametrize("size", SIZES)
def test_the_root_of_every_smaller_tree_follows_from_proven_tiles(size: int, large: Path) -> None:
    checkpoint = open_checkpoint((large / "checkpoint").read_text("utf-8"), VERIFIER)

    assert ProvenTiles([FolderFiles(large)], checkpoint).root(size) == root_of(leaf_hashes(entries(size)))


@given(sizes=st.lists(st.integers(0, 900), min_size=2, max_size=4).map(sorted))
@settings(max_examples=examples(15), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_mirror_follows_a_growing_log_through_any_sizes(sizes: list[int], tmp_path: Path) -> None:
    shutil.rmtree(tmp_path, ignore_errors=True)
    for size in sizes:
        write_log(tmp_path / "log", entries(size))

        assert copy_of(tmp_path / "log", tmp_path / "copy").size == size
        assert checked(tmp_path / "copy").size == size


def test_a_mirror_that_is_up_to_date_reads_the_right_edge_alone(large: Path, tmp_path: Path) -> None:
    copy_of(large, tmp_path)
    before, source = files_of(tmp_path), Counted(large)
    copied(source, tmp_path)

    assert files_of(tmp_path) == before
    assert source.read_paths == ["checkpoint", "tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"]


def test_a_mirror_fetches_nothing_twice(tmp_path: Path) -> None:
    log = write_log(tmp_path / "log", entries(5_000))
    copy_of(log, tmp_path / "copy")
    write_log(log, entries(6_000))
    source = Counted(log)
    copied(source, tmp_path / "copy")

    bundles = [path for path in source.read_paths if "entries" in path]
    assert bundles == [f"tile/entries/{number:03}" for number in range(19, 23)] + ["tile/entries/023.p/112"]
    assert checked(tmp_path / "copy").size == 6_000


def test_a_mirror_cut_off_anywhere_goes_on_and_is_never_ahead_of_its_files(tmp_path: Path) -> None:
    log = write_log(tmp_path / "log", entries(700))
    copy_of(log, tmp_path / "first")
    write_log(log, entries(1_400))
    whole = Counted(log)
    copied(whole, shutil.copytree(tmp_path / "first", tmp_path / "whole"))

    assert len(whole.read_paths) > 10
    for reads in range(len(whole.read_paths)):
        copy = shutil.copytree(tmp_path / "first", tmp_path / f"copy{reads}")
        with pytest.raises(SourceUnavailable):
            copied(Counted(log, reads), copy)
        assert open_checkpoint((copy / "checkpoint").read_text("utf-8"), VERIFIER).size == 700
        assert copied(FolderFiles(log), copy).size == checked(copy).size == 1_400


def test_a_mirror_that_goes_on_does_not_write_again_what_was_right(tmp_path: Path) -> None:
    log, copy = write_log(tmp_path / "log", entries(5_000)), tmp_path / "copy"
    with pytest.raises(SourceUnavailable):
        copied(Counted(log, 30), copy)
    before = {
        path: path.stat().st_ino
        for path in (copy / "tile").rglob("*")
        if path.is_file() and ".p" not in path.parent.suffix
    }
    copy_of(log, copy)

    assert len(before) > 5
    assert {path: path.stat().st_ino for path in before} == before


def test_half_written_files_of_a_killed_mirror_are_gone_after_the_next(tmp_path: Path) -> None:
    log = write_log(tmp_path / "log", entries(300))
    for name in ("tile/0/000.part", "tile/entries/001.p/44.part", "checkpoint.part", "tile/0/001.p/99"):
        path = tmp_path / "copy" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"half")
    copy_of(log, tmp_path / "copy")

    assert files_of(tmp_path / "copy") == files_of(log)


def test_files_that_lie_where_new_ones_go_are_proven_before_they_are_believed(tmp_path: Path) -> None:
    log = write_log(tmp_path / "log", entries(600))
    for name, data in files_of(write_log(tmp_path / "other", entries(600, "other"))).items():
        if name != "checkpoint":
            path = tmp_path / "copy" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    copy_of(log, tmp_path / "copy")

    assert files_of(tmp_path / "copy") == files_of(log)


def test_a_file_that_was_lost_is_fetched_again(tmp_path: Path) -> None:
    log = write_log(tmp_path / "log", entries(70_000 // 100))
    for name in some(files_of(log)):
        copy_of(log, tmp_path / "copy")
        if name != "checkpoint":
            (tmp_path / "copy" / name).unlink()
        copy_of(log, tmp_path / "copy")
        assert files_of(tmp_path / "copy") == files_of(log)


@pytest.mark.parametrize("size", [5, 256, 600])
def test_a_byte_changed_anywhere_at_the_source_is_named_and_the_copy_stays(size: int, tmp_path: Path) -> None:
    copy_of(write_log(tmp_path / "old", entries(3)), tmp_path / "copy")
    log = write_log(tmp_path / "log", entries(size))
    note = (tmp_path / "copy" / "checkpoint").read_bytes()
    for name, data in files_of(log).items():
        if name == "checkpoint":
            continue
        for at in {0, len(data) // 2, len(data) - 1}:
            (log / name).write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
            with pytest.raises(DigestMismatch, match=name):
                copy_of(log, shutil.copytree(tmp_path / "copy", tmp_path / "tried", dirs_exist_ok=True))
            assert (tmp_path / "tried" / "checkpoint").read_bytes() == note
            shutil.rmtree(tmp_path / "tried")
        (log / name).write_bytes(data)
    assert copy_of(log, tmp_path / "copy").size == size


def test_the_entry_that_differs_is_named(tmp_path: Path) -> None:
    log = write_log(tmp_path / "log", entries(600))
    bundle = log / "tile/entries/001"
    bundle.write_bytes(bundle.read_bytes().replace(b"ballot 300", b"ballot 3OO"))

    with pytest.raises(DigestMismatch, match="tile/entries/001 holds another entry 300"):
        copy_of(log, tmp_path / "copy")


@pytest.mark.parametrize("damage", ["missing", "empty", "one byte more", "cut", "turned"])
def test_a_file_of_another_length_is_named(damage: str, tmp_path: Path) -> None:
    log = write_log(tmp_path / "log", entries(600))
    for name, data in some(files_of(log).items()):
        if name == "checkpoint":
            continue
        others = {
            "empty": b"",
            "one byte more": data + b"\0",
            "cut": data[:-1],
            "turned": data[2:] + data[:2],
        }
        if damage == "missing":
            (log / name).unlink()
        else:
            (log / name).write_bytes(others[damage])
        is_harmless = damage == "one byte more" and ".p/" in name  # a longer file may stand for a partial one
        if is_harmless:
            copy_of(log, tmp_path / "copy")
        else:
            with pytest.raises(DigestMismatch, match=name):
                copy_of(log, tmp_path / "copy")
            assert not (tmp_path / "copy" / "checkpoint").exists()
        shutil.rmtree(tmp_path / "copy")
        (log / name).write_bytes(data)


def test_a_source_that_kept_full_tiles_alone_still_serves_an_older_checkpoint(tmp_path: Path) -> None:
    log, late = write_log(tmp_path / "log", entries(300)), write_log(tmp_path / "late", entries(600))
    (late / "checkpoint").write_bytes((log / "checkpoint").read_bytes())
    shutil.copytree(log / "tile/1", late / "tile/1", dirs_exist_ok=True)
    copy_of(late, tmp_path / "copy")

    assert files_of(tmp_path / "copy") == files_of(log)


class Forbids(Quiet):
    """Answers 403 for what is not there, as object stores do whose folders may not be listed."""

    def send_error(self, code: int, *rest: Any) -> None:
        super().send_error(403 if code == 404 else code, *rest)


def test_a_host_that_answers_403_for_what_is_missing_is_asked_for_the_full_tile(tmp_path: Path) -> None:
    log, late = write_log(tmp_path / "log", entries(300)), write_log(tmp_path / "late", entries(600))
    (late / "checkpoint").write_bytes((log / "checkpoint").read_bytes())
    shutil.copytree(log / "tile/1", late / "tile/1", dirs_exist_ok=True)
    with serving(partial(Forbids, directory=str(late))) as url:
        copied(UrlFiles(url), tmp_path / "copy")
        (late / "tile/0/000").unlink()
        with pytest.raises(SourceUnavailable, match="answers 403"):
            copied(UrlFiles(url), tmp_path / "other")

    assert files_of(tmp_path / "copy") == files_of(log)


def forked(tmp_path: Path, held: int, shown: int) -> tuple[Path, Path]:
    """Give a log of another story than the mirror's, and the mirror."""
    copy_of(write_log(tmp_path / "log", entries(held)), tmp_path / "copy")
    return write_log(tmp_path / "fork", [b"rewritten", *entries(shown)[1:]]), tmp_path / "copy"


@pytest.mark.parametrize(("held", "shown"), [(300, 300), (300, 301), (300, 900), (256, 512), (1, 2), (300, 20)])
def test_a_fork_is_refused_and_both_notes_are_kept(held: int, shown: int, tmp_path: Path) -> None:
    fork, copy = forked(tmp_path, held, shown)
    before = files_of(copy)

    with pytest.raises(CheckpointsFork, match=f"{shown} leaves under root .* contradicts {held} leaves") as refused:
        copy_of(fork, copy)
    kept = {note.read_bytes() for note in copy.glob("fork-*.note")}
    assert kept == {(fork / "checkpoint").read_bytes(), before["checkpoint"]}
    assert {name: data for name, data in files_of(copy).items() if not name.startswith("fork-")} == before
    assert (refused.value.values["old_size"], refused.value.values["new_size"]) == (held, shown)


def test_every_note_that_contradicts_is_kept(tmp_path: Path) -> None:
    fork, copy = forked(tmp_path, 300, 300)
    second = write_log(tmp_path / "second", entries(300, "another"))
    for log in (fork, second, fork, second):
        with pytest.raises(CheckpointsFork):
            copy_of(log, copy)

    kept = sorted(path.read_bytes() for path in copy.glob("fork-300*.note"))
    assert kept == sorted((log / "checkpoint").read_bytes() for log in (fork, second, copy))


def test_a_fork_is_found_before_anything_else_is_fetched(large: Path, tmp_path: Path) -> None:
    copy_of(write_log(tmp_path / "log", entries(300, "another")), tmp_path / "copy")
    source = Counted(large)

    with pytest.raises(CheckpointsFork):
        copied(source, tmp_path / "copy")
    assert len(source.read_paths) < 8


def test_an_older_checkpoint_of_the_same_log_changes_nothing(tmp_path: Path) -> None:
    log = write_log(tmp_path / "log", entries(300))
    shutil.copytree(log, tmp_path / "old")
    copy_of(write_log(log, entries(600)), tmp_path / "copy")
    before, said = files_of(tmp_path / "copy"), list[int]()
    held = mirror(
        FolderFiles(tmp_path / "old"),
        tmp_path / "copy",
        VERIFIER,
        on_progress=lambda what, leaves: None,
        on_older=lambda shown: said.append(shown.size),
    )

    assert (held.size, said) == (600, [300])
    assert files_of(tmp_path / "copy") == before


@pytest.mark.parametrize("held", [0, 300])
def test_a_mirror_that_failed_says_what_it_is_and_its_checkpoint_still_holds(held: int, tmp_path: Path) -> None:
    log, copy = tmp_path / "log", tmp_path / "copy"
    if held:
        copy_of(write_log(log, entries(held)), copy)
    write_log(log, entries(5_000))
    wrong = log / "tile" / "entries" / "015"
    right = wrong.read_bytes()
    wrong.write_bytes(bytes(len(right)))
    with pytest.raises(DigestMismatch, match="tile/entries/015"):
        copy_of(log, copy)

    goal = unfinished(FolderFiles(copy), VERIFIER)
    assert goal == open_checkpoint((log / "checkpoint").read_text("utf-8"), VERIFIER)
    if held:
        at = open_checkpoint((copy / "checkpoint").read_text("utf-8"), VERIFIER)
        with pytest.raises(DigestMismatch, match="does not belong to a log of 300 entries"):
            check(FolderFiles(copy), at)
        assert check(FolderFiles(copy), at, unfinished_size=goal.size) > 0
        assert copy_of(copy, tmp_path / "served").size == held
        assert checked(tmp_path / "served").size == held
        stray = copy / "tile" / "0" / "123"
        stray.write_bytes(b"")
        with pytest.raises(DigestMismatch, match="tile/0/123 does not belong to a log of 5000 entries"):
            check(FolderFiles(copy), at, unfinished_size=goal.size)
        stray.unlink()
    wrong.write_bytes(right)
    assert copy_of(log, copy).size == 5_000
    assert checked(copy).size == 5_000
    assert unfinished(FolderFiles(copy), VERIFIER) is None


def test_cosignatures_of_both_sides_stay(tmp_path: Path) -> None:
    log = write_log(tmp_path / "log", entries(5))
    copy_of(log, tmp_path / "copy")
    witnesses = [WitnessSigner(f"w{number}", KEY) for number in (1, 2)]
    for folder, witness in zip((log, tmp_path / "copy"), witnesses, strict=True):
        note = (folder / "checkpoint").read_text("utf-8")
        (folder / "checkpoint").write_text(cosign(note, witness, 7), "utf-8")
    copy_of(log, tmp_path / "copy")

    note = (tmp_path / "copy" / "checkpoint").read_text("utf-8")
    assert witnessed(note, [witness.verifier for witness in witnesses]) == {"w1": 7, "w2": 7}


@pytest.mark.parametrize(
    ("note", "error"),
    {
        "none": (None, SourceUnavailable),
        "empty": (b"", SignatureInvalid),
        "not UTF-8": (b"\xff\xfe", SignatureInvalid),
        "a megabyte of signature": (
            f"{sign_checkpoint(Checkpoint(NAME, 0, EMPTY_ROOT), SIGNER)}— w {'A' * (1 << 20)}\n".encode(),
            SignatureInvalid,
        ),
        "another log's": (
            sign_checkpoint(Checkpoint(f"{NAME}/commit/0", 1, bytes(32)), SIGNER).encode(),
            ProofInvalid,
        ),
        "a root of nothing": (sign_checkpoint(Checkpoint(NAME, 5, bytes(32)), SIGNER).encode(), DigestMismatch),
        "a root of no leaves": (sign_checkpoint(Checkpoint(NAME, 0, bytes(32)), SIGNER).encode(), DigestMismatch),
        "a size of nearly everything": (
            sign_checkpoint(Checkpoint(NAME, 2**63 - 1, bytes(32)), SIGNER).encode(),
            DigestMismatch,
        ),
    }.values(),
)
def test_a_source_without_a_proper_checkpoint_is_refused(
    note: bytes | None, error: type[Exception], tmp_path: Path
) -> None:
    log = write_log(tmp_path / "log", entries(5))
    (log / "checkpoint").unlink()
    if note is not None:
        (log / "checkpoint").write_bytes(note)

    with pytest.raises(error):
        copy_of(log, tmp_path / "copy")
    assert not (tmp_path / "copy" / "checkpoint").exists()


@pytest.mark.parametrize("server", [Endless, Drips, Redirects, ToFile])
def test_a_server_without_measure_is_left(server: type[Any], tmp_path: Path) -> None:
    with serving(server) as url, pytest.raises(SourceUnavailable):
        copied(UrlFiles(url, timeout_seconds=0.5), tmp_path)

    assert files_of(tmp_path) == {}


def test_nobody_there_is_unavailable(tmp_path: Path) -> None:
    with served(tmp_path) as url:
        pass

    with pytest.raises(SourceUnavailable):
        copied(UrlFiles(url, timeout_seconds=1), tmp_path / "copy")


def watched(log: Path, known: Path | None, grow: list[Any], **more: Any) -> list[int]:
    """Watch for as many rounds as there are steps, each taken while the watcher sleeps; give the sizes seen."""
    steps = iter(grow)

    def sleep(seconds: float) -> None:
        assert seconds == 30
        next(steps)()

    evidence = known.parent if known else log.with_name("kept")
    seen = watch(
        FolderFiles(log),
        VERIFIER,
        known,
        evidence=evidence,
        every_seconds=30,
        rounds=len(grow) + 1,
        sleep=sleep,
        **more,
    )
    return [checkpoint.size for checkpoint in seen]


def test_a_watcher_sees_each_growth_once(tmp_path: Path) -> None:
    log = write_log(tmp_path / "log", entries(3))

    def grow(size: int) -> Any:
        return lambda: write_log(log, entries(size))

    assert watched(log, None, [grow(300), lambda: None, grow(600), grow(1_000)]) == [3, 300, 600, 1_000]


def test_a_watcher_knows_from_its_file_what_it_saw_before(tmp_path: Path) -> None:
    log, known = write_log(tmp_path / "log", entries(300)), tmp_path / "seen.note"

    assert watched(log, known, []) == [300]
    assert known.read_bytes() == (log / "checkpoint").read_bytes()
    assert watched(log, known, []) == []
    write_log(log, entries(301))
    assert watched(log, known, []) == [301]


@pytest.mark.parametrize("shown", [300, 301, 900])
@pytest.mark.parametrize("is_kept", [True, False])
def test_a_watcher_raises_on_rewritten_history_and_keeps_both_notes(shown: int, is_kept: bool, tmp_path: Path) -> None:
    log, known = write_log(tmp_path / "log", entries(300)), tmp_path / "watch" / "seen.note"
    known.parent.mkdir()
    before = (log / "checkpoint").read_bytes()

    def rewrite() -> None:
        shutil.rmtree(log)
        write_log(log, [b"rewritten", *entries(shown)[1:]])

    with pytest.raises(CheckpointsFork, match="contradicts 300 leaves"):
        watched(log, known if is_kept else None, [rewrite])
    kept = files_of(known.parent if is_kept else tmp_path / "kept")
    assert {data for name, data in kept.items() if name != "seen.note"} == {before, (log / "checkpoint").read_bytes()}
    assert kept.get("seen.note") == (before if is_kept else None)
    assert f"fork-{shown}.note" in kept


@pytest.mark.parametrize("story", ["ballot", "another"])
def test_an_older_checkpoint_whose_newer_tiles_are_gone_accuses_nobody(story: str, tmp_path: Path) -> None:
    log = write_log(tmp_path / "log", entries(900))

    def shrink() -> None:
        shutil.rmtree(log)
        write_log(log, entries(300, story))

    with pytest.raises(SourceUnavailable, match=r"300 leaves, after 900 were seen, .* would tell") as told:
        watched(log, None, [shrink])
    assert not isinstance(told.value, EvidenceError)
    assert files_of(tmp_path / "kept") == {"older-300.note": (log / "checkpoint").read_bytes()}


def test_a_stale_checkpoint_over_whole_tiles_is_no_fork(tmp_path: Path) -> None:
    log = write_log(tmp_path / "log", entries(300))
    stale = (log / "checkpoint").read_bytes()
    fresh = (write_log(log, entries(900)) / "checkpoint").read_bytes()

    def show(note: bytes) -> Any:
        return lambda: (log / "checkpoint").write_bytes(note)

    assert watched(log, None, [show(stale), show(fresh)]) == [900]


def test_a_watcher_raises_on_a_root_that_the_tiles_do_not_give(tmp_path: Path) -> None:
    log = write_log(tmp_path / "log", entries(300))

    def lie() -> None:
        note = sign_checkpoint(Checkpoint(NAME, 300 + 256, bytes(32)), SIGNER)
        (log / "checkpoint").write_text(note, "utf-8")

    with pytest.raises(DigestMismatch):
        watched(log, None, [lie])
    with pytest.raises(DigestMismatch):
        watched(log, None, [])


def test_a_watcher_outlasts_a_source_that_is_away_if_somebody_is_told(tmp_path: Path) -> None:
    log, told = write_log(tmp_path / "log", entries(3)), list[SourceUnavailable]()
    away = tmp_path / "away"

    steps = [lambda: log.rename(away), lambda: away.rename(log), lambda: write_log(log, entries(4))]
    assert watched(log, None, steps, unreachable=told.append) == [3, 4]
    assert [str(error) for error in told] == [
        "there is no checkpoint; give the folder or URL that holds the log's `checkpoint`"
    ]
    with pytest.raises(SourceUnavailable):
        watched(tmp_path / "nothing", None, [])


def test_a_note_that_the_watcher_cannot_trust_ends_the_watch(tmp_path: Path) -> None:
    log, known = write_log(tmp_path / "log", entries(3)), tmp_path / "seen.note"
    known.write_text("anything", "utf-8")

    with pytest.raises(SignatureInvalid):
        watched(log, known, [])
