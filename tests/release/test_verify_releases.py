"""A season's releases are checked before and after there is a certificate."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from plaudit import pipeline
from plaudit.base.errors import DigestMismatch, EvidenceError, ProofInvalid
from plaudit.certify.statement import table_digests
from plaudit.release.log import release_signer, write_log
from plaudit.release.note import NOTE, sign_release
from plaudit.release.release import shelf_of
from plaudit.rulebook.season import read_season
from plaudit.store.evidence import Evidence
from plaudit.verify.verify import verify, verify_releases
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


def resign(folder: Path, week: str, number: int, change: Callable[[dict[str, Any]], object], *, log: bool) -> None:
    """Change a release and sign it again with the season's own key; with `log`, write the log again too."""
    season = read_season(folder)
    one = shelf_of(season).release(CHART, week, number)
    change(one.stated)
    (one.folder / NOTE).write_bytes(sign_release(one.stated, release_signer(season)[0]))
    if log:
        shutil.rmtree(folder / "releases" / "log")
        releases = sorted(shelf_of(season).all(), key=lambda one: int(one.stated["index"]))
        write_log(folder / "releases" / "log", releases, release_signer(season)[1])


def rewrite(folder: Path) -> None:
    """Let Bob be at no. 1 of the last week, with tables, digests and note to match."""
    one = shelf_of(read_season(folder)).release(CHART, "2026-01-16", 1)
    tables = Evidence(one.folder)
    rows = [{**row, "artist": {"ann": "bob", "bob": "ann"}[row["artist"]]} for row in one.table("entries").to_pylist()]
    tables.write_rows("entries", rows)
    resign(folder, "2026-01-16", 1, lambda stated: stated["made"].update(table_digests(tables, ["entries"])), log=False)


def drop_the_last(folder: Path) -> None:
    shutil.rmtree(folder / "releases" / CHART / "2026-01-16")


def add_a_reading(folder: Path) -> None:
    """Put a reading of an earlier day among those that a week begins with, signed and logged anew."""
    one = shelf_of(read_season(folder)).release(CHART, "2026-01-16", 1)
    tables, readings = Evidence(one.folder), one.table("readings")
    before = readings.slice(0, 1).to_pylist()[0]
    more = {**before, "observed_at": before["observed_at"] - 1, "value": 1}
    tables.write("readings", pa.concat_tables([readings, pa.Table.from_pylist([more], schema=readings.schema)]))
    change = table_digests(tables, ["readings"])
    resign(folder, "2026-01-16", 1, lambda stated: stated["evidence"].update(change), log=True)


def early(folder: Path) -> None:
    resign(folder, "2026-01-16", 1, lambda stated: stated.update(released_at="2026-01-23T12:00:00Z"), log=True)


def swap_notes(folder: Path) -> None:
    paths = [folder / "releases" / CHART / week / "1" / NOTE for week in (FIRST, SECOND)]
    texts = [path.read_bytes() for path in paths]
    for path, text in zip(paths, reversed(texts), strict=True):
        path.write_bytes(text)


def change_standings(folder: Path) -> None:
    path = folder / "releases" / CHART / "2026-01-16" / "1" / "standings.json"
    path.write_text(path.read_text("utf-8").replace('"peak":2', '"peak":1'), "utf-8")


LIES: dict[str, tuple[Callable[[Path], object], type[EvidenceError], str]] = {
    "a week rewritten": (rewrite, ProofInvalid, "is not what was released"),
    "the last release dropped": (drop_the_last, ProofInvalid, "the release log holds 3 releases, and 2 are there"),
    "a reading added": (add_a_reading, ProofInvalid, "readings does not follow from what it cites"),
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


def test_a_history_that_did_not_follow_a_correction_is_found(corrected: Path) -> None:
    """Drop the corrections of the later weeks, and let a log say so from the start."""
    for week in (SECOND, "2026-01-16"):
        shutil.rmtree(corrected / "releases" / CHART / week / "2")
    resign(corrected, FIRST, 2, lambda stated: None, log=True)

    with pytest.raises(ProofInvalid, match="week 2026-01-09, release 1 does not stand on the correction"):
        verify_releases(corrected)
