from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest
from warcio.archiveiterator import ArchiveIterator

from tests.cli.commands import Plaudit
from tests.fetch.fetching import make, offer
from tests.fetch.parrot import SECRET, Parrot, ParrotServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LONG = {"2018-06-30": "2099-12-31"}


@pytest.fixture(autouse=True)
def parrot(monkeypatch: pytest.MonkeyPatch) -> Parrot:
    parrot = Parrot()
    offer(monkeypatch, parrot)
    return parrot


@pytest.fixture
def plaudit(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Plaudit:
    return Plaudit(capsys, monkeypatch)


@pytest.fixture
def season(tmp_path: Path) -> Iterator[Path]:
    with ParrotServer() as server:
        yield make(tmp_path / "s", server.url, **LONG)


def test_fetch_tells_where_each_source_is(season: Path, plaudit: Plaudit) -> None:
    said = plaudit("fetch", season, "--json")

    assert said.code == 0
    (status,) = said.value
    assert (status["source"], status["answers"], status["gaps"]) == ("parrot-live", 8, 0)
    assert status["left"] == {"asks": 100_000 - 8}


def test_a_plan_asks_nothing(season: Path, plaudit: Plaudit) -> None:
    (plan,) = plaudit("fetch", season, "--plan", "--json").value

    assert (plan["requests"], plan["units"], plan["cycles_a_day"]) == (4, {"asks": 4}, 4)
    assert plan["basis"] == "first requests"
    assert not (season / "data").exists()

    plaudit("fetch", season)
    (plan,) = plaudit("fetch", season, "--plan", "--json").value
    assert (plan["requests"], plan["units"], plan["basis"]) == (8, {"asks": 8}, "this cycle")


def test_keys_in_the_season_are_refused(season: Path, plaudit: Plaudit) -> None:
    (season / "keys.env").write_text(f"PLAUDIT_KEY_PARROT_TOKEN={SECRET}\n", "utf-8")
    said = plaudit("fetch", season, "--keys", season / "keys.env")

    assert said.code == 2
    assert "lies in the season's folder" in said.err
    assert SECRET not in said.err


def test_keys_come_from_a_file_outside_the_season(season: Path, tmp_path: Path, plaudit: Plaudit) -> None:
    keys = tmp_path / "keys.env"
    keys.write_text(f"# the parrot's\nPLAUDIT_KEY_PARROT_TOKEN='{SECRET}'\n", "utf-8")
    keys.chmod(0o600)
    said = plaudit("fetch", season, "--keys", keys)

    assert (said.code, SECRET in said.out + said.err) == (0, False)
    assert not any(SECRET.encode() in path.read_bytes() for path in season.rglob("*") if path.is_file())


def test_a_season_without_a_live_source_is_told_what_to_declare(tmp_path: Path, plaudit: Plaudit) -> None:
    season = make(tmp_path / "s", "http://127.0.0.1:1")
    text = (season / "season.toml").read_text("utf-8")
    (season / "season.toml").write_text(text.partition("[[source]]")[0], "utf-8")

    assert 'kind = "live"' in plaudit("fetch", season).err


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # warcio leaves a file open
def test_an_archive_is_checked_shown_and_exported(season: Path, tmp_path: Path, plaudit: Plaudit) -> None:
    plaudit("fetch", season)
    out = tmp_path / "answers.warc.gz"

    assert plaudit("archive", "check", season, "--json").value["records"] == 8
    shown = plaudit("archive", "show", season, "--account", "polly", "--json").value
    assert {one["ask"]["accounts"][0] for one in shown} == {"polly"}
    assert plaudit("archive", "show", season, "--leaf", "0", "--body").code == 0
    assert plaudit("archive", "export", season, out, "--json").value["answers"] == 8
    with gzip.open(out) as file:
        kinds = [record.rec_type for record in ArchiveIterator(file)]
    assert sorted(kinds) == ["request"] * 8 + ["response"] * 8


def test_what_is_forgotten_is_gone_and_its_hole_is_stated(season: Path, plaudit: Plaudit) -> None:
    plaudit("fetch", season)
    said = plaudit("archive", "forget", season, "--post", "polly-gone", "--because", "its author asks", "--json")

    assert said.value == {"deleted": 1}
    found = plaudit("archive", "check", season, "--json").value
    assert (found["records"], found["holes"], found["kept"]) == (8, 1, 0)
    (hole,) = [one for one in plaudit("archive", "show", season, "--json").value if "hole" in one]
    assert (hole["hole"]["because"], hole["hole"]["verdict"]) == ("its author asks", "answered")
    assert "was deleted" in plaudit("archive", "show", season, "--leaf", str(hole["leaf"]), "--body").err


def test_forgetting_asks_what_and_why(season: Path, plaudit: Plaudit) -> None:
    plaudit("fetch", season)

    assert "nothing is chosen" in plaudit("archive", "forget", season, "--because", "x").err
    assert plaudit("archive", "forget", season, "--leaf", "0").code == 2


def test_doctor_says_which_verb_makes_a_live_source(season: Path, plaudit: Plaudit) -> None:
    assert "plaudit fetch SEASON" in plaudit("doctor", season).err
    plaudit("fetch", season)

    assert "source parrot-live: 1 file; of 8 rows" in plaudit("doctor", season).err
