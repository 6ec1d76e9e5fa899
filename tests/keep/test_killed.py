"""`plaudit keep` is killed at moments that nobody chose, and started again: each act is done once."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from plaudit.keep.due import due_acts
from plaudit.rulebook.season import read_season
from plaudit.verify.verify import verify
from tests.keep.test_keep import ACTS, END, acts, calendared

if TYPE_CHECKING:
    from pathlib import Path

ROUNDS = int(os.environ.get("PLAUDIT_KILL_ROUNDS", "4"))


@pytest.mark.kill
def test_a_process_that_is_killed_again_and_again_does_each_act_once(tmp_path: Path) -> None:
    chance, untouched = random.Random(20180520), calendared(tmp_path / "untouched")
    season, kills, whole = tmp_path / "season", 0, 0
    shutil.copytree(untouched, season)
    command = [sys.executable, "-c", "from plaudit.cli.main import main; main()", "keep", "--once", str(season)]

    while kills < ROUNDS:
        running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            running.wait(chance.uniform(0.5, 6))
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()
            kills += 1
            continue
        assert running.returncode == 0
        _assert_kept(season)
        whole += 1
        shutil.rmtree(season)
        shutil.copytree(untouched, season)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _assert_kept(season)
    assert kills == ROUNDS


def _assert_kept(season: Path) -> None:
    assert acts(season) == ACTS
    assert {one.state for one in due_acts(read_season(season), END)} == {"done"}
    assert verify(season).is_recomputed
