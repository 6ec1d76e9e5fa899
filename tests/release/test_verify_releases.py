"""A season's releases are checked before and after there is a certificate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from plaudit import pipeline
from plaudit.base.errors import DigestMismatch, EvidenceError, ProofInvalid
from plaudit.release.note import NOTE
from plaudit.rulebook.season import read_season
from plaudit.store.evidence import Evidence
from plaudit.verify.verify import verify, verify_releases
from tests.forgeries.released import relog, resign
from tests.release.weekly import CHART

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.slow

FIRST, SECOND = "2026-01-02", "2026-01-09"


def test_releases_verify_before_there_is_a_certificate(season: Path) -> None:
    latest, checked, _ = verify_releases(season)

    assert list(latest[CHART]) == [FIRST, SECOND, "2026-01-16"]
    assert "3 releases of weeks, computed again from what they cite" in checked


def test_a_corrected_season_is_certified_on_its_latest_releases(corrected: Path) -> None:
    season = read_season(corrected)
    pipeline.run(season, Evidence(season.evidence))

    found = verify(corrected)

    assert "6 releases of weeks, 3 corrections among them, computed again from what they cite" in found.checked
    assert found.certificate.statement["charts"][0]["weeks"][0]["no_1"] == ["bob"]


def early(folder: Path) -> None:
    resign(folder, "2026-01-16", 1, lambda stated: stated.update(released_at="2026-01-23T12:00:00Z"))
    relog(folder)


def swap_notes(folder: Path) -> None:
    paths = [folder / "releases" / CHART / week / "1" / NOTE for week in (FIRST, SECOND)]
    texts = [path.read_bytes() for path in paths]
    for path, text in zip(paths, reversed(texts), strict=True):
        path.write_bytes(text)


def change_standings(folder: Path) -> None:
    path = folder / "releases" / CHART / "2026-01-16" / "1" / "standings.json"
    path.write_text(path.read_text("utf-8").replace('"peak":2', '"peak":1'), "utf-8")


LIES: dict[str, tuple[Callable[[Path], object], type[EvidenceError], str]] = {
    "released before its hour": (early, ProofInvalid, "was made before its instant"),
    "notes exchanged": (swap_notes, ProofInvalid, "is of views-only@1, week 2026-01-09, release 1"),
    "standings changed": (change_standings, DigestMismatch, "standings.json is not the one that was released"),
}


@pytest.mark.parametrize("lie", LIES)
def test_no_lie_about_a_released_week_passes(season: Path, lie: str) -> None:
    forge, error, says = LIES[lie]
    forge(season)

    with pytest.raises(error, match=says):
        verify_releases(season)
