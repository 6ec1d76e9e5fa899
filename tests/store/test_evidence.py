from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from plaudit.base.errors import DigestMismatch, OutOfTurn, UnknownName
from plaudit.store.evidence import Evidence
from plaudit.store.tables import TABLES, table

if TYPE_CHECKING:
    from pathlib import Path


def rulings(*ballots: int) -> list[dict[str, Any]]:
    return [{"ballot": ballot, "rule": "r"} for ballot in ballots]


def held(evidence: Evidence, name: str = "rulings") -> list[int]:
    return [row["ballot"] for row in evidence.to_rows(evidence.read(name).order_by("ballot"))]


def cast(*ballots: int) -> list[pa.RecordBatch]:
    rows = [dict.fromkeys(table("ballots").columns) | {"ballot": ballot} for ballot in ballots]
    batches: list[pa.RecordBatch] = pa.Table.from_pylist(rows, schema=table("ballots").schema).to_batches()
    return batches


def test_a_table_is_written_in_its_order_whatever_the_rows_order(tmp_path: Path) -> None:
    one, other = Evidence(tmp_path / "one"), Evidence(tmp_path / "other")
    one.write_rows("rulings", rulings(3, 1, 2))
    other.write_all("rulings", [other.rows("rulings", rulings(2)), other.rows("rulings", rulings(1, 3))])

    assert (one.folder / "rulings.parquet").read_bytes() == (other.folder / "rulings.parquet").read_bytes()


def test_two_rows_of_one_key_are_a_defect(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="1 rows share a key"):
        Evidence(tmp_path).write_rows("rulings", rulings(1, 1))


def test_a_table_that_was_not_made_is_out_of_turn(tmp_path: Path) -> None:
    with pytest.raises(OutOfTurn, match="run first: plaudit chart SEASON"):
        Evidence(tmp_path).read("entries")


def test_no_table_of_another_name(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="no table 'votes'"):
        Evidence(tmp_path).read("votes")


def test_a_file_with_other_columns_does_not_match(tmp_path: Path) -> None:
    evidence = Evidence(tmp_path)
    evidence.write_rows("rulings", rulings(1))
    (tmp_path / "rulings.parquet").rename(tmp_path / "honours.parquet")

    with pytest.raises(DigestMismatch, match=r"honours\.parquet has columns ballot, rule"):
        evidence.read("honours")


def test_a_file_that_is_no_parquet_does_not_match(tmp_path: Path) -> None:
    (tmp_path / "rulings.parquet").write_text("not Parquet")

    with pytest.raises(DigestMismatch, match="not readable Parquet"):
        Evidence(tmp_path).read("rulings")


def test_partitions_are_read_as_one_table(tmp_path: Path) -> None:
    evidence = Evidence(tmp_path)
    evidence.write_stream("ballots", "2018-05-15", cast(2))
    evidence.write_stream("ballots", "2018-05-14", cast(1, 3))

    assert held(evidence, "ballots") == [1, 2, 3]
    assert [path.parent.name for path in evidence.files("ballots")] == ["day=2018-05-14", "day=2018-05-15"]


def test_a_missing_table_is_read_from_beneath_and_written_above(tmp_path: Path) -> None:
    beneath = Evidence(tmp_path / "beneath")
    beneath.write_rows("rulings", rulings(1))
    before = (tmp_path / "beneath" / "rulings.parquet").read_bytes()
    above = Evidence(tmp_path / "above", tmp_path / "beneath")
    assert held(above) == [1]

    above.write_rows("rulings", rulings(2))

    assert held(above) == [2]
    assert (tmp_path / "beneath" / "rulings.parquet").read_bytes() == before


def test_replaced_tables_are_the_new_ones_and_no_old_part_stays(tmp_path: Path) -> None:
    evidence = Evidence(tmp_path)
    evidence.write_rows("rulings", rulings(1))
    evidence.write_stream("ballots", "2018-05-14", cast(1))

    with evidence.replacing(["rulings", "ballots"]) as fresh:
        fresh.write_rows("rulings", rulings(2))
        fresh.write_stream("ballots", "2018-05-15", cast(2))

    assert (held(evidence), held(evidence, "ballots")) == ([2], [2])
    assert not list(tmp_path.glob(".*"))


def test_an_error_while_replacing_leaves_the_old_tables(tmp_path: Path) -> None:
    evidence = Evidence(tmp_path)
    evidence.write_rows("rulings", rulings(1))
    evidence.write_stream("ballots", "2018-05-14", cast(1))

    with pytest.raises(OSError, match="gone"), evidence.replacing(["rulings", "ballots"]) as fresh:  # noqa: PT012
        fresh.write_rows("rulings", rulings(2))
        fresh.write_stream("ballots", "2018-05-15", cast(2))
        raise OSError("the source is gone")

    assert (held(evidence), held(evidence, "ballots")) == ([1], [1])
    assert not list(tmp_path.glob(".*"))


def test_a_folder_with_pattern_signs_in_its_name_is_read(tmp_path: Path) -> None:
    names = ("awards [2018] *", "awards 2 more", "a?b", "axb")
    folders = [Evidence(tmp_path / name) for name in names]
    for number, evidence in enumerate(folders):
        evidence.write_rows("rulings", rulings(number))

    assert [held(evidence) for evidence in folders] == [[0], [1], [2], [3]]


@pytest.mark.parametrize("name", TABLES)
def test_a_tables_order_ends_with_its_key(name: str) -> None:
    declared = table(name)

    assert set(declared.order) >= set(declared.key)
    assert set(declared.order) <= set(declared.columns)
