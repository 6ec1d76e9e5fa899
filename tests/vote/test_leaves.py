"""The leaves of a table of ballots: one by one or in ranges, in order, in any process."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plaudit.base.errors import DigestMismatch, ProofInvalid
from plaudit.ledger.build import build
from plaudit.ledger.tree import leaf_hash, root_of
from plaudit.store.parquet import write_table
from plaudit.store.tables import table
from plaudit.vote.leaves import Leaves
from plaudit.vote.record import Ballot, Names
from plaudit.vote.statements import Opening, closing, opening, read_opening
from tests.profiles import examples
from tests.vote.seasons import CLOSES, NOMINEES, OPENS, live_season

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ("bts", "drake", "somebody-else")


def row(number: int, **values: object) -> dict[str, object]:
    """Give one row of the table ballots."""
    return {
        "ballot": number,
        "channel": "web",
        "nominee": NAMES[number % 3],
        "votes": 1 + number % 7,
        "cast_at": OPENS + number * 1000,
        "voter": 2**62 + number,
        "gesture": ("vote", "post", "repost", "quote")[number % 4],
        "tags": 1,
        "is_deleted": number % 5 == 0,
        "is_private": number % 11 == 0,
        "account_created_at": OPENS - 1 if number % 2 else None,
        "post": f"https://example.org/{number}" if number % 4 else "",
        "source": "guest",
        **values,
    }


def written(folder: Path, sizes: list[int], group_rows: int = 100) -> list[Path]:
    """Write a file for each size, with small row groups."""
    files, first = [], 0
    for number, size in enumerate(sizes):
        path = folder / f"day={number}" / "part-0.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = pa.Table.from_pylist([row(at) for at in range(first, first + size)], schema=table("ballots").schema)
        pq.write_table(rows, path, row_group_size=group_rows)
        files.append(path)
        first += size
    return files


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Opening:
    return opening(live_season(tmp_path_factory.mktemp("season") / "s"), NOMINEES)


def plain(opened: Opening, ballots: int) -> list[bytes]:
    """Give every leaf, packed one at a time."""
    names: Names = opened.names
    packed = []
    for number in range(ballots):
        values = row(number)
        del values["ballot"]
        packed.append(names.pack(Ballot(**values)))  # type: ignore[arg-type]
    return [opened.leaf, *packed, closing(ballots, CLOSES)]


@settings(max_examples=examples(40))
@given(sizes=st.lists(st.integers(0, 250), max_size=4), data=st.data())
def test_any_range_of_leaves_is_that_range_of_the_records_packed_one_by_one(
    sizes: list[int], data: st.DataObject, opened: Opening, tmp_path_factory: pytest.TempPathFactory
) -> None:
    leaves = Leaves(opened, CLOSES, written(tmp_path_factory.mktemp("b"), sizes))
    wanted = plain(opened, sum(sizes))
    first = data.draw(st.integers(0, len(wanted)))
    last = data.draw(st.integers(first, len(wanted)))

    assert leaves.size == len(wanted)
    assert leaves(first, last) == wanted[first:last]


def test_a_vote_without_ballots_is_an_opening_and_a_closing(opened: Opening) -> None:
    leaves = Leaves(opened, CLOSES, [], "nobody came")

    assert leaves(0, 2) == [opened.leaf, closing(0, CLOSES, "nobody came")]
    assert leaves(1, 2) == [closing(0, CLOSES, "nobody came")]


def test_a_copy_in_another_process_gives_the_same_leaves(opened: Opening, tmp_path: Path) -> None:
    leaves = Leaves(opened, CLOSES, written(tmp_path, [300, 20]), "because")
    leaves(0, 10)
    copy = pickle.loads(pickle.dumps(leaves))

    assert copy(0, copy.size) == leaves(0, leaves.size)
    assert len(pickle.dumps(leaves)) < 4_000


def test_a_log_built_of_leaves_has_the_root_over_their_hashes(opened: Opening, tmp_path: Path) -> None:
    leaves = Leaves(opened, CLOSES, written(tmp_path / "b", [500, 200]))
    (tmp_path / "log").mkdir()

    root = build(tmp_path / "log", leaves.size, leaves, workers=1)

    assert root == root_of([leaf_hash(leaf) for leaf in plain(opened, 700)])


@pytest.mark.parametrize(("at", "number"), [(0, 1), (150, 151), (299, 0)])
def test_a_ballot_that_is_not_numbered_as_its_place_is_named(
    opened: Opening, tmp_path: Path, at: int, number: int
) -> None:
    rows = [row(place) for place in range(300)]
    rows[at]["ballot"] = number
    path = tmp_path / "day=1" / "part-0.parquet"
    path.parent.mkdir()
    write_table(pa.Table.from_pylist(rows, schema=table("ballots").schema), path)

    with pytest.raises(ProofInvalid, match=rf"row {at + 1} of row group 1: the ballot is numbered {number}, its place"):
        Leaves(opened, CLOSES, [path])(0, 302)


def test_a_file_that_no_longer_reads_is_named(opened: Opening, tmp_path: Path) -> None:
    path = written(tmp_path, [300])[0]
    leaves = Leaves(opened, CLOSES, [path])
    data = bytearray(path.read_bytes())
    data[4:1000] = bytes(996)
    path.write_bytes(data)

    with pytest.raises(DigestMismatch, match=r"part-0\.parquet cannot be read"):
        leaves(0, 10)


def test_a_file_that_is_no_parquet_is_named(opened: Opening, tmp_path: Path) -> None:
    path = written(tmp_path, [3])[0]
    path.write_bytes(b"PAR1 no more")

    with pytest.raises(DigestMismatch, match=r"part-0\.parquet cannot be read"):
        Leaves(opened, CLOSES, [path])


def test_a_leaf_is_told_by_the_row_that_it_comes_from(opened: Opening, tmp_path: Path) -> None:
    leaves = Leaves(opened, CLOSES, written(tmp_path, [120, 30]))

    assert leaves.told(0) == opened.leaf.decode()
    assert "'ballot': 125," in leaves.told(126)
    assert leaves.told(126).endswith("in day=1/part-0.parquet")
    assert leaves.told(151) == closing(150, CLOSES).decode()


def test_the_opening_of_a_copy_is_read_from_its_leaf(opened: Opening) -> None:
    assert read_opening(opened.leaf) == opened
