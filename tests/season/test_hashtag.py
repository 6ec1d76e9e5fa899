"""A hashtag vote from the stream to both verifiers."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from plaudit.store.evidence import Evidence
from plaudit.verify.verify import verify
from tests.fetch.fetching import run_season
from tests.fetch.relay import directory, follow_once, make_season, relay
from tests.made import made_once

ROOT = Path(__file__).parents[2]


def counted(folder: Path) -> Path:
    with relay() as stream, directory() as said_at:
        season = make_season(folder / "s", stream, said_at)
        follow_once(season)
    run_season(season)
    return season


@pytest.fixture
def season(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shutil.copytree(made_once(tmp_path_factory, "hashtag-vote", counted), tmp_path / "s")


def rows(season: Path, name: str) -> list[dict[str, Any]]:
    tables = Evidence(season / "evidence")
    return tables.to_rows(tables.read(name).order_by(*tables.read(name).columns))


def test_posts_are_counted_by_the_rule(season: Path) -> None:
    totals = {(row["nominee"]): (row["votes_counted"], row["votes_void"]) for row in rows(season, "totals")}

    # ann: carol's post counts; void are a post of two tags, a deleted one, a quote. bob: dave's post and bob's own.
    assert totals == {"ann": (1, 3), "bob": (2, 1)}


def test_the_season_verifies(season: Path) -> None:
    found = verify(season)

    assert found.is_recomputed
    assert any(
        text.startswith("7 ballots of hashtags: each is a post signed by its author's key") for text in found.checked
    )


def second(season: Path) -> tuple[int, str]:
    ran = subprocess.run(
        [sys.executable, ROOT / "verifier" / "verify.py", season], capture_output=True, check=False, text=True
    )
    assert ran.stderr == ""
    return ran.returncode, ran.stdout


def test_the_second_verifier_agrees(season: Path) -> None:
    code, told = second(season)

    assert code == 0, told
    assert "7 ballots of hashtags are posts signed by the author's key" in told
