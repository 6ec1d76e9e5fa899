"""plaudit witness as a process of its own, and plaudit log submit, which asks it."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import TYPE_CHECKING

from plaudit.ledger.witness import WitnessKey, witnessed
from tests.ledger.static_logs import VERIFIER, entries, write_log

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.commands import Plaudit


def test_a_witness_runs_in_a_line_and_signs_what_it_is_asked_to(plaudit: Plaudit, tmp_path: Path) -> None:
    log = write_log(tmp_path / "log", entries(300))
    words = ["--name", "witness.example/w1", "--log", str(VERIFIER), "--port", "0", "--witness-key", "w/w.pem"]
    with subprocess.Popen(
        [sys.executable, "-c", "from plaudit.cli.main import main; main()", "witness", *words],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stderr is not None
            key = process.stdout.readline().strip()
            url = process.stderr.readline().split("/add-checkpoint")[0]
            asked = ("log", "submit", log, "--url", url, "--witness", key)
            first = plaudit(*asked)
            write_log(log, entries(900))
            second = plaudit(*asked)
            stranger = plaudit(*asked[:-1], key.replace("w1", "w2"))
        finally:
            process.send_signal(signal.SIGINT)
            ended = process.wait(20)

    assert (first.code, second.code, ended) == (0, 0, 0)
    assert list(witnessed((log / "checkpoint").read_text("utf-8"), [WitnessKey.parse(key)])) == ["witness.example/w1"]
    assert "signed by witness.example/w1" in second.err
    assert stranger.code == 6


def test_nobody_is_asked_where_nobody_is_named(plaudit: Plaudit, tmp_path: Path) -> None:
    log = write_log(tmp_path / "log", entries(3))

    assert plaudit("log", "submit", log).code == 2
    assert plaudit("log", "submit", log, "--url", "http://[::1", "--witness", "x").code == 6
    assert plaudit("witness", "--name", "a b", "--log", str(VERIFIER)).code == 2
    assert plaudit("witness", "--name", "w", "--log", "no key").code == 6
