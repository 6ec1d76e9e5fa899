"""Files as offices make them: delimiters, encodings, marks in numbers, line ends, sheets, arrays."""

from __future__ import annotations

import json
import unicodedata
import zipfile
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Literal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from plaudit.base.errors import RuleInvalid, SourceChanged
from tests.collect.collecting import COUNTERS, HEADER, LATER, LOVE, Collection, counts, row

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

TWO = HEADER + LOVE + LATER
VALUES = [("likes", 3880071), ("likes", 4470888), ("views", 39349927), ("views", 62796390)]
KOREAN = TWO.replace("FAKE LOVE", "방탄소년단")


def csv_file(folder: Path, data: bytes | str, keys: str = "") -> Collection:
    return Collection(folder, {"data/counts.csv": data}, COUNTERS + keys)


def workbook(path: Path, *rows: Sequence[object], sheets: Sequence[str] = ("Counts",)) -> None:
    book = xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd hh:mm:ss", "in_memory": True})
    for name in sheets:
        sheet = book.add_worksheet(name)
        for number, cells in enumerate(rows if name == "Counts" else []):
            for column, cell in enumerate(cells):
                sheet.write(number, column, cell)
    book.close()


@pytest.mark.parametrize(("delimiter", "said"), [(";", '";"'), ("\t", '"\\t"'), ("|", '"|"')])
def test_another_delimiter_is_told_and_once_declared_read(tmp_path: Path, delimiter: str, said: str) -> None:
    text = TWO.replace(",", delimiter)

    with pytest.raises(SourceChanged) as caught:
        csv_file(tmp_path, text).collect()

    assert "line 1: its fields are parted by" in caught.value.what
    assert caught.value.remedy == f"add to the source: delimiter = {said}"
    assert csv_file(tmp_path, text, f"delimiter = {said}\n").collect().values == VALUES


@pytest.mark.parametrize("name", ["counts.tsv", "counts.TSV"])
def test_a_file_called_tsv_is_parted_by_tabs(tmp_path: Path, name: str) -> None:
    made = Collection(tmp_path, {f"data/{name}": TWO.replace(",", "\t")})

    assert made.collect(strict=True).values == VALUES


def open_document(path: Path, *rows: Sequence[object]) -> None:
    """Write a spreadsheet as LibreOffice does: numbers and dates have their value beside what is shown."""
    names = "urn:oasis:names:tc:opendocument:xmlns:"

    def cell(value: object) -> str:
        kind, said = ("float", "value") if isinstance(value, int | float) else ("string", "string-value")
        if isinstance(value, date):
            kind, said, value = "date", "date-value", value.isoformat()
        return (
            f'<table:table-cell office:value-type="{kind}" office:{said}="{value}"><text:p>{value}</text:p>'
            "</table:table-cell>"
        )

    body = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    text = (
        f'<office:document-content xmlns:office="{names}office:1.0" xmlns:table="{names}table:1.0" '
        f'xmlns:text="{names}text:1.0"><office:body><office:spreadsheet><table:table table:name="S">{body}'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", f'<m:manifest xmlns:m="{names}manifest:1.0"/>')
        archive.writestr("content.xml", text)


def test_an_open_document_is_read_as_a_workbook(tmp_path: Path) -> None:
    made = Collection(tmp_path, {})
    seen = [datetime(2018, 5, day, tzinfo=UTC).replace(tzinfo=None) for day in (19, 20)]
    rows = [["a1", "ibighit", "FAKE LOVE", "2018-05-18T09:00:00Z", at, 39349927.0, 5] for at in seen]
    open_document(tmp_path / "data" / "counts.ods", HEADER.strip().split(","), *rows)

    assert made.collect(strict=True).values == [("likes", 5), ("likes", 5), ("views", 39349927), ("views", 39349927)]


def test_a_large_number_as_id_in_an_open_document_is_refused(tmp_path: Path) -> None:
    made = Collection(tmp_path, {})
    open_document(
        tmp_path / "data" / "counts.ods", HEADER.strip().split(","), [1.05e18, "ibighit", "t", "x", "x", 1, 1]
    )

    with pytest.raises(SourceChanged, match="15 digits"):
        made.collect()


@pytest.mark.parametrize("hint", ["sep=;", "SEP=;", '"sep=;"'])
def test_a_line_that_names_the_separator_is_obeyed_and_rows_keep_their_lines(tmp_path: Path, hint: str) -> None:
    made = csv_file(tmp_path, f"{hint}\r\n" + (TWO + row("a9", views="-1")).replace(",", ";")).collect()

    assert made.values == [*VALUES, ("likes", 1)]  # of the last row only the views are wrong
    assert made.set_aside == [("data/counts.csv", 5, "out of range")]


def test_a_separator_line_that_contradicts_the_source_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceChanged, match=r"the file says sep=;, and delimiter says '\|'"):
        csv_file(tmp_path, "sep=;\n" + TWO.replace(",", ";"), 'delimiter = "|"\n').collect()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_an_encoding_with_a_mark_is_read_by_it(tmp_path: Path, encoding: str) -> None:
    made = csv_file(tmp_path, KOREAN.encode(encoding)).collect()

    assert made.values == VALUES
    assert [post["title"] for post in made.rows("posts")] == ["방탄소년단"]


