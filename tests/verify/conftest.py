"""The template's evidence, recounted once for the tests that leave it as it is."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from plaudit import pipeline
from plaudit.rulebook.season import read_season
from plaudit.store.evidence import Evidence
from tests.made import made_once

if TYPE_CHECKING:
    from pathlib import Path

    from plaudit.rulebook.season import Season


@pytest.fixture(scope="session")
def recount(made_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tables that follow from the template's evidence."""

    def make(folder: Path) -> Path:
        season = read_season(made_template)
        pipeline.recompute(season, Evidence(folder, beneath=season.evidence))
        return folder

    return made_once(tmp_path_factory, "recount", make)


@pytest.fixture
def recounted_once(recount: Path, made_hottest: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let verify take that recount: it has checked the evidence's digests before, so a new one gives the same."""
    recompute = pipeline.recompute

    def once(season: Season, tables: Evidence) -> None:
        if season.award == "my-award":
            shutil.copytree(recount, tables.folder, dirs_exist_ok=True)
        else:
            recompute(season, tables)

    monkeypatch.setattr(pipeline, "recompute", once)
