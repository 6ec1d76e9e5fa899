"""Whatever bytes a source holds, only our own errors come out; and spellings of one thing give one thing."""

from __future__ import annotations

import io
import json
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plaudit.base.errors import PlauditError
from plaudit.collect.staging import SetAside, source_rows
from plaudit.collect.suggest import suggest
from plaudit.collect.values import Unusable, as_counter
from plaudit.rulebook.season import read_season
from tests.collect.collecting import COUNTERS, HEADER, LATER, LOVE, Collection
from tests.collect.test_forms import sheet_cells, workbook
from tests.profiles import examples

if TYPE_CHECKING:
    from collections.abc import Callable

    from plaudit.rulebook.sources import Source

LINES = [LOVE, LATER, LOVE.replace("a1", "a2").replace("FAKE LOVE", "방탄 “é”"), LATER.replace("a1", "a3")]
NAMES = HEADER.strip().split(",")
RECORDS = [dict(zip(NAMES, line.strip().split(","), strict=True)) for line in LINES]
QUICK = settings(max_examples=examples(40), suppress_health_check=[HealthCheck.too_slow])


@cache
def sound() -> dict[str, bytes]:
    """One sound file of every kind."""
    typed = pa.Table.from_pylist([{**record, "views": int(record["views"])} for record in RECORDS])
    held = io.BytesIO()
    pq.write_table(typed, held)
    with tempfile.TemporaryDirectory() as folder:
        workbook(Path(folder) / "x.xlsx", *sheet_cells())
        sheet = (Path(folder) / "x.xlsx").read_bytes()
    return {
        "counts.csv": (HEADER + "".join(LINES)).encode(),
        "counts.csv.gz": pa.compress((HEADER + "".join(LINES)).encode(), "gzip", asbytes=True),
        "counts.jsonl": "".join(json.dumps(record) + "\n" for record in RECORDS).encode(),
        "counts.json": json.dumps(RECORDS, indent=1).encode(),
        "counts.parquet": held.getvalue(),
        "counts.xlsx": sheet,
    }


@st.composite
def spoiled(draw: Callable[[st.SearchStrategy[Any]], Any]) -> tuple[str, bytes]:
    """A sound file of some kind with bytes changed, cut out, put in or left off; or no such file at all."""
    name = draw(st.sampled_from(sorted(sound())))
    if draw(st.integers(0, 9)) == 0:
        return name, draw(st.binary(max_size=60))
    data = bytearray(sound()[name])
    pieces = st.one_of(
        st.binary(min_size=1, max_size=4),
        st.sampled_from([b"\x00", b"\r", b'"', b"\n", b"[[", b"NaN", b"\xef\xbb\xbf", b"1e9", b"\xff\xfe"]),
    )
    for _ in range(draw(st.integers(1, 5))):
        at = draw(st.integers(0, len(data)))
        data[at : at + draw(st.integers(0, 6))] = draw(pieces)
    return name, bytes(data[: draw(st.integers(0, len(data)))] if draw(st.booleans()) else data)


@cache
def source_of(keys: str) -> Source:
    """A declared source of counters; it is read once."""
    with tempfile.TemporaryDirectory() as folder:
        [source] = read_season(Collection(Path(folder), {}, COUNTERS + keys).folder).sources
    return source


def taken(folder: Path, source: Source) -> tuple[list[tuple[object, ...]], int]:
    """Give what each row of a source says, in its order, and how many rows say nothing."""
    set_aside, found = SetAside(), []
    for line in source_rows(folder, source, set_aside, lambda _name, _rows: None):
        try:
            texts = [line.text(column) for column in ("post", "account", "title")]
            instants = [line.instant(column) for column in ("published_at", "observed_at")]
            found.append(
                (*texts, *instants, *(as_counter(line.values[column], column) for column in ("views", "likes")))
            )
        except Unusable as unusable:
            set_aside.add(source.id, line.file, line.row, unusable.reason, unusable.detail)
    return sorted(found), len(set_aside.rows)


def placed(folder: Path, files: dict[str, bytes]) -> Path:
    """Write files into a folder and give it."""
    (folder / "data").mkdir()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


@settings(QUICK, max_examples=examples(150))
@given(file=spoiled())
def test_only_our_own_errors_come_out_of_any_file(file: tuple[str, bytes]) -> None:
    name, data = file
    with tempfile.TemporaryDirectory() as folder:
        path = placed(Path(folder), {f"data/{name}": data}) / "data" / name
        for reads in (lambda: taken(path.parents[1], source_of("")), lambda: suggest(path)):
            try:
                reads()
            except PlauditError as error:
                str(error).encode("utf-8")


def told(files: dict[str, bytes], keys: str = "") -> tuple[list[tuple[object, ...]], int]:
    """Give what the rows of these files say."""
    with tempfile.TemporaryDirectory() as folder:
        return taken(placed(Path(folder), files), source_of(keys))


FIELD = st.sampled_from(["FAKE LOVE", "방탄소년단", "Beyoncé; live", "a, b", 'say "hi"', "", "x|y"])


def csv_text(rows: list[list[str]], delimiter: str, pad: str, end: str) -> str:
    def field(text: str) -> str:
        return '"' + text.replace('"', '""') + '"' if any(mark in text for mark in (delimiter, '"')) else text

    head = (pad + delimiter + pad).join(NAMES)
    return end.join([head, *(delimiter.join(field(text) for text in cells) for cells in rows)]) + end


@settings(QUICK, max_examples=examples(60))
@given(
    titles=st.lists(FIELD, min_size=1, max_size=4),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp949", "gb18030"]),
    pad=st.sampled_from(["", " ", "\xa0"]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    number=st.sampled_from(["{}", "{}.0", "{:,}", "{:_}"]),
    order=st.randoms(use_true_random=False),
    cut=st.integers(0, 4),
)
def test_another_spelling_of_the_same_rows_gives_the_same_tables(
    titles: list[str], delimiter: str, encoding: str, pad: str, end: str, number: str, order: Any, cut: int
) -> None:
    titles = [title for title in titles if encoding != "cp949" or "é" not in title]
    rows = [
        [f"a{n}", "ibighit", title, "2018-05-18T09:00:00Z", "2018-05-19T00:00:00Z", str(1234567 + n), "7"]
        for n, title in enumerate(titles)
    ]
    spelt = [[*cells[:5], number.format(int(cells[5])), cells[6]] for cells in rows]
    order.shuffle(spelt)
    keys = f"delimiter = {json.dumps(delimiter)}\n"
    if encoding in {"utf-16-le", "cp949", "gb18030"}:
        keys += f'encoding = "{encoding}"\n'
    if number in {"{:,}", "{:_}"}:
        keys += f'thousands = "{number[2]}"\n'
    pad = "" if encoding == "cp949" else pad

    parts = {"data/counts1.csv": spelt[:cut], "data/counts2.csv": spelt[cut:]}
    files = {name: csv_text(part, delimiter, pad, end).encode(encoding) for name, part in parts.items()}

    assert told(files, keys) == told({"data/counts.csv": csv_text(rows, ",", "", "\n").encode()})
