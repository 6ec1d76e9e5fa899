from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from plaudit.store.evidence import Evidence
from tests.audit.purged import purged
from tests.made import made_once


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    return Evidence(tmp_path_factory.mktemp("evidence"))


@pytest.fixture(scope="session")
def made_purged(made_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template's season with purge rules, two declared and one late, run once. Copy it before changing it."""
    return made_once(tmp_path_factory, "purged", lambda folder: purged(made_template, folder / "my-award"))


@pytest.fixture
def purged_folder(made_purged: Path, tmp_path: Path) -> Path:
    """A copy of that season, run."""
    return Path(shutil.copytree(made_purged, tmp_path / "my-award"))
