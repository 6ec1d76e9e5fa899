"""Files as they come: cut, quoted, compressed, in another encoding or another shape."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plaudit.base.errors import SourceChanged, SourceUnavailable
from plaudit.collect.read import read_rows
from tests.collect.collecting import COUNTERS, HEADER, LATER, LOVE, Collection, counts, row
from tests.profiles import examples

if TYPE_CHECKING:
    from pathlib import Path

TWO = HEADER + LOVE + LATER
VALUES = [("likes", 3880071), ("likes", 4470888), ("views", 39349927), ("views", 62796390)]
CUT = 'a2,ibighit,"FAKE LOVE'


def records(lines: str) -> list[dict[str, str]]:
    head, *rest = [line.split(",") for line in lines.splitlines()]
    return [dict(zip(head, values, strict=True)) for values in rest]


@pytest.mark.parametrize("cut", ["a2,ibighit,FAKE", CUT, "a2", '"'])
def test_a_last_line_that_was_cut_is_set_aside_alone(tmp_path: Path, cut: str) -> None:
    made = counts(tmp_path, LOVE, LATER, cut)

    assert made.values == VALUES
    assert made.set_aside == [("data/counts.csv", 4, "malformed row")]


def test_a_quote_never_closed_spoils_one_line_only(tmp_path: Path) -> None:
    made = counts(tmp_path, LOVE, CUT + "\n", LATER)

    assert made.values == VALUES
    assert made.set_aside == [("data/counts.csv", 3, "malformed row")]


def test_two_quotes_never_closed_spoil_two_lines_and_nothing_between(tmp_path: Path) -> None:
    made = counts(tmp_path, CUT + "\n", LOVE, LATER, CUT + "\n", row("a3", views="7"))

    assert made.set_aside == [("data/counts.csv", 2, "malformed row"), ("data/counts.csv", 5, "malformed row")]
    assert len(made.rows("readings")) == 6


def test_a_quoted_title_may_hold_commas_quotes_and_line_ends(tmp_path: Path) -> None:
    made = counts(tmp_path, LOVE.replace("FAKE LOVE", '"FAKE, ""LOVE""\nMV"'), row("a2"))

    assert [post["title"] for post in made.rows("posts")] == ['FAKE, "LOVE"\nMV', "t"]
    assert [post["row"] for post in made.rows("posts")] == [2, 4]
    assert made.set_aside == []


@settings(max_examples=examples(60))
@given(lines=st.lists(st.sampled_from(["good,1", 'open,"1', '"two\nlines",2', "short", 'a"b,3']), max_size=12))
def test_every_good_line_comes_out_whatever_stands_around_it(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str]
) -> None:
    path = tmp_path_factory.mktemp("lines") / "x.csv"
    path.write_text("name,n\n" + "".join(f"{line}\n" for line in lines), "utf-8")

    rows = list(read_rows(path, "csv", ["name", "n"], "x"))

    named = [found.values["name"] for found in rows if not found.reason]
    assert named.count("good") == lines.count("good,1")
    assert {found.reason for found in rows if found.reason} <= {"malformed row"}


def test_a_missing_column_is_named_with_file_line_and_what_is_there(tmp_path: Path) -> None:
    with pytest.raises(SourceChanged) as caught:
        Collection(tmp_path, {"data/counts.csv": TWO.replace("views", "view_count")}).collect()

    assert caught.value.what == (
        "source counts: counts.csv, line 1: no column 'views'; it has id, channel, title, published, seen, "
        "view_count, likes"
    )
    assert "season.toml" in caught.value.remedy
    assert caught.value.exit_code == 4


def test_a_column_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceChanged, match="two columns 'views'"):
        Collection(tmp_path, {"data/counts.csv": HEADER.replace("likes", "views,likes") + LOVE}).collect()


def test_a_header_in_another_encoding_is_told_in_printable_words(tmp_path: Path) -> None:
    with pytest.raises(SourceChanged, match="line 1: byte 0xc1, number 33 of the line, is not UTF-8") as caught:
        Collection(
            tmp_path, {"data/counts.csv": TWO.replace("likes", "좋아요").replace("views", "조회").encode("cp949")}
        ).collect()

    str(caught.value).encode("utf-8")


def test_bytes_that_are_not_utf8_set_one_row_aside(tmp_path: Path) -> None:
    bad = LOVE.replace("FAKE LOVE", "방탄").encode("euc-kr").replace(b"a1", b"a9")
    made = Collection(tmp_path, {"data/counts.csv": HEADER.encode() + bad + (LOVE + LATER).encode()}).collect()

    assert made.values == VALUES
    assert made.set_aside == [("data/counts.csv", 2, "not UTF-8")]
    assert r"\xb9\xe6" in made.rows("set_aside")[0]["detail"]


def test_half_an_emoji_in_json_sets_one_row_aside(tmp_path: Path) -> None:
    bad = json.dumps({**records(HEADER + LOVE)[0], "title": "\ud83d", "id": "a9"})
    good = "".join(json.dumps(record) + "\n" for record in records(TWO))
    made = Collection(tmp_path, {"data/counts.jsonl": bad + "\n" + good}).collect()

    assert made.values == VALUES
    assert made.set_aside == [("data/counts.jsonl", 1, "not UTF-8")]


@pytest.mark.parametrize("name", ["counts.csv", "counts.jsonl", "counts.csv.gz", "counts.parquet"])
def test_an_empty_file_is_refused_by_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(SourceChanged, match=name):
        Collection(tmp_path, {f"data/{name}": b""}).collect()


@pytest.mark.parametrize("header", [HEADER, HEADER.strip(), "\ufeff" + HEADER, HEADER.replace("\n", "\r\n")])
def test_a_file_with_a_header_only_gives_no_rows_and_no_error(tmp_path: Path, header: str) -> None:
    made = Collection(tmp_path, {"data/counts.csv": header}).collect()

    assert made.rows("readings") == made.rows("posts") == []
    assert made.set_aside == []


def test_no_file_at_all_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable, match=r"no file data/counts\*"):
        Collection(tmp_path, {}).collect()


def test_a_file_without_a_known_ending_asks_for_its_format(tmp_path: Path) -> None:
    with pytest.raises(SourceChanged, match=r"counts\.txt has an unknown ending"):
        Collection(tmp_path, {"data/counts.txt": TWO}).collect()

    declared = COUNTERS + 'format = "csv"\n'
    assert Collection(tmp_path, {"data/counts.txt": TWO}, declared).collect().values == VALUES


def contents(text: str) -> dict[str, bytes]:
    rows = records(text)
    jsonl = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in rows)
    numbers = "".join(json.dumps({**r, "views": int(r["views"]), "likes": int(r["likes"])}) + "\n" for r in rows)
    return {
        "counts.csv": text.encode(),
        "counts_bom.csv": b"\xef\xbb\xbf" + text.encode(),
        "counts_crlf.csv": text.replace("\n", "\r\n").encode(),
        "counts_uncut.csv": text.rstrip("\n").encode(),
        "counts.csv.gz": gzip.compress(text.encode()),
        "counts.csv.zst": pa.compress(text.encode(), "zstd", asbytes=True),
        "counts.jsonl": jsonl.encode(),
        "counts.ndjson": numbers.encode(),
        "counts_bom.jsonl": b"\xef\xbb\xbf" + jsonl.encode(),
        "counts.jsonl.gz": gzip.compress(jsonl.encode()),
    }


@pytest.mark.parametrize("name", [*contents(TWO), "counts.parquet", "counts_typed.parquet"])
def test_the_same_content_gives_the_same_tables_in_every_format(tmp_path: Path, name: str) -> None:
    made = Collection(tmp_path, {})
    table = pa.Table.from_pylist(records(TWO))
    if name == "counts.parquet":
        pq.write_table(table, tmp_path / "data" / name)
    elif name == "counts_typed.parquet":
        times = pa.timestamp("ns", "UTC")
        for column, kind in (("views", pa.int64()), ("likes", pa.int32()), ("seen", times), ("published", times)):
            at = table.schema.get_field_index(column)
            table = table.set_column(at, column, table[column].cast(kind))
        pq.write_table(table, tmp_path / "data" / name)
    else:
        (tmp_path / "data" / name).write_bytes(contents(TWO)[name])

    made.collect()

    told = [{key: found[key] for key in found if key != "row"} for found in made.rows("readings")]
    assert [(found["metric"], found["value"]) for found in told] == VALUES
    assert {found["observed_at"] for found in told} == {1526688000000000, 1526774400000000}
    assert [(post["title"], post["artist"]) for post in made.rows("posts")] == [("FAKE LOVE", "bts")]
    assert made.set_aside == []


@pytest.mark.parametrize("name", ["counts.csv.gz", "counts.csv.zst", "counts.parquet"])
def test_a_compressed_file_that_was_cut_is_refused_by_name(tmp_path: Path, name: str) -> None:
    many = HEADER + "".join(row(f"a{number}", views=str(number * 7919)) for number in range(4000))
    made = Collection(tmp_path, {})
    path = tmp_path / "data" / name
    if name.endswith("parquet"):
        pq.write_table(pa.Table.from_pylist(records(many)), path)
        data = bytearray(path.read_bytes())
        data[100:2000] = bytes(1900)
    else:
        data = bytearray(contents(many)[name])
        del data[len(data) // 2 :]
    path.write_bytes(data)

    with pytest.raises(SourceChanged, match=name):
        made.collect()


def test_a_file_named_gz_that_is_not_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(SourceChanged, match=r"counts\.csv\.gz cannot be read"):
        Collection(tmp_path, {"data/counts.csv.gz": TWO}).collect()


def test_json_lines_that_are_no_objects_are_set_aside(tmp_path: Path) -> None:
    good = "".join(json.dumps(record) + "\n" for record in records(TWO))
    made = Collection(tmp_path, {"data/counts.jsonl": good + '[1]\n{"id": \n\n3\n'}).collect()

    assert made.values == VALUES
    assert [number for _, number, reason in made.set_aside if reason == "malformed row"] == [3, 4, 6]


def test_a_json_value_that_is_no_text_is_set_aside(tmp_path: Path) -> None:
    good = "".join(json.dumps(record) + "\n" for record in records(TWO))
    bad = json.dumps({**records(TWO)[0], "id": {"$oid": "5"}})
    made = Collection(tmp_path, {"data/counts.jsonl": good + bad}).collect()

    assert made.values == VALUES
    assert made.set_aside == [("data/counts.jsonl", 3, "not a text")]
