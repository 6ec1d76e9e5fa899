"""Terms are data: what is due is deleted, what may not be published is not, and both are said."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from plaudit.archive.check import check
from plaudit.archive.reader import archive_folder, records
from plaudit.collect.collect import collect
from plaudit.rulebook.known_terms import known_terms, stricter, told_terms
from plaudit.rulebook.season import read_season
from plaudit.rulebook.terms import Terms
from plaudit.store.evidence import Evidence
from plaudit.verify.verify import verify
from tests.fetch.fetching import DAY, THURSDAY, FakeClock, charted, fetch_once, offer, run_season
from tests.fetch.parrot import Parrot
from tests.some import some

if TYPE_CHECKING:
    from typing import Any

ROOT = Path(__file__).parents[2]
TERMS = """
[source.terms]
because = "The parrot's terms."
from = 2018-05-01
MORE

[[chart]]
"""


@pytest.fixture(autouse=True)
def parrot(monkeypatch: pytest.MonkeyPatch) -> Parrot:
    parrot = Parrot()
    offer(monkeypatch, parrot)
    return parrot


def under(folder: Path, terms: str, days: int = 9) -> Path:
    """Make a season under some terms, asked once a day."""
    return charted(folder, range(days), **{"\n[[chart]]\n": TERMS.replace("MORE", terms)})


def readings(season: Path) -> list[dict[str, Any]]:
    tables = Evidence(season / "evidence")
    collect(read_season(season), tables, bytes(32), on_progress=lambda _name, _rows: None)
    read = tables.read("readings")
    return tables.to_rows(read.filter(read.metric == "views").order_by("observed_at", "account", "post"))


def test_bodies_that_are_due_go_and_their_rows_stay(tmp_path: Path) -> None:
    before = readings(under(tmp_path / "without", ""))
    season = under(tmp_path / "with", "keep_days = 3")

    found = check(archive_folder(season))
    assert found is not None
    assert (found.records, found.holes, found.kept) == (72, 40, 40)
    hole = next(records(archive_folder(season), "parrot-live")).record.hole
    assert "kept for 3 days: The parrot's terms." in repr(hole)
    assert [row["value"] for row in readings(season)] == [row["value"] for row in before]


def test_rows_go_too_where_no_figures_may_be_made(tmp_path: Path) -> None:
    season = under(tmp_path / "s", "keep_days = 3\nderive = false", days=5)

    found = check(archive_folder(season))
    assert found is not None
    assert (found.holes, found.kept) == (8, 0)
    assert min(row["observed_at"] for row in readings(season)) > THURSDAY + DAY
    assert "its terms forbid figures made of it" in told_terms(read_season(season))[0]


def test_what_may_not_be_published_is_not_and_the_certificate_says_so(tmp_path: Path) -> None:
    season = under(tmp_path / "s", "redistribute = false")
    run_season(season)
    week = json.loads((season / "published" / "charts" / "views-only@1" / "2018-05-18.json").read_text("utf-8"))

    assert [entry["posts"] for entry in some(week["entries"])] == [[], []]
    assert [entry["points"] > 0 for entry in week["entries"]] == [True, True]
    found = verify(season)
    limits = [limit for limit in found.certificate.statement["limits"] if limit["code"] == "limits.withheld"]
    assert [limit["values"]["why"] for limit in limits] == ["The parrot's terms."]
    assert "may not be published" in (season / "published" / "certificate.md").read_text("utf-8")
    ran = subprocess.run([sys.executable, ROOT / "verifier" / "verify.py", season], capture_output=True, check=False)
    assert ran.returncode == 0, ran.stdout


def test_a_body_is_deleted_once(tmp_path: Path) -> None:
    season = under(tmp_path / "s", "keep_days = 3", days=5)
    (first, *_) = records(archive_folder(season), "parrot-live")
    fetch_once(season, FakeClock(THURSDAY + 30 * DAY))
    (again, *_) = records(archive_folder(season), "parrot-live")

    assert again.record == first.record


def test_known_terms_are_told_where_a_season_allows_itself_more(tmp_path: Path) -> None:
    source = replace(read_season(under(tmp_path / "s", "", days=0)).sources[0], platform="youtube")

    assert stricter(source) == [
        "bodies may be kept for 30 days",
        "no figures may be made of it",
        "its rows may not be published",
    ]
    own = Terms("an audit", date(2026, 6, 1), 30, derive=False, redistribute=False)
    assert stricter(replace(source, terms=own)) == []


def test_every_known_term_says_where_and_when() -> None:
    assert [name for name, terms in some(known_terms().items()) if not (terms.where and terms.because)] == []
