"""A table that somebody else wrote: each value, each row's place and what the file says of its rows is checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from plaudit.base.errors import DigestMismatch
from plaudit.store.parquet import write_table
from plaudit.store.tables import table
from plaudit.verify import strict
from plaudit.verify.strict import admit, decoded, refuse_other_encoding

if TYPE_CHECKING:
    from pathlib import Path

FACTS = table("voter_facts")
ROWS = [
    {"voter": number, "fact": "state", "value": "closed", "source": "voters", "row": number + 1} for number in range(9)
]


def written(folder: Path, rows: list[dict[str, Any]], name: str = "voter_facts") -> Path:
    path = folder / f"{name}.parquet"
    write_table(pa.Table.from_pylist(rows, schema=table(name).schema), path)
    return path


def refused(path: Path, name: str = "voter_facts") -> str:
    with pytest.raises(DigestMismatch) as caught:
        admit(name, path, path.with_name("copy.parquet"))
    return caught.value.what


def test_what_is_fit_is_written_again_byte_for_byte(tmp_path: Path) -> None:
    path = written(tmp_path, ROWS)
    stated = admit("voter_facts", path, tmp_path / "copy.parquet")

    assert stated["rows"] == 9
    assert (tmp_path / "copy.parquet").read_bytes() == path.read_bytes()
    refuse_other_encoding(path, tmp_path / "copy.parquet")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"voter": None}, "row 4: voter is missing"),
        ({"voter": -1}, "row 4: voter -1 is not from 0 to 9223372036854775807"),
        ({"row": 0}, "row 4: row 0 is not from 1 to "),
        ({"fact": "colour"}, "row 4: fact 'colour' is none of linked, network, state"),
        ({"voter": 2}, "row 4 (voter 2, fact 'state', value 'closed') has the key of the row before it"),
        ({"voter": 1}, "row 4 (voter 1, fact 'state', value 'closed') is out of order"),
    ],
)
def test_a_row_that_the_table_may_not_hold_is_named(tmp_path: Path, changed: dict[str, Any], said: str) -> None:
    rows = [*ROWS[:3], {**ROWS[3], **changed}, *ROWS[4:]]

    assert f"evidence/voter_facts.parquet, {said}" in refused(written(tmp_path, rows))


@pytest.mark.parametrize(("value", "is_fit"), [(2**53, True), (2**53 + 1, False)])
def test_a_counter_is_held_to_what_was_ever_taken(tmp_path: Path, value: int, is_fit: bool) -> None:
    row = {"channel": "web", "nominee": "a", "observed_at": 0, "votes": value, "source": "s", "row": 1}
    path = written(tmp_path, [row], "source_totals")

    if is_fit:
        assert admit("source_totals", path, tmp_path / "copy.parquet")["rows"] == 1
    else:
        assert f"votes {value} is not from 0 to {2**53}" in refused(path, "source_totals")


def test_rows_out_of_order_are_found_where_batches_meet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strict, "_BATCH_ROWS", 3)

    assert "row 4 (voter 2, " in refused(written(tmp_path, [*ROWS[:3], *ROWS[2:]]))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda rows: rows.append_column("more", rows["row"]), "has columns voter, fact, value, source, row, more"),
        (lambda rows: rows.select(["fact", "voter", "value", "source", "row"]), "has columns fact, voter"),
        (lambda rows: rows.set_column(0, "voter", rows["voter"].cast(pa.float64())), "voter has type double"),
        (lambda rows: rows.replace_schema_metadata({"note": "x"}), "holds more than a table"),
    ],
)
def test_a_table_of_another_form_is_refused(tmp_path: Path, change: Any, said: str) -> None:
    path = tmp_path / "voter_facts.parquet"
    pq.write_table(change(pa.Table.from_pylist(ROWS, schema=FACTS.schema)), path)

    assert said in refused(path)


def test_other_row_groups_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "voter_facts.parquet"
    pq.write_table(pa.Table.from_pylist(ROWS, schema=FACTS.schema), path, row_group_size=4)

    assert "has row groups of [4, 4, 1] rows" in refused(path)


def test_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    path = tmp_path / "voter_facts.parquet"
    path.symlink_to(written(tmp_path / "elsewhere", ROWS))

    assert "is a link to another file" in refused(path)


def test_a_text_that_stands_for_gigabytes_is_refused_before_it_is_spelt_out(tmp_path: Path) -> None:
    long = "x" * 1_000_000
    rows = [{**row, "value": long} for row in ROWS] + [
        {**ROWS[0], "voter": 100 + number, "value": long, "row": 1} for number in range(400)
    ]
    path = written(tmp_path, rows)

    assert path.stat().st_size < 100_000
    assert "texts of column value have 409000000 bytes" in refused(path)


def test_false_statistics_are_named_with_what_is_true_whoever_wrote_them(tmp_path: Path) -> None:
    path, copy = written(tmp_path, ROWS), tmp_path / "copy.parquet"
    admit("voter_facts", path, copy)
    footer = path.read_bytes()
    least, most = (0).to_bytes(8, "little"), (8).to_bytes(8, "little")
    at = footer.rindex(most + b"\x18\x08" + least)
    writer = pq.read_metadata(path).created_by.encode()
    lying = footer[:at] + (5).to_bytes(8, "little") + footer[at + 8 :]

    for data in (lying, lying.replace(writer, writer[:-3] + b"x.y")):
        path.write_bytes(data)
        with pytest.raises(DigestMismatch, match="of column voter it says max 5, right is 8"):
            refuse_other_encoding(path, copy)


def test_another_writers_file_of_the_same_rows_is_taken(tmp_path: Path) -> None:
    path, copy = written(tmp_path, ROWS), tmp_path / "copy.parquet"
    writer = pq.read_metadata(path).created_by.encode()
    path.write_bytes(path.read_bytes().replace(writer, writer[:-3] + b"x.y"))
    admit("voter_facts", path, copy)
    refuse_other_encoding(path, copy)

    assert path.read_bytes() != copy.read_bytes()


@pytest.mark.parametrize("data", [b"", b"PAR1", b"PAR1" * 100, b"PAR1" + bytes(64) + b"PAR1"])
def test_what_is_no_parquet_is_told_and_not_thrown(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "voter_facts.parquet"
    path.write_bytes(data)

    with pytest.raises(DigestMismatch, match="cannot be read"):
        list(decoded(FACTS, path))


def test_a_footer_whose_writer_has_no_readable_name_is_refused(tmp_path: Path) -> None:
    right, wrong = tmp_path / "right.parquet", tmp_path / "wrong.parquet"
    pq.write_table(pa.table({"a": [1, 2]}), right)
    assert b"parquet-cpp-arrow" in right.read_bytes()
    wrong.write_bytes(right.read_bytes().replace(b"parquet-cpp-arrow", b"\xffarquet-cpp-arrow"))

    with pytest.raises(DigestMismatch, match="of who wrote it, it says nothing that can be read"):
        refuse_other_encoding(wrong, right)
