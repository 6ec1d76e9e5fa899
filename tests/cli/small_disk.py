"""A season on a disk of its own that is full, then is read-only: every verb answers in words.

For a namespace in which a disk may be mounted:

unshare --map-root-user --mount python -m tests.cli.small_disk SEASON FOLDER
"""

from __future__ import annotations

import contextlib
import io
import shutil
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from plaudit.cli.main import main
from tests.conftest import bytes_below

READING = (
    ("chart", "SEASON", "--explain", "North Seven"),
    ("audit", "SEASON"),
    ("check", "SEASON"),
    ("honour", "SEASON"),
    ("doctor", "SEASON"),
    ("verify", "SEASON"),
)
WRITING = ("run", "collect", "measure", "nominate", "tally", "certify", "publish")


def said(*words: str) -> tuple[int, str]:
    """Run a command in this process; give its exit code and what it said to people."""
    sys.argv = ["plaudit", *words]
    err = io.StringIO()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(err):
        try:
            main()
        except SystemExit as stopped:
            return int(stopped.code or 0), err.getvalue()
    return 0, err.getvalue()


def fill(filler: Path, leave: int) -> None:
    """Leave so many bytes free."""
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(bytes(1 << 12)):
            pass
    with filler.open("r+b") as file:
        file.truncate(max(0, filler.stat().st_size - leave))


def full(season: Path, filler: Path) -> None:
    """Run on a disk with no room, and with room for some of what is made: nothing changes, and it says why."""
    before = bytes_below(season)
    for leave in (0, 60_000):
        fill(filler, leave)
        for verb in WRITING if leave == 0 else ("run",):
            code, err = said(verb, str(season), *(["--no-site"] if verb == "run" else []))
            assert (code, "No space left on device" in err, "make room" in err) == (2, True, True), (verb, code, err)
            assert bytes_below(season) == before, verb
        filler.unlink()
    fill(filler, 0)
    code, err = said("init", str(season.parent / "another"))
    assert (code, "No space left" in err, (season.parent / "another").exists()) == (2, True, False), err
    filler.unlink()


def read_only(season: Path) -> None:
    """Show on a disk that cannot be written what is there; whatever would write says why not."""
    before = bytes_below(season)
    subprocess.run(["mount", "-o", "remount,ro", str(season.parent)], check=True)
    for words in READING:
        code, err = said(*(word.replace("SEASON", str(season)) for word in words))
        assert (code, "Traceback" in err) == (0, False), (words, code, err)
    for verb in (*WRITING, "simulate", "serve"):
        code, err = said(verb, str(season))
        is_asked = verb in {"simulate", "serve"}  # this season has no [simulate] and no [vote.live]
        assert code == 2, (verb, code, err)
        assert is_asked or "Read-only file system" in err, (verb, err)
    code, err = said("init", str(season.parent / "another"))
    assert (code, "Read-only file system" in err) == (2, True), err
    assert bytes_below(season) == before


if __name__ == "__main__":
    disk = Path(sys.argv[2])
    tempfile.tempdir = tempfile.mkdtemp()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "none", str(disk)], check=True)
    season = Path(shutil.copytree(sys.argv[1], disk / "my award"))
    full(season, disk / "filler")
    read_only(season)
    shutil.rmtree(tempfile.tempdir)
