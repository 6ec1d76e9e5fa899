"""A live season from its first ask to the verifiers."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from plaudit.archive.archive import Archive
from plaudit.archive.holes import Remains, delete
from plaudit.archive.reader import archive_folder, checkpoint
from plaudit.archive.record import Hole
from plaudit.archive.signer import archive_signer
from plaudit.base.errors import PlauditError
from plaudit.rulebook.season import read_season
from plaudit.store.evidence import Evidence
from plaudit.verify.verify import verify
from tests.fetch.fetching import DAY, HOUR, THURSDAY, FakeClock, charted, fetch_once, offer, run_season
from tests.fetch.parrot import Parrot
from tests.made import made_once

if TYPE_CHECKING:
    from typing import Any

    from plaudit.archive.record import Record
    from plaudit.platforms.contract import Answer

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def parrot(monkeypatch: pytest.MonkeyPatch) -> Parrot:
    parrot = Parrot()
    offer(monkeypatch, parrot)
    return parrot


def _live_season(folder: Path) -> Path:
    season = charted(folder / "s")
    run_season(season)
    return season


@pytest.fixture
def season(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, parrot: Parrot) -> Path:
    made = made_once(tmp_path_factory, "live-season", _live_season)
    return shutil.copytree(made, tmp_path / "s")


def rows(season: Path, name: str) -> list[dict[str, Any]]:
    tables = Evidence(season / "evidence")
    return tables.to_rows(tables.read(name).order_by(*tables.read(name).columns))


def test_a_live_season_verifies_against_its_archive(season: Path) -> None:
    found = verify(season)

    assert found.is_recomputed
    assert "the sources in data/ give that evidence" in found.checked
    assert [(row["artist"], row["position"], row["verdict"]) for row in rows(season, "entries")] == [
        ("polly", 1, "final"),
        ("coco", 2, "final"),
    ]


def test_a_season_verifies_while_its_archive_grows(season: Path) -> None:
    before = rows(season, "checkpoints")[0]["size"]
    fetch_once(season, FakeClock(THURSDAY + 20 * DAY + 8 * HOUR))  # nobody answers there any more: that is kept, too

    found = checkpoint(archive_folder(season))
    assert found is not None
    assert found[0].size > before
    assert verify(season).is_recomputed


def test_an_answer_that_was_left_out_is_missed(season: Path) -> None:
    day = sorted((archive_folder(season) / "parrot-live").glob("*.zst"))[2]
    day.unlink()

    with pytest.raises(PlauditError, match="lacks 8 of 72 records"):
        verify(season)


def test_without_the_archive_the_evidence_is_tied_to_nothing(season: Path) -> None:
    shutil.rmtree(season / "data")
    found = verify(season)

    assert any(text.startswith("not tied to sources") for text in found.unchecked)


def test_the_second_verifier_agrees(season: Path) -> None:
    ran = subprocess.run(
        [sys.executable, ROOT / "verifier" / "verify.py", season], capture_output=True, check=False, text=True
    )

    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout + ran.stderr


def _deleted(season: Path, *, keeps_rows: bool) -> None:
    """Delete the bodies of one day."""
    read, asked = read_season(season), Parrot()

    def remains(_record: Record, answer: Answer) -> Remains:
        return Remains(asked.outcome(answer).verdict, list(asked.rows(answer)) if keeps_rows else None)

    with Archive(archive_folder(season), archive_signer(season, read.origin)) as archive:
        day = (THURSDAY + 3 * DAY, THURSDAY + 4 * DAY)
        delete(archive, lambda record: day[0] <= record.answered_at < day[1], Hole(THURSDAY, "due"), remains)


def test_a_season_whose_bodies_were_deleted_on_schedule_says_which_share_is_raw(season: Path) -> None:
    _deleted(season, keeps_rows=True)
    found = verify(season)

    assert "the sources in data/ give that evidence" in found.checked
    assert any(text.startswith("8 of 72 archived answers against their bodies") for text in found.unchecked)


def test_a_season_whose_rows_were_deleted_on_demand_is_not_called_tied_to_sources(season: Path) -> None:
    _deleted(season, keeps_rows=False)
    found = verify(season)

    assert "the sources in data/ give that evidence" not in found.checked
    assert any(text.startswith("8 of 72 archived answers: bodies and rows") for text in found.unchecked)


def test_a_day_on_which_nobody_was_asked_is_not_seen(tmp_path: Path) -> None:
    season = charted(tmp_path / "s", [0, 1, 2, 3, 5, 6, 7, 8])
    run_season(season)

    assert [(row["days_seen"], row["missing"], row["verdict"]) for row in rows(season, "weeks")] == [
        (6, "2018-05-21", "provisional")
    ]
    published = json.loads((season / "published" / "coverage.json").read_text("utf-8"))["asked"]
    assert [(row["day"], row["answered"], row["missing"]) for row in published[3:6]] == [
        ("2018-05-20", 14, 0),
        ("2018-05-21", 0, 6),
        ("2018-05-22", 14, 0),
    ]
    missed = [row["missing"] for row in rows(season, "coverage") if row["account"] == "polly" and row["missing"]]
    assert missed == [1, 1, 1]
