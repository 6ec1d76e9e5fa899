"""plaudit archive close: a finished season that needs nothing else to be verified."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.commands import Plaudit

pytestmark = pytest.mark.slow


def test_a_closed_season_verifies_by_the_verifier_inside(plaudit: Plaudit, tmp_path: Path) -> None:
    season, closed = tmp_path / "season", tmp_path / "closed"
    plaudit("init", season)
    assert plaudit("run", season, "--no-site").code == 0
    said = plaudit("archive", "close", season, "--to", closed)

    assert said.code == 0
    assert {path.name for path in closed.iterdir()} == {"README.md", "season", "verifier"}
    assert not {"keys", "vote"} & {path.name for path in (closed / "season").iterdir()}
    key = (season / "published" / "verifier.key").read_text("utf-8").strip()
    assert f"--key '{key}'" in (closed / "README.md").read_text("utf-8")
    words = [sys.executable, "verifier/verify.py", "season", "--key", key]
    done = subprocess.run(words, cwd=closed, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert plaudit("verify", closed / "season").code == 0
    assert plaudit("archive", "close", season, "--to", closed).code == 2


def test_a_season_that_does_not_verify_is_not_closed(plaudit: Plaudit, tmp_path: Path) -> None:
    season, closed = tmp_path / "season", tmp_path / "closed"
    plaudit("init", season)
    uncertified = plaudit("archive", "close", season, "--to", closed).code
    plaudit("run", season, "--no-site")
    (season / "published" / "totals.csv").write_text("forged\n", "utf-8")

    assert uncertified == 2
    assert plaudit("archive", "close", season, "--to", closed).code not in {0, 2}
    assert not [path for path in tmp_path.iterdir() if "closed" in path.name]
