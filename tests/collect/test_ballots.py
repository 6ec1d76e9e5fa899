"""Ballots: pseudonyms, order, duplicates and what cannot be a ballot."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from plaudit.base.errors import SourceChanged
from plaudit.collect.ballots import pseudonym
from tests.collect.collecting import BALLOTS, COVERAGE, KEY, Collection

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "channel,nominee,voter,cast_at\n"
AT = 1526288400000000  # 2018-05-14T09:00:00Z
WIDE = BALLOTS.replace(
    'cast_at = "cast_at" }',
    'cast_at = "cast_at", votes = "votes", gesture = "gesture", tags = "tags", post = "post", '
    'is_deleted = "gone", account_created_at = "born" }',
)
ONE: dict[str, Any] = {
    "channel": "post",
    "nominee": "bts",
    "voter": 7,
    "cast_at": AT,
    "votes": 1,
    "gesture": "post",
    "tags": 1,
    "post": "at://1",
    "gone": False,
    "born": None,
}
TYPES = pa.schema(
    [
        ("channel", pa.dictionary(pa.int32(), pa.string())),
        ("nominee", pa.string()),
        ("voter", pa.int64()),
        ("cast_at", pa.int64()),
        ("votes", pa.int64()),
        ("gesture", pa.string()),
        ("tags", pa.int64()),
        ("post", pa.string()),
        ("gone", pa.bool_()),
        ("born", pa.int64()),
    ]
)


def typed(folder: Path, *ballots: dict[str, Any], schema: pa.Schema = TYPES, sources: str = WIDE) -> Collection:
    made = Collection(folder, {}, sources)
    rows = [{**ONE, **ballot} for ballot in ballots]
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), folder / "data" / "ballots.parquet")
    return made.collect()


def as_csv(folder: Path, *ballots: dict[str, Any]) -> Collection:
    rows = [{**ONE, "cast_at": "2018-05-14T09:00:00Z", **ballot} for ballot in ballots]
    lines = [",".join("" if value is None else str(value) for value in found.values()) for found in rows]
    return Collection(folder, {"data/ballots.csv": "\n".join([",".join(ONE), *lines])}, WIDE).collect()


def test_a_text_voter_becomes_a_pseudonym_under_the_key_and_a_number_stays(tmp_path: Path) -> None:
    text = Collection(tmp_path / "a", {"data/ballots.csv": HEADER + "web,bts,ann,2018-05-14T09:00:00Z\n"}, BALLOTS)
    number = typed(tmp_path / "b", {"voter": 123})

    assert [found["voter"] for found in text.collect().rows("ballots")] == [pseudonym("ann", KEY)]
    assert pseudonym("ann", KEY) != pseudonym("ann", KEY[::-1])
    assert [found["voter"] for found in number.rows("ballots")] == [123]
    assert "'ann'" not in str(text.rows("ballots"))


def test_typed_files_may_have_blanks_around_names_and_columns_of_their_own(tmp_path: Path) -> None:
    plain = Collection(tmp_path, {}, WIDE)
    names = [f" {name} " if name in {"voter", "channel"} else name for name in TYPES.names]
    rows = pa.Table.from_pylist([ONE], schema=TYPES)
    pq.write_table(rows.append_column("extra", pa.array(["x"])), tmp_path / "data" / "ballots-1.parquet")
    other = pa.Table.from_pylist([{**ONE, "post": "at://2"}], schema=TYPES).rename_columns(names)
    pq.write_table(other, tmp_path / "data" / "ballots-2.parquet")

    found = plain.collect(strict=True).rows("ballots")

    assert [(row["post"], row["voter"], row["channel"]) for row in found] == [
        ("at://1", 7, "post"),
        ("at://2", 7, "post"),
    ]


@pytest.mark.parametrize("name", ["Voter", "filename"])
def test_a_typed_column_that_the_engine_cannot_tell_from_another_is_refused(tmp_path: Path, name: str) -> None:
    made = Collection(tmp_path, {}, BALLOTS.replace('nominee = "nominee"', 'nominee = "filename"'))
    rows = pa.Table.from_pylist([ONE], schema=TYPES).append_column("filename", pa.array(["bts"]))
    rows = rows.append_column("Voter", pa.array([8])) if name == "Voter" else rows
    rows = rows.drop_columns(["nominee"])
    pq.write_table(rows, tmp_path / "data" / "ballots.parquet")

    with pytest.raises(SourceChanged, match="cannot tell column"):
        made.collect()


@pytest.mark.parametrize("voter", ["v0\u200b", "v\u200d0", "\ufeffv0", "v\u00ad0"])
def test_a_voter_who_differs_by_what_nobody_sees_is_set_aside(tmp_path: Path, voter: str) -> None:
    lines = f"web,bts,v0,2018-05-14T09:00:00Z\nweb,bts,{voter},2018-05-14T09:00:01Z\n"
    made = Collection(tmp_path, {"data/ballots.csv": HEADER + lines}, BALLOTS).collect()

    assert made.set_aside == [("data/ballots.csv", 3, "invisible character in id")]


def test_a_voter_with_joined_letters_is_one(tmp_path: Path) -> None:
    lines = "web,bts,می‌خواهم,2018-05-14T09:00:00Z\nweb,bts,👩‍🎤,2018-05-14T09:00:01Z\n"

    assert not Collection(tmp_path, {"data/ballots.csv": HEADER + lines}, BALLOTS).collect().set_aside


def test_csv_and_typed_parquet_give_the_same_ballots(tmp_path: Path) -> None:
    some = [{"post": f"at://{n}", "votes": n, "gesture": "quote", "gone": n % 2 == 0} for n in range(1, 5)]
    one, other = as_csv(tmp_path / "a", *some), typed(tmp_path / "b", *some)

    def without_voter(made: Collection) -> list[dict[str, Any]]:
        return [{key: found[key] for key in found if key != "voter"} for found in made.rows("ballots")]

    assert len(one.rows("ballots")) == 4
    assert without_voter(one) == without_voter(other)


BAD: list[tuple[dict[str, Any], str]] = [
    ({"votes": 0}, "no votes"),
    ({"votes": 2**31}, "out of range"),
    ({"tags": 0}, "out of range"),
    ({"tags": 2**15}, "out of range"),
    ({"gesture": "like"}, "unknown gesture"),
    ({"nominee": None}, "missing value"),
    ({"voter": None}, "missing value"),
]


WORSE: list[tuple[dict[str, Any], str]] = [
    ({"votes": -1}, "out of range"),
    ({"votes": None}, "out of range"),
    ({"gesture": None}, "unknown gesture"),
    ({"cast_at": AT // 1000}, "out of range"),
    ({"cast_at": AT * 1000}, "out of range"),
    ({"cast_at": -1}, "out of range"),
    ({"cast_at": None}, "missing value"),
]


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_what_cannot_be_a_ballot_is_set_aside_each_for_its_reason(tmp_path: Path, kind: str) -> None:
    cases = BAD if kind == "csv" else BAD + WORSE
    ballots = [{"post": f"at://w{number}", **wrong} for number, (wrong, _) in enumerate(cases)]
    made = (as_csv if kind == "csv" else typed)(tmp_path, *ballots, {})

    assert [found["post"] for found in made.rows("ballots")] == ["at://1"]
    first = 2 if kind == "csv" else 1  # a CSV file's first line is its header
    assert made.set_aside == [
        (f"data/ballots.{kind}", number, reason) for number, (_, reason) in enumerate(cases, start=first)
    ]


def test_empty_cells_of_a_typed_file_mean_what_they_mean_in_csv(tmp_path: Path) -> None:
    made = typed(tmp_path, {"post": None, "gone": None})

    assert [(found["post"], found["is_deleted"]) for found in made.rows("ballots")] == [("", False)]


@pytest.mark.parametrize(
    ("column", "kind"), [("votes", pa.string()), ("votes", pa.float64()), ("born", pa.timestamp("us", "UTC"))]
)
def test_a_file_of_other_types_is_read_row_by_row(tmp_path: Path, column: str, kind: pa.DataType) -> None:
    schema = TYPES.set(TYPES.get_field_index(column), pa.field(column, kind))
    schema = schema.set(TYPES.get_field_index("cast_at"), pa.field("cast_at", pa.timestamp("us", "UTC")))
    made = typed(
        tmp_path, {"votes": 2.5 if kind == pa.float64() else "2"} if column == "votes" else {"born": AT}, schema=schema
    )

    if kind == pa.float64():
        assert made.set_aside == [("data/ballots.parquet", 1, "not a whole number")]
    elif column == "votes":
        assert [found["votes"] for found in made.rows("ballots")] == [2]
    else:
        assert [found["account_created_at"] for found in made.rows("ballots")] == [AT]


def test_a_typed_file_that_lacks_a_column_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(SourceChanged, match=r"ballots\.parquet: no column 'tags'; it has channel"):
        typed(tmp_path, {}, schema=TYPES.remove(TYPES.get_field_index("tags")))


def test_a_file_is_named_alike_wherever_the_season_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pathlib import Path

    far = typed(tmp_path / "s", {"gesture": "like"})
    monkeypatch.chdir(tmp_path)
    near = Collection(Path("s"), {}, WIDE).collect()

    assert near.set_aside == far.set_aside == [("data/ballots.parquet", 1, "unknown gesture")]


def test_a_ballot_before_the_window_or_for_a_stranger_is_evidence_all_the_same(tmp_path: Path) -> None:
    made = typed(tmp_path, {"cast_at": AT - 10**14}, {"nominee": "nobody", "post": "at://2"})

    assert [found["nominee"] for found in made.rows("ballots")] == ["bts", "nobody"]
    assert made.set_aside == []


def test_the_same_act_on_a_post_given_twice_is_one_ballot(tmp_path: Path) -> None:
    made = typed(tmp_path, {}, {}, {"gesture": "repost"}, {"nominee": "exo"})

    assert len(made.rows("ballots")) == 3
    assert made.set_aside == [("data/ballots.parquet", 2, "ballot given again")]
    assert made.rows("set_aside")[0]["detail"] == "post at://1, as in data/ballots.parquet, row 1"


def test_the_same_act_on_a_post_told_differently_is_set_aside_whole(tmp_path: Path) -> None:
    made = typed(tmp_path, {}, {"cast_at": AT + 1}, {"post": "at://2"})

    assert [found["post"] for found in made.rows("ballots")] == ["at://2"]
    reason = "duplicate key with different values"
    assert made.set_aside == [("data/ballots.parquet", 1, reason), ("data/ballots.parquet", 2, reason)]


def lines(count: int) -> list[str]:
    days = [f"2018-05-{14 + number % 3}T{number % 24:02}:00:{number % 60:02}.{number:06}Z" for number in range(count)]
    return [f"web,bts,voter-{number % 17},{at}\n" for number, at in enumerate(days)]


def test_ballots_are_numbered_as_they_were_cast_however_they_lie_in_files(tmp_path: Path) -> None:
    cast = lines(200)
    one = Collection(tmp_path / "a", {"data/ballots.csv": HEADER + "".join(cast)}, BALLOTS).collect()
    random.Random(7).shuffle(cast)
    spread = {f"data/ballots{part}.csv": HEADER + "".join(cast[part::3]) for part in range(3)}
    other = Collection(tmp_path / "b", spread, BALLOTS).collect()

    assert [found["ballot"] for found in one.rows("ballots")] == list(range(200))
    times = [found["cast_at"] for found in one.rows("ballots")]
    assert times == sorted(times)
    assert one.rows("ballots") == other.rows("ballots")
    for path in one.tables.files("ballots"):
        twin = other.tables.folder / path.relative_to(one.tables.folder)
        assert twin.read_bytes() == path.read_bytes()


def test_a_source_of_csv_and_one_of_parquet_are_numbered_together(tmp_path: Path) -> None:
    second = WIDE.replace('"ballots"', '"posts"').replace("data/ballots*", "data/*.parquet")
    first = BALLOTS.replace("data/ballots*", "data/web.csv")
    made = Collection(
        tmp_path,
        {"data/web.csv": HEADER + "web,bts,ann,2018-05-14T09:00:01Z\n"},
        first + second.replace('kind = "posts"', 'kind = "ballots"'),
    )
    rows = [{**ONE, "cast_at": AT}, {**ONE, "cast_at": AT + 2_000_000, "post": "at://2"}]
    pq.write_table(pa.Table.from_pylist(rows, schema=TYPES), tmp_path / "data" / "b.parquet")

    assert [found["source"] for found in made.collect().rows("ballots")] == ["posts", "ballots", "posts"]


TOTALS = (
    """
[[source]]
id = "sums"
kind = "totals"
title = "Sums"
files = "data/sums.csv"
columns = { channel = "c", nominee = "n", votes = "v", observed_at = "at" }
"""
    + COVERAGE
)


def test_totals_that_differ_for_one_instant_are_set_aside_and_equal_ones_are_one(tmp_path: Path) -> None:
    sums = "c,n,v,at\nx,a,5,2018-05-14\nx,a,5,2018-05-14\nx,b,6,2018-05-14\nx,b,7,2018-05-14\nx,c,-7,2018-05-14\n"
    made = Collection(tmp_path, {"data/sums.csv": sums}, TOTALS).collect()

    assert [(found["nominee"], found["votes"]) for found in made.rows("source_totals")] == [("a", 5)]
    assert [(number, reason) for _, number, reason in made.set_aside] == [
        (4, "duplicate key with different values"),
        (5, "duplicate key with different values"),
        (6, "out of range"),
    ]