@pytest.mark.parametrize("encoding", ["cp949", "EUC-KR", "utf-16-le", "utf-16-be", "gb18030"])
def test_a_declared_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    made = csv_file(tmp_path, KOREAN.encode(encoding), f'encoding = "{encoding}"\n').collect()

    assert made.values == VALUES
    assert [post["title"] for post in made.rows("posts")] == ["방탄소년단"]


@pytest.mark.parametrize(
    ("title", "encoding", "byte", "place"),
    [("방탄", "cp949", "0xb9", 12), ("Beyoncé", "cp1252", "0xe9", 18), ("嵐ですよ", "shift_jis", "0x97", 12)],
)
def test_a_byte_that_is_not_of_the_encoding_is_named_with_one_that_it_may_be_of(
    tmp_path: Path, title: str, encoding: str, byte: str, place: int
) -> None:
    wrong = row("a9", title=title).encode(encoding)
    made = csv_file(tmp_path, HEADER.encode() + wrong + (LOVE + LATER).encode()).collect()

    assert made.values == VALUES
    [aside] = made.rows("set_aside")
    assert (aside["row"], aside["reason"]) == (2, "not UTF-8")
    assert f"byte {byte}, number {place} of the line, is not UTF-8" in aside["detail"]
    assert f'say encoding = "{encoding}"' in aside["detail"]


def test_a_mark_that_contradicts_the_declared_encoding_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceChanged, match="begins with the mark of UTF-16, and encoding says cp949"):
        csv_file(tmp_path, TWO.encode("utf-16"), 'encoding = "cp949"\n').collect()


def test_utf16_without_its_mark_is_told_with_the_key_to_add(tmp_path: Path) -> None:
    with pytest.raises(SourceChanged, match="UTF-16 without its mark") as caught:
        csv_file(tmp_path, TWO.encode("utf-16-le")).collect()

    assert 'encoding = "utf-16-le"' in caught.value.remedy


@pytest.mark.parametrize("end", ["\r", "\r\n", "\n"])
@pytest.mark.parametrize("last", ["", "end"])
def test_every_line_end_gives_the_same_rows(tmp_path: Path, end: str, last: str) -> None:
    made = csv_file(tmp_path, TWO.rstrip("\n").replace("\n", end) + (end if last else "")).collect()

    assert made.values == VALUES
    assert made.set_aside == []


