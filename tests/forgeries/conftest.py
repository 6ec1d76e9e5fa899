"""Honest seasons made once, and steps that are not taken twice over the same bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from plaudit import pipeline
from tests.cli.commands import Plaudit
from tests.forgeries.corpus import forge
from tests.forgeries.remembered import remembered
from tests.forgeries.seasons import BASES
from tests.made import made_once

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.forgeries.corpus import Lie

collect_ignore_glob = ["*/forge.py"]
_STEPS = ("measure", "chart", "nominate", "audit", "tally", "check")


@pytest.fixture(scope="session")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Give the honest season of a kind. Copy it before changing it."""
    return lambda name: made_once(tmp_path_factory, f"honest-{name}", lambda folder: BASES[name](folder / "season"))


@pytest.fixture(scope="session")
def forged(tmp_path_factory: pytest.TempPathFactory, honest: Callable[[str], Path]) -> Callable[[Lie], Path]:
    """Give the forged season of a lie, which several verifiers read."""

    def made(lie: Lie) -> Path:
        base = honest(lie.base)
        return made_once(tmp_path_factory, f"forged-{lie.id}", lambda folder: forge(lie, base, folder / "season"))

    return made


@pytest.fixture(autouse=True)
def once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the forger's recount serve the verifier too, where both count the same bytes."""
    for name in _STEPS:
        monkeypatch.setattr(pipeline, name, remembered(getattr(pipeline, name), name))


@pytest.fixture
def plaudit(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Plaudit:
    """Run the command in this process."""
    return Plaudit(capsys, monkeypatch)
