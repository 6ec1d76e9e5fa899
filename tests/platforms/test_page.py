"""The page that adds a platform is right: its files, as a package beside ours, do what it says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from plaudit.platforms.contract import Wish
from tests.platforms.exam import Exam, Paper, answered, sit

if TYPE_CHECKING:
    from plaudit.platforms.contract import Answer, Ask

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "add-a-platform.md"
_FILE = re.compile(r"^`([\w.]+)`\n\n((?:(?: {4}.*)?\n)+)", re.MULTILINE)


def files() -> dict[str, str]:
    return {name: textwrap.dedent(text).strip() + "\n" for name, text in _FILE.findall(PAGE.read_text("utf-8"))}


def test_its_package_is_found_by_its_entry_point_and_its_tests_pass(tmp_path: Path) -> None:
    for name, text in files().items():
        (tmp_path / name).write_text(text, "utf-8")
    project = tomllib.loads(files()["pyproject.toml"])["project"]
    about = tmp_path / "plaudit_claps-0.1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.4\nName: {project['name']}\nVersion: 0.1.0\n", "utf-8")
    points = project["entry-points"]["plaudit.platforms"]
    lines = "".join(f"{name} = {target}\n" for name, target in points.items())
    (about / "entry_points.txt").write_text(f"[plaudit.platforms]\n{lines}", "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_claps.py"]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60, check=False
    )

    assert "2 passed" in done.stdout, done.stdout + done.stderr


class TestClaps(Exam):
    """The page's own platform sits the exam, too."""

    items_least = 0

    @pytest.fixture
    def paper(self) -> Paper:
        space: dict[str, type] = {}
        exec(files()["plaudit_claps.py"], space)
        self.documents_of: dict[str, dict[str, object]] = {
            "ann": {"id": "7", "claps": 12, "b": [1], "c": {"d": 2, "e": 3}},
            "bob": {"error": "no such user"},
        }
        return sit(space["Claps"](), Wish(("ann", "bob"), ("claps",), 0), self.serve)

    def serve(self, ask: Ask) -> Answer:
        document: dict[str, object] = self.documents_of[ask.accounts[0]]
        return answered(ask, 404 if "error" in document else 200, document)