@pytest.mark.parametrize(
    ("keys", "views", "value"),
    [
        ('thousands = ","', '"39,349,927"', 39349927),
        ('thousands = ","', '"3,93,49,927"', 39349927),
        ('thousands = "."', "39.349.927", 39349927),
        ('thousands = "."', '"39.349.927,0"', 39349927),
        ('thousands = " "', "39 349 927", 39349927),
        ('thousands = " "', "39\u202f349\u202f927", 39349927),
        ('thousands = " "', "39\xa0349\xa0927", 39349927),
        ('thousands = "\'"', "39’349’927", 39349927),
        ('decimal = ","', '"39349927,00"', 39349927),
        ('decimal = "."', "39349927.000", 39349927),
        ('thousands = ","', "7", 7),
        ("", "39349927.0", 39349927),
    ],
)
def test_marks_in_numbers_are_read_as_declared(tmp_path: Path, keys: str, views: str, value: int) -> None:
    made = counts(tmp_path, row(views=views), sources=COUNTERS + keys + "\n")

    assert ("views", value) in made.values
    assert made.set_aside == []


@pytest.mark.parametrize(
    ("keys", "views"),
    [
        ("", '"1,234"'),
        ("", "1.000"),
        ("", "12.5"),
        ("", "1.2K"),
        ('thousands = ","', '"1,23"'),
        ('thousands = ","', '"12,34,56"'),
        ('thousands = ","', "1.000.000"),
        ('thousands = "."', "1.00"),
        ('decimal = ","', "1.000"),
        ('decimal = ","', "1.0"),
    ],
)
def test_a_number_that_may_mean_two_things_is_set_aside(tmp_path: Path, keys: str, views: str) -> None:
    made = counts(tmp_path, row(views=views), sources=COUNTERS + keys + "\n")

    assert made.set_aside == [("data/counts.csv", 2, "not a whole number")]


def test_whole_doubles_are_whole_numbers_below_two_to_the_53(tmp_path: Path) -> None:
    made = Collection(tmp_path, {})
    head, *_ = [line.split(",") for line in TWO.splitlines()]
    texts = ["a1", "ibighit", "t", "2018-05-18T09:00:00Z", "2018-05-19"]
    rows = [dict(zip(head, [*texts, number, 1.0], strict=True)) for number in (12.0, 12.5, 2.0**53, 1e300)]
    for number, found in enumerate(rows):
        found["id"] = f"a{number}"
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "data/counts.parquet")

    made.collect()

    assert ("views", 12) in made.values
    assert made.set_aside[0][2] == "not a whole number"
    assert len(made.set_aside) == 3


def test_blanks_around_names_and_fields_are_not_part_of_them(tmp_path: Path) -> None:
    text = TWO.replace(",", " , ").replace("FAKE LOVE", '"FAKE, LOVE"').replace('" ,', '",')
    made = csv_file(tmp_path, text).collect()

    assert made.values == VALUES
    assert [post["title"] for post in made.rows("posts")] == ["FAKE, LOVE"]


def test_a_surplus_field_is_named(tmp_path: Path) -> None:
    made = counts(tmp_path, LOVE.replace("FAKE LOVE", "FAKE, LOVE"))

    assert "8 fields, the header has 7; the surplus is ['3880071']" in made.rows("set_aside")[0]["detail"]


def records(text: str) -> list[dict[str, str]]:
    head, *rest = [line.split(",") for line in text.splitlines()]
    return [dict(zip(head, values, strict=True)) for values in rest]


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("name", ["counts.json", "counts.jsonl"])
def test_a_json_array_is_read_however_it_is_printed(tmp_path: Path, indent: int | None, name: str) -> None:
    wrong = {**records(TWO)[0], "id": "a9", "views": -1}
    text = json.dumps([*records(TWO), wrong, 7], indent=indent)
    made = Collection(tmp_path, {f"data/{name}": text}).collect()

    assert made.values == [*VALUES, ("likes", int(records(TWO)[0]["likes"]))]
    assert made.set_aside == [(f"data/{name}", 3, "out of range"), (f"data/{name}", 4, "malformed row")]


