"""A season of three released weeks, one of them corrected since, made once in a run."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.cli.commands import Plaudit
from tests.made import made_once
from tests.release.weekly import make_corrected, make_released

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def season(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Path:
    """Give a season whose three weeks are released."""
    return _copy(made_once(tmp_path_factory, "released", make_released), tmp_path)


@pytest.fixture
def corrected(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Path:
    """Give that season after a late reading of its first week, and a correction that moves all three."""
    return _copy(made_once(tmp_path_factory, "corrected", make_corrected), tmp_path)


def _copy(made: Path, to: Path) -> Path:
    return shutil.copytree(made, to / "season")


@pytest.fixture
def plaudit(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Plaudit:
    """Run the command in this process."""
    return Plaudit(capsys, monkeypatch)
