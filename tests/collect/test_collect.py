"""All or nothing: what a refused run leaves, and what a second one gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from plaudit.base.errors import SourceChanged, SourceRefused
from tests.collect.collecting import BALLOTS, COUNTERS, HEADER, LATER, LOVE, Collection, row
from tests.conftest import bytes_below

if TYPE_CHECKING:
    from pathlib import Path

GOOD = {
    "data/counts.csv": HEADER + LOVE,
    "data/ballots.csv": "channel,nominee,voter,cast_at\nweb,bts,ann,2018-05-14T09:00:00Z\n",
}


@pytest.fixture
def made(tmp_path: Path) -> Collection:
    return Collection(tmp_path, GOOD, COUNTERS + BALLOTS).collect()


def test_collecting_twice_gives_the_same_bytes(made: Collection) -> None:
    before = bytes_below(made.folder)
    made.collect()

    assert bytes_below(made.folder) == before


def test_a_strict_run_names_the_first_row_and_leaves_the_tables_as_they_were(made: Collection) -> None:
    before = bytes_below(made.folder / "evidence")
    (made.folder / "data/counts.csv").write_text(HEADER + LATER + row("a2", views="-1") + row("a3", views="x"), "utf-8")

    with pytest.raises(SourceRefused) as caught:
        made.collect(strict=True)

    assert caught.value.what == (
        "2 rows cannot be used; the first is counts, data/counts.csv, row 3: out of range: views is -1, below 0"
    )
    assert bytes_below(made.folder / "evidence") == before


def test_an_error_in_the_second_source_leaves_the_tables_as_they_were(made: Collection) -> None:
    before = bytes_below(made.folder / "evidence")
    (made.folder / "data/counts.csv").write_text(HEADER + LATER, "utf-8")
    (made.folder / "data/ballots.csv").write_text("channel,nominee,voter\n", "utf-8")

    with pytest.raises(SourceChanged, match="no column 'cast_at'"):
        made.collect()

    assert bytes_below(made.folder / "evidence") == before


def test_a_day_without_ballots_any_more_leaves_no_partition_behind(made: Collection) -> None:
    path = made.folder / "data/ballots.csv"
    path.write_text(path.read_text("utf-8").replace("05-14", "05-15"), "utf-8")
    made.collect()

    assert [found.parent.name for found in made.tables.files("ballots")] == ["day=2018-05-15"]