@pytest.mark.parametrize(
    ("tail", "said"),
    [
        (", {", "line 1, item 3 of the array"),
        ("", "line 1, item 2 of the array: neither a comma nor the end"),
        ("] 5", "more follows the array: 5"),
        (", " + "[" * 200_000, "item 3 of the array: values within values, too deep to be read"),
    ],
)
def test_a_broken_array_is_refused_where_it_breaks(tmp_path: Path, tail: str, said: str) -> None:
    with pytest.raises(SourceChanged) as caught:
        Collection(tmp_path, {"data/counts.json": json.dumps(records(TWO))[:-1] + tail}).collect()

    assert said in caught.value.what


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ("[" * 200_000, "malformed row"),
        ('{"id": "a9", "id": "a8"%s}', "malformed row"),
        ('{"id": "a9"%s, "views": NaN}', "malformed row"),
        ('{"id": "a9"%s, "views": -Infinity}', "malformed row"),
        ('{"id": "a9"%s, "views": 9007199254740993}', "out of range"),
        ('{"id": "a9"%s, "views": 1e400}', "not a whole number"),
        ('{"id": "a9"%s, "views": 1e99999999999999999999}', "out of range"),
        ('{"id": "a9"%s, "views": ' + "9" * 5000 + "}", "out of range"),
    ],
)
def test_json_that_is_none_sets_its_row_or_its_metric_aside(tmp_path: Path, wrong: str, reason: str) -> None:
    rest = "".join(f', "{key}": "{value}"' for key, value in records(TWO)[0].items() if key not in {"id", "views"})
    good = "".join(json.dumps(record) + "\n" for record in records(TWO))
    wrong = wrong.replace("%s", rest if "views" in wrong else rest + ', "views": "5"')
    made = Collection(tmp_path, {"data/counts.jsonl": good + wrong}).collect()
    is_row = '"id": "a9"' in wrong and '"a8"' not in wrong  # else it is a metric alone

    assert made.values == VALUES + [("likes", int(records(TWO)[0]["likes"]))] * is_row
    assert made.set_aside == [("data/counts.jsonl", 3, reason)]


def test_a_key_that_no_object_has_is_refused_and_one_that_some_lack_is_not(tmp_path: Path) -> None:
    some = records(TWO)
    del some[0]["title"]
    lines = "".join(json.dumps(record) + "\n" for record in some)
    assert len(Collection(tmp_path, {"data/counts.jsonl": lines}).collect().rows("posts")) == 1

    for record in some:
        record.pop("title", None)
    with pytest.raises(SourceChanged, match="no column 'title'"):
        Collection(tmp_path, {"data/counts.jsonl": "".join(json.dumps(one) + "\n" for one in some)}).collect()


def sheet_cells() -> list[list[object]]:
    from datetime import datetime

    cells: list[list[object]] = [list(HEADER.strip().split(","))]
    for record in records(TWO):
        at = {key: datetime.fromisoformat(record[key]).replace(tzinfo=None) for key in ("published", "seen")}
        numbers = {key: int(record[key]) for key in ("views", "likes")}
        cells.append([({**record, **at, **numbers})[name] for name in HEADER.strip().split(",")])
    return cells


def test_a_sheet_is_read_with_its_dates_and_numbers(tmp_path: Path) -> None:
    made = Collection(tmp_path, {})
    cells = sheet_cells()
    late = [*cells[1]]
    late[0], late[5] = "a9", 1.5
    workbook(tmp_path / "data/counts.xlsx", *cells, [], late)

    made.collect()

    assert made.values == [*VALUES, ("likes", 3880071)]
    assert made.set_aside == [("data/counts.xlsx", 5, "not a whole number")]
    # midnights beside a time of day in their column would be midnights; here all are dates, and stand for noon
    assert {found["observed_at"] for found in made.rows("readings")} == {1526731200000000, 1526817600000000}


