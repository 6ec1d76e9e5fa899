"""The log that ballots from files become: theirs, in order, whole, and the same again."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest

from plaudit import pipeline
from plaudit.base.errors import ProofInvalid
from plaudit.ledger.files import FolderFiles
from plaudit.ledger.log import Log
from plaudit.ledger.note import Verifier, verify_note
from plaudit.ledger.reader import LogReader
from plaudit.rulebook.season import read_season
from plaudit.store.evidence import Evidence
from plaudit.vote import log as vote_log
from plaudit.vote.keys import log_signer
from plaudit.vote.record import Ballot
from plaudit.vote.statements import closing, read_opening
from tests.conftest import bytes_below

if TYPE_CHECKING:
    from pathlib import Path

LAST_CLOSE = 1_768_813_200_000_000  # 2026-01-19T09:00Z


def vote(folder: Path) -> None:
    season = read_season(folder)
    pipeline.vote(season, Evidence(season.evidence))


def test_the_leaves_are_the_opening_each_row_in_order_and_the_closing(made_template: Path) -> None:
    leaves = list(LogReader(FolderFiles(made_template / "evidence" / "log")).entries())
    opened = read_opening(leaves[0])
    files = sorted((made_template / "evidence" / "ballots").rglob("*.parquet"))
    rows = [row for path in files for row in pq.read_table(path, partitioning=None).to_pylist()]
    assert [row.pop("ballot") for row in rows] == list(range(99))

    assert opened.stated["nominees"] == ["aurora-lane", "north-seven"]
    assert leaves[1:-1] == [opened.names.pack(Ballot(**row)) for row in rows]
    assert leaves[-1] == closing(99, LAST_CLOSE)


def test_the_log_is_sound_and_signed_by_the_key_beside_it(made_template: Path) -> None:
    folder = made_template / "evidence" / "log"
    verifier = Verifier.parse((folder / "verifier.key").read_text("utf-8"))
    text = verify_note((folder / "checkpoint").read_text("utf-8"), verifier)
    Log(folder).check()

    assert verifier == log_signer(made_template, "plaudit.example/my-award").verifier
    assert text.splitlines()[:2] == ["plaudit.example/my-award/log", "101"]


def test_two_processes_write_what_one_does(season_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = bytes_below(season_folder / "evidence" / "log")
    monkeypatch.setattr(vote_log, "_LARGE", 1)
    vote(season_folder)

    assert bytes_below(season_folder / "evidence" / "log") == before


def test_a_log_made_anew_takes_the_place_of_the_earlier_one_whole(season_folder: Path) -> None:
    log = season_folder / "evidence" / "log"
    before = bytes_below(log)
    for path in (log / "tile" / "entries" / "007", log / "more.txt"):
        path.write_bytes(b"x")
    (log / "checkpoint").write_bytes(b"damaged")
    vote(season_folder)

    assert bytes_below(log) == before
    assert not [path.name for path in log.parent.iterdir() if path.name.startswith(".")]


def test_a_log_that_could_not_be_made_leaves_the_earlier_one(season_folder: Path) -> None:
    before = bytes_below(season_folder / "evidence" / "log")
    path = sorted((season_folder / "evidence" / "ballots").rglob("*.parquet"))[0]
    path.rename(path.with_name("part-1.parquet"))
    shutil.copy(path.with_name("part-1.parquet"), path)  # its ballots are there twice

    with pytest.raises(ProofInvalid, match="the ballot is numbered 0, its place is"):
        vote(season_folder)
    assert bytes_below(season_folder / "evidence" / "log") == before


def test_a_season_that_no_longer_has_ballots_loses_its_log(season_folder: Path) -> None:
    path = season_folder / "season.toml"
    text = path.read_text("utf-8")
    path.write_text(text[: text.index('[[source]]\nid = "ballots"')], "utf-8")
    vote(season_folder)

    assert not (season_folder / "evidence" / "log").exists()
