"""A change of a folder: all of it or nothing, one process at a time, and whoever is stopped goes on."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from plaudit.base.change import MADE, Change, InPlace, Look
from plaudit.base.errors import FileRefused, OutOfTurn
from tests.conftest import bytes_below

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("evidence/a.parquet", "evidence/ballots/day=1/part-0", "evidence/ballots/day=2/part-0", "published/x"):
        InPlace(tmp_path).write(name, b"old")
    return tmp_path


def made(change: InPlace) -> None:
    change.write("evidence/a.parquet", b"new")
    change.remove("evidence/ballots")
    change.write("evidence/ballots/day=3/part-0", b"new")
    change.remove("published/x")
    change.write("published/charts/y", b"new")


AFTER = {"evidence/a.parquet": b"new", "evidence/ballots/day=3/part-0": b"new", "published/charts/y": b"new"}


def test_a_change_is_in_place_once_it_ended_and_leaves_nothing_beside(folder: Path) -> None:
    before = bytes_below(folder)
    with Change(folder, "a test") as change:
        made(change)
        assert {name: data for name, data in bytes_below(folder).items() if not name.startswith(".")} == before
        assert change.found("evidence/a.parquet").read_bytes() == b"new"
        assert not change.found("published/x").exists()

    assert bytes_below(folder) == AFTER


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, OSError])
def test_a_change_that_fails_leaves_every_byte(folder: Path, error: type[BaseException]) -> None:
    before = bytes_below(folder)

    def fails() -> None:
        with Change(folder, "a test") as change:
            made(change)
            raise error

    with pytest.raises(error):
        fails()

    assert bytes_below(folder) == before


@pytest.mark.parametrize("steps", range(9))
def test_a_change_that_is_killed_in_its_last_moment_is_ended_by_the_next(
    folder: Path, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    real, left = os.rename, iter(range(steps))
    change = Change(folder, "a test")

    def dies(*names: object) -> None:
        if next(left, None) is None and (folder / MADE).exists():
            raise MemoryError
        real(*names)  # type: ignore[arg-type]

    for name in ("rename", "replace"):
        monkeypatch.setattr(os, name, dies)
    try:
        with change:
            made(change)
    except MemoryError:
        assert (folder / MADE).exists()
    monkeypatch.undo()
    with Change(folder, "the next"):
        pass

    assert bytes_below(folder) == AFTER


def test_a_second_process_is_told_who_is_at_work(folder: Path) -> None:
    program = "import pathlib, sys, plaudit.base.change as c; c.Change(pathlib.Path(sys.argv[1]), 'x').__enter__()"
    with Change(folder, "plaudit run"):
        told = subprocess.run(
            [sys.executable, "-c", program, folder], capture_output=True, text=True, check=False
        ).stderr
        with pytest.raises(OutOfTurn, match=rf"plaudit run \(process {os.getpid()}\) is at work in"):
            Change(folder, "y").__enter__()

    assert f"plaudit run (process {os.getpid()}) is at work" in told
    with Change(folder, "after"):
        pass


def test_a_place_that_may_not_be_written_is_refused_before_anything_moves(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = bytes_below(folder)
    monkeypatch.setattr(os, "access", lambda path, mode: not str(path).endswith("published"))

    refused = pytest.raises(FileRefused, match=r"published: Permission denied; get the right")
    with refused, Change(folder, "x") as change:
        made(change)
    assert bytes_below(folder) == before


def test_a_look_changes_nothing(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    before = bytes_below(folder)
    with Look(folder, tmp_path_factory.mktemp("scratch")) as look:
        made(look)
        assert look.found("evidence/a.parquet").read_bytes() == b"new"

    assert bytes_below(folder) == before


def test_a_folder_below_is_changed_with_the_whole(folder: Path) -> None:
    with Change(folder, "x") as change:
        below = change.below("published").below("charts")
        below.write("z", b"1")
        assert (below.found("z").read_bytes(), below.folder) == (b"1", folder / "published" / "charts")

    assert (folder / "published/charts/z").read_bytes() == b"1"