def test_a_midnight_in_a_column_of_times_is_a_midnight(tmp_path: Path) -> None:
    from datetime import datetime

    made = Collection(tmp_path, {})
    cells = sheet_cells()
    cells[2][4] = datetime(2018, 5, 20, 0, 30)  # noqa: DTZ001
    workbook(tmp_path / "data/counts.xlsx", *cells)

    made.collect()

    assert {found["observed_at"] for found in made.rows("readings")} == {1526688000000000, 1526776200000000}


def test_a_workbook_of_several_sheets_asks_for_one(tmp_path: Path) -> None:
    made = Collection(tmp_path, {})
    workbook(tmp_path / "data/counts.xlsx", *sheet_cells(), sheets=("Notes", "Counts"))

    with pytest.raises(SourceChanged, match="has 2 sheets: 'Notes', 'Counts'"):
        made.collect()
    with pytest.raises(SourceChanged, match="has no sheet 'Sums': 'Notes', 'Counts'"):
        Collection(tmp_path, {}, COUNTERS + 'sheet = "Sums"\n').collect()
    assert Collection(tmp_path, {}, COUNTERS + 'sheet = "Counts"\n').collect().values == VALUES
    with pytest.raises(SourceChanged, match="empty"):
        Collection(tmp_path, {}, COUNTERS + 'sheet = "Notes"\n').collect()


def test_a_sheet_that_lacks_a_column_is_named_with_its_row(tmp_path: Path) -> None:
    made = Collection(tmp_path, {})
    workbook(tmp_path / "data/counts.xlsx", [], *[line[:-1] for line in sheet_cells()])

    with pytest.raises(SourceChanged, match=r"counts.xlsx, sheet 'Counts', row 2: no column 'likes'"):
        made.collect()


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\x03\x04" + b"x" * 100, b"id,channel\n"])
def test_what_is_no_workbook_is_refused_by_name(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(SourceChanged, match=r"counts\.xlsx is not a workbook"):
        Collection(tmp_path, {"data/counts.xlsx": data}).collect()


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_file_is_found_and_named_alike_in_every_unicode_form(tmp_path: Path, form: Literal["NFC", "NFD"]) -> None:
    name = unicodedata.normalize(form, "data/방탄 é.csv")
    sources = COUNTERS.replace("data/counts*", "data/방탄 é*")
    made = Collection(tmp_path, {name: TWO + row("a9", views="-1")}, sources).collect()

    assert made.values == [*VALUES, ("likes", 1)]
    assert made.set_aside == [("data/방탄 é.csv", 4, "out of range")]


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ('delimiter = "ab"', "'ab' parts no fields"),
        ('delimiter = "x"', "'x' parts no fields"),
        ('encoding = "klingon"', "no encoding 'klingon'"),
        ('encoding = "rot13"', "no encoding 'rot13'"),
        ('decimal = ","\nthousands = ","', "',' is the decimal mark too"),
        ('thousands = "."\ndecimal = "."', "'.' is the decimal mark too"),
        ('format = "parquet"\ndelimiter = ";"', "a file of format parquet has no delimiter"),
        ('constants = { title = "x" }', "title is mapped under [source.columns] too"),
        ('formats = { title = "%Y" }', "the source maps no column 'title' that this could be of"),
        ('replace = { media = { a = "b" } }', "the source maps no column 'media'"),
        ('[source.lookup.nominee]\nfile = "x"\nkey = "a"\nvalue = "b"', "the source maps no column 'nominee'"),
    ],
)
def test_a_declaration_that_no_file_can_fit_is_refused_when_the_season_is_read(
    tmp_path: Path, keys: str, said: str
) -> None:
    with pytest.raises(RuleInvalid) as caught:
        csv_file(tmp_path, TWO, keys + "\n").collect()

    assert said in caught.value.what
