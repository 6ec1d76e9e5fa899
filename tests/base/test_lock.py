"""One process holds a file, whatever the system locks with, and the hold ends with it."""

from __future__ import annotations

import os
import subprocess
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from plaudit.base import lock
from plaudit.base.lock import hold, let_go

if TYPE_CHECKING:
    from pathlib import Path

BY = {
    "posix": "",
    "windows": (
        "import types; sys.modules['msvcrt'] = types.SimpleNamespace(LK_NBLCK=2,"
        " locking=lambda handle, _mode, length: os.lockf(handle, os.F_TLOCK, length)); lock.fcntl = None;"
    ),
}
"""How a child comes to lock as that system does; for Windows, bytes of the file by what POSIX has for that."""


def child(path: Path, by: str, then: str) -> subprocess.Popen[str]:
    program = f"import os, sys; from plaudit.base import lock; {BY[by]} handle = os.open(sys.argv[1], os.O_RDWR); "
    program += f"print(lock.hold(handle), flush=True); {then}"
    return subprocess.Popen([sys.executable, "-c", program, path], stdin=-1, stdout=-1, text=True)


@pytest.fixture(params=BY)
def by(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "windows":
        monkeypatch.setattr(lock, "fcntl", None)
        stand_in = SimpleNamespace(
            LK_NBLCK=2, locking=lambda handle, _mode, length: os.lockf(handle, os.F_TLOCK, length)
        )
        monkeypatch.setitem(sys.modules, "msvcrt", stand_in)
    return str(request.param)


@pytest.fixture
def held(tmp_path: Path) -> Path:
    path = tmp_path / "lock"
    path.write_bytes(b"somebody")
    return path


def test_a_second_process_cannot_hold_what_is_held_and_still_reads_it(held: Path, by: str) -> None:
    handle = os.open(held, os.O_RDWR)
    mine = hold(handle)

    with child(held, by, "print(os.read(handle, 200))") as second:
        told = second.communicate(timeout=60)[0]
    os.close(handle)

    assert mine
    assert told.split() == ["False", "b'somebody'"]


@pytest.mark.parametrize("end", ["input()", "input(); os._exit(1)"])
def test_a_hold_ends_with_its_process_however_that_ends(held: Path, by: str, end: str) -> None:
    handle = os.open(held, os.O_RDWR)
    with child(held, by, end) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "True\n"
        while_it_runs = hold(handle)
        first.communicate("\n", timeout=60)

    after = hold(handle)
    os.close(handle)

    assert (while_it_runs, after) == (False, True)


@pytest.mark.parametrize("system", ["posix", "nt"])
def test_what_is_let_go_is_removed_and_can_be_held_again(
    held: Path, by: str, system: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    handle = os.open(held, os.O_RDWR)
    hold(handle)
    calls: list[str] = []
    close, remove = os.close, type(held).unlink

    def closes(one: int) -> None:
        calls.append("closed")
        close(one)

    def removes(path: Path, **_: bool) -> None:
        calls.append("removed")
        remove(path)

    monkeypatch.setattr(os, "close", closes)
    monkeypatch.setattr(type(held), "unlink", removes)
    monkeypatch.setattr(os, "name", system)

    let_go(handle, held)
    monkeypatch.undo()

    assert calls == (["removed", "closed"] if system == "posix" else ["closed", "removed"])
    assert not held.exists()
