"""A full or read-only disk, two runs at once, Ctrl-C, a closed pipe: an answer in words, nothing half made."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING

import pytest

from plaudit.cli.main import main
from plaudit.cli.working import printed
from tests.conftest import bytes_below

if TYPE_CHECKING:
    from tests.cli.commands import Plaudit

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-c", "from plaudit.cli.main import main; main()"]


def test_a_full_and_a_read_only_disk_are_answered_in_words(made_template: Path, tmp_path: Path) -> None:
    in_namespace = ["unshare", "--map-root-user", "--mount"]
    if not shutil.which("unshare") or subprocess.run([*in_namespace, "true"], check=False).returncode:
        pytest.skip("no disk may be mounted here")
    ran = subprocess.run(
        [*in_namespace, sys.executable, "-m", "tests.cli.small_disk", str(made_template), str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )

    assert (ran.returncode, ran.stderr) == (0, "")


def takes_ctrl_c() -> None:
    """Take SIGINT as from a terminal; whoever runs the tests in the background lets it be ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_a_second_run_is_told_of_the_first_and_ctrl_c_leaves_every_byte(season_folder: Path, plaudit: Plaudit) -> None:
    before = bytes_below(season_folder)
    command = [*COMMAND, "run", str(season_folder), "--no-site"]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=takes_ctrl_c,  # noqa: PLW1509 - it starts no thread
    ) as first:
        assert first.stdout is not None
        assert first.stderr is not None
        read_up_to(first.stderr, "step 2 of 11: measure")
        first.send_signal(signal.SIGSTOP)  # it must not end before the second has asked
        second = plaudit("collect", season_folder)
        first.send_signal(signal.SIGINT)
        first.send_signal(signal.SIGCONT)
        out, err = first.communicate(timeout=120)

    assert second.code == 2
    assert f"plaudit run (process {first.pid}) is at work in {season_folder}" in second.err.replace("\n", " ")
    assert (first.returncode, out) == (130, ""), err[-900:]
    assert "plaudit: stopped" in err
    assert "Traceback" not in err
    assert bytes_below(season_folder) == before


def test_ctrl_c_within_a_query_is_told_like_any_other(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted() -> None:
        raise RuntimeError("Query interrupted")

    monkeypatch.setattr("plaudit.cli.main.app", interrupted)

    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 130
    assert "plaudit: stopped" in capsys.readouterr().err


def read_up_to(lines: IO[str], wanted: str) -> None:
    for line in lines:
        if wanted in line:
            return
    raise AssertionError(wanted)


@pytest.mark.parametrize(("mode", "code"), [("w", 2), ("r", 2)])
def test_a_result_that_cannot_be_printed_is_said_and_no_traceback(made_template: Path, mode: str, code: int) -> None:
    with Path("/dev/full").open(mode) as full:
        ran = subprocess.run(
            [*COMMAND, "honour", str(made_template)], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )

    assert ran.returncode == code
    assert "cannot be printed" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert "Exception ignored" not in ran.stderr


def test_whoever_stops_reading_stops_nothing(made_template: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    ran = subprocess.run([*COMMAND, "honour", str(made_template)], stdout=write, stderr=subprocess.PIPE, check=False)
    os.close(write)

    assert (ran.returncode, ran.stderr) == (0, b"")


def test_what_fails_prints_nothing_of_what_it_would_have_said(capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        sys.stdout.write("won")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), printed():
        fail()

    assert capsys.readouterr().out == ""


def test_certifying_alone_verifies(season_folder: Path, plaudit: Plaudit) -> None:
    shutil.rmtree(season_folder / "published")
    (season_folder / "evidence" / "honours.parquet").unlink()

    assert plaudit("certify", season_folder).code == 0
    assert plaudit("verify", season_folder).code == 0


def test_an_error_of_the_system_names_the_file_and_what_to_do(
    season_folder: Path, plaudit: Plaudit, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", "data/counts.csv")

    monkeypatch.setattr("plaudit.pipeline.collect", fails)
    said = plaudit("collect", season_folder)

    assert (said.code, said.err) == (
        2,
        "plaudit: data/counts.csv: Permission denied\n"
        "  → get the right to read and write there, or copy the folder to a place of your own\n",
    )
