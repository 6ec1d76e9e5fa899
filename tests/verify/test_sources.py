"""The evidence against its sources: collected again where they are, held against artists.toml where they are not."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from plaudit.base.errors import ProofInvalid
from plaudit.certify.certificate import Certificate
from plaudit.rulebook.season import read_season
from plaudit.store.evidence import Evidence
from plaudit.store.parquet import write_batches
from plaudit.store.tables import table
from plaudit.verify.sources import Sources, check_owners
from plaudit.verify.verified import Verified

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Rows = list[dict[str, Any]]
ASIDE = {"source": "counts", "file": "data/counts.csv", "row": 1, "reason": "x", "detail": ""}


@pytest.fixture
def ours(season_folder: Path, tmp_path: Path) -> Evidence:
    shutil.copytree(season_folder / "evidence", tmp_path / "ours", ignore=shutil.ignore_patterns("log"))
    return Evidence(tmp_path / "ours")


def changed(ours: Evidence, name: str, change: Callable[[Rows], Rows]) -> None:
    for path in ours.files(name):
        rows = change(pq.read_table(path, partitioning=None).to_pylist())
        batch = pa.RecordBatch.from_pylist(rows, schema=table(name).schema)
        write_batches(table(name).schema, [batch], path, rising=table(name).rising)


def compared(folder: Path, ours: Evidence, scratch: Path, *, is_here: bool = True) -> Verified:
    found = Verified(Certificate({}, folder, None))  # type: ignore[arg-type]
    Sources(read_season(folder), scratch, is_here=is_here).compare(ours, found)
    return found


def exchanged(one: int, other: int) -> Callable[[Rows], Rows]:
    swap = {one: other, other: one}
    return lambda rows: [{**row, "voter": swap.get(row["voter"], row["voter"])} for row in rows]


def voters(ours: Evidence) -> list[int]:
    return sorted({row for path in ours.files("ballots") for row in pq.read_table(path)["voter"].to_pylist()})


@pytest.mark.parametrize("has_key", [True, False])
def test_evidence_that_was_collected_honestly_is_what_the_sources_give(
    season_folder: Path, ours: Evidence, tmp_path: Path, has_key: bool
) -> None:
    if not has_key:
        shutil.rmtree(season_folder / "keys")

    told = compared(season_folder, ours, tmp_path / "again").checked

    assert told == [f"the sources in data/ give that evidence{'' if has_key else WITHOUT_KEY}"]


WITHOUT_KEY = "; without the edition's key, voters one for one"


@pytest.mark.parametrize("has_key", [True, False])
def test_voters_who_exchanged_pseudonyms_are_found_with_the_key_and_count_the_same_without(
    season_folder: Path, ours: Evidence, tmp_path: Path, has_key: bool
) -> None:
    one, *_, other = voters(ours)
    changed(ours, "ballots", exchanged(one, other))
    if has_key:
        with pytest.raises(ProofInvalid, match=rf"evidence/ballots .*voter is ({one}|{other}), right is "):
            compared(season_folder, ours, tmp_path / "again")
    else:
        shutil.rmtree(season_folder / "keys")
        assert compared(season_folder, ours, tmp_path / "again").checked


@pytest.mark.parametrize("is_merged", [True, False])
def test_two_voters_made_one_or_one_made_two_are_found_without_the_key(
    season_folder: Path, ours: Evidence, tmp_path: Path, is_merged: bool
) -> None:
    shutil.rmtree(season_folder / "keys")
    ballots = [row["voter"] for path in ours.files("ballots") for row in pq.read_table(path).to_pylist()]
    twice = next(voter for voter in ballots if ballots.count(voter) > 1)
    one, other = voters(ours)[:2]
    seen: list[int] = []

    def merge(rows: Rows) -> Rows:
        return [{**row, "voter": other if row["voter"] == one else row["voter"]} for row in rows]

    def split(rows: Rows) -> Rows:
        made = []
        for row in rows:
            seen.append(row["voter"])
            made.append({**row, "voter": 5 if row["voter"] == twice and seen.count(twice) > 1 else row["voter"]})
        return made

    changed(ours, "ballots", merge if is_merged else split)

    with pytest.raises(ProofInvalid, match="one voter of the sources several pseudonyms, or several voters one"):
        compared(season_folder, ours, tmp_path / "again")


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        (
            "ballots",
            lambda rows: rows[:-1],
            "evidence/ballots is not what the sources in data/ give: row 99 is missing",
        ),
        ("set_aside", lambda rows: [*rows, ASIDE], "evidence/set_aside is not .*: row 1 is too many"),
        (
            "readings",
            lambda rows: [{**rows[0], "value": 3}, *rows[1:]],
            r"evidence/readings .*: row 1 \(.*value is 3, right is ",
        ),
    ],
)
def test_a_row_that_the_sources_do_not_give_is_named(
    season_folder: Path, ours: Evidence, tmp_path: Path, name: str, change: Callable[[Rows], Rows], said: str
) -> None:
    changed(ours, name, lambda rows: change(rows) if name != "ballots" or rows[-1]["ballot"] == 98 else rows)

    with pytest.raises(ProofInvalid, match=said):
        compared(season_folder, ours, tmp_path / "again")


def test_without_the_sources_it_is_said_that_nothing_ties_the_evidence_to_them(
    season_folder: Path, ours: Evidence, tmp_path: Path
) -> None:
    told = compared(season_folder, ours, tmp_path / "again", is_here=False).unchecked

    assert told == ["not tied to sources: data/ is not here, so nobody compared evidence with it"]


@pytest.mark.parametrize(
    ("name", "column", "value", "said"),
    [
        ("posts", "artist", "aurora-lane", "is given to aurora-lane; by artists.toml it is north-seven's"),
        ("posts", "artist", None, "is given to nobody; by artists.toml it is north-seven's"),
        ("posts", "account", "somebody", "is of somebody (example), an account that artists.toml does not name"),
        ("credits", "artist", "aurora-lane", "whom artists.toml does not give that account"),
        ("readings", "artist", "aurora-lane", "is given to aurora-lane, not to north-seven"),
    ],
)
def test_without_the_sources_nobody_is_given_what_artists_toml_does_not_allow(
    season_folder: Path, ours: Evidence, name: str, column: str, value: str | None, said: str
) -> None:
    def change(rows: Rows) -> Rows:
        at = max(number for number, row in enumerate(rows) if row["artist"] == "north-seven")
        return [*rows[:at], {**rows[at], column: value}, *rows[at + 1 :]]

    check_owners(read_season(season_folder), ours)
    changed(ours, name, change)

    with pytest.raises(ProofInvalid) as caught:
        check_owners(read_season(season_folder), ours)
    assert said in caught.value.what
