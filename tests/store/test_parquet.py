from __future__ import annotations

import random
from itertools import pairwise
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plaudit.base.digests import file_sha256
from plaudit.base.errors import FileRefused
from plaudit.store.parquet import ROW_GROUP_ROWS, write_batches, write_table
from tests.profiles import examples

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SCHEMA = pa.schema([("number", pa.int64()), ("text", pa.string())])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made: Path = tmp_path_factory.mktemp("parquet")
    return made


def rows_of(count: int) -> pa.Table:
    chance = random.Random(count)
    numbers = [chance.getrandbits(60) for _ in range(count)]
    return pa.table({"number": numbers, "text": [f"{number % 1_000:x}" for number in numbers]}, schema=SCHEMA)


LARGE = rows_of(ROW_GROUP_ROWS * 2 + 1_234)


@pytest.mark.parametrize("cut", [999, 65_536, ROW_GROUP_ROWS, 10**9])
def test_bytes_do_not_depend_on_how_a_large_stream_was_cut(folder: Path, cut: int) -> None:
    write_table(LARGE.combine_chunks(), folder / "whole.parquet")

    written = write_batches(SCHEMA, LARGE.to_batches(max_chunksize=cut), folder / "cut.parquet")

    assert written == LARGE.num_rows
    assert file_sha256(folder / "cut.parquet") == file_sha256(folder / "whole.parquet")


@given(st.integers(0, 40), st.lists(st.integers(0, 40), max_size=5))
@settings(max_examples=examples(40))
def test_bytes_do_not_depend_on_how_a_small_stream_was_cut(folder: Path, count: int, cuts: list[int]) -> None:
    rows = rows_of(count)
    edges = sorted({0, count, *(min(cut, count) for cut in cuts)})
    batches = [batch for start, end in pairwise(edges) for batch in rows.slice(start, end - start).to_batches()]
    write_table(rows, folder / "whole.parquet")

    write_batches(SCHEMA, batches, folder / "cut.parquet")

    assert (folder / "cut.parquet").read_bytes() == (folder / "whole.parquet").read_bytes()
    assert pq.read_table(folder / "cut.parquet").equals(rows)


def test_row_groups_are_cut_by_count_alone(folder: Path) -> None:
    write_batches(SCHEMA, LARGE.to_batches(max_chunksize=10_007), folder / "groups.parquet")

    held = pq.ParquetFile(folder / "groups.parquet").metadata
    assert [held.row_group(number).num_rows for number in range(held.num_row_groups)] == [
        ROW_GROUP_ROWS,
        ROW_GROUP_ROWS,
        1_234,
    ]


def test_a_stream_that_breaks_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    write_table(rows_of(3), path)

    def broken() -> Iterator[pa.RecordBatch]:
        yield rows_of(5).to_batches()[0]
        raise OSError("the disk is full")

    with pytest.raises(FileRefused, match="the disk is full"):
        write_batches(SCHEMA, broken(), path)
    assert pq.read_table(path).num_rows == 3
