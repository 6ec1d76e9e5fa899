"""A ballot given again is one; rows without an id are what their source declares; ids are exact."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from plaudit.base.errors import RuleInvalid, SourceChanged
from plaudit.rulebook.season import read_season
from tests.collect.collecting import BALLOTS, Collection

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "channel,nominee,voter,cast_at\n"
ROW = "web,bts,ann,2018-05-14T09:00:00Z\n"
ONE = BALLOTS.replace('kind = "ballots"', 'kind = "ballots"\nsame_rows = "one"')
EACH = BALLOTS.replace('kind = "ballots"', 'kind = "ballots"\nsame_rows = "each"')
WITH_IDS = BALLOTS.replace('cast_at = "cast_at" }', 'cast_at = "cast_at", ballot = "id" }')


def typed(folder: Path, sources: str, **columns: list[Any]) -> Collection:
    size = len(next(iter(columns.values())))
    at = pa.array([1526288400000000 + 1_000_000 * number for number in range(size)], pa.int64())
    whole = {"channel": ["web"] * size, "nominee": ["bts"] * size, "voter": list(range(size)), "cast_at": at, **columns}
    made = Collection(folder, {}, sources)
    pq.write_table(pa.table(whole), folder / "data" / "ballots.parquet")
    return made


def test_rows_that_are_the_same_are_refused_while_nothing_says_what_they_are(tmp_path: Path) -> None:
    files = {"data/ballots.csv": HEADER + ROW, "data/ballots (1).csv": HEADER + ROW}

    with pytest.raises(
        SourceChanged, match=r"1 rows say .*ballots.csv, row 2 and data/ballots \(1\).csv, row 2"
    ) as told:
        Collection(tmp_path, files, BALLOTS).collect()
    assert 'same_rows = "one"' in told.value.remedy


def test_rows_that_are_the_same_are_one_ballot_or_each_one_as_declared(tmp_path: Path) -> None:
    files = {"data/ballots.csv": HEADER + ROW, "data/ballots2.csv": HEADER + ROW + ROW.replace("ann", "bob")}
    one = Collection(tmp_path / "one", files, ONE).collect()
    each = Collection(tmp_path / "each", files, EACH).collect()

    assert len(one.rows("ballots")) == 2
    assert [(found["file"], found["row"], found["detail"]) for found in one.rows("set_aside")] == [
        ("data/ballots2.csv", 2, "as in data/ballots.csv, row 2")
    ]
    assert (len(each.rows("ballots")), each.set_aside) == (3, [])


def test_one_file_under_two_sources_is_found_too(tmp_path: Path) -> None:
    two = BALLOTS + BALLOTS.replace('id = "ballots"', 'id = "again"')

    with pytest.raises(SourceChanged, match="1 rows say the same as another row"):
        Collection(tmp_path, {"data/ballots.csv": HEADER + ROW}, two).collect()


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_ballot_of_one_id_is_one_and_contradictions_are_none(tmp_path: Path, kind: str) -> None:
    ids, nominees = ["a", "b", "a", "c", "c", ""], ["bts", "bts", "bts", "bts", "exo", "bts"]
    voters, at = [1, 2, 1, 3, 3, 4], [1526288400000000] * 6
    if kind == "csv":
        rows = [f"web,{n},{v},2018-05-14T09:00:00Z,{i}" for n, v, i in zip(nominees, voters, ids, strict=True)]
        made = Collection(tmp_path, {"data/ballots.csv": HEADER.strip() + ",id\n" + "\n".join(rows)}, WITH_IDS)
    else:
        made = typed(tmp_path, WITH_IDS, nominee=nominees, voter=voters, cast_at=at, id=ids)

    assert len(made.collect().rows("ballots")) == 3
    first = 2 if kind == "csv" else 1
    file = f"data/ballots.{kind}"
    assert [(found["row"], found["reason"], found["detail"]) for found in made.rows("set_aside")] == [
        (first + 2, "ballot given again", f"ballot a, as in {file}, row {first}"),
        (first + 3, "duplicate key with different values", "ballot c"),
        (first + 4, "duplicate key with different values", "ballot c"),
    ]


def test_rows_of_two_ids_that_say_the_same_are_two_ballots(tmp_path: Path) -> None:
    rows = HEADER.strip() + ",id\n" + ROW.strip() + ",x1\n" + ROW.strip() + ",x2\n"

    assert len(Collection(tmp_path, {"data/ballots.csv": rows}, WITH_IDS).collect().rows("ballots")) == 2


def test_a_typed_file_has_exact_ids_and_sets_aside_words_for_none(tmp_path: Path) -> None:
    decomposed = "\u1107\u1161\u11bc\u1110\u1161\u11ab"
    made = typed(tmp_path, BALLOTS, nominee=["bts", " bts", decomposed, "nan", "NULL", ""]).collect()

    assert [found["nominee"] for found in made.rows("ballots")] == ["bts", "bts", "\ubc29\ud0c4"]
    assert made.set_aside == [
        ("data/ballots.parquet", 4, "missing word as id"),
        ("data/ballots.parquet", 5, "missing word as id"),
        ("data/ballots.parquet", 6, "missing value"),
    ]


def test_a_word_for_none_that_is_a_name_is_given_another(tmp_path: Path) -> None:
    named = BALLOTS + '[source.replace.voter]\nNone = "None, the handle"\n'
    rows = HEADER + ROW.replace("ann", "None") + ROW.replace("ann", "none")
    made = Collection(tmp_path, {"data/ballots.csv": rows}, named).collect()

    assert (len(made.rows("ballots")), made.set_aside) == (1, [("data/ballots.csv", 3, "missing word as id")])


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("voter", [1.0, 2.0]),
        ("nominee", [1.05e18, 1.06e18]),
        ("nominee", ["1.05E+18", "bts"]),
        ("nominee", ["7.0", "7"]),
    ],
)
def test_a_file_whose_ids_went_through_numbers_is_refused_by_column(
    tmp_path: Path, column: str, values: list[Any]
) -> None:
    with pytest.raises(SourceChanged, match=rf"ballots\.parquet.*{column}"):
        typed(tmp_path, BALLOTS, **{column: values}).collect()


def test_a_number_of_json_with_a_point_is_no_id(tmp_path: Path) -> None:
    sources = BALLOTS.replace("data/ballots*", "data/ballots.jsonl")
    line = '{"channel": "web", "nominee": "bts", "voter": 1.05e18, "cast_at": "2018-05-14"}\n'

    with pytest.raises(SourceChanged, match=r"row 1: rounded number as id: voter is '1\.05E\+18'"):
        Collection(tmp_path, {"data/ballots.jsonl": line}, sources).collect()


@pytest.mark.parametrize(
    ("grain", "instants"),
    [
        ("second", [1526288400000000, 1526288401000000, 1526374799000000]),
        ("minute", [1526288400000000, 1526288400000000, 1526374740000000]),
        ("day", [1526266800000000, 1526266800000000, 1526353200000000]),
    ],
)
@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_instants_are_kept_at_their_declared_grain(tmp_path: Path, kind: str, grain: str, instants: list[int]) -> None:
    sources = BALLOTS.replace("[[source]]", '[[source]]\nzone = "Asia/Seoul"') + f'grain = {{ cast_at = "{grain}" }}\n'
    at = [1526288400000001, 1526288401000000, 1526374799999999]  # 18:00 in Seoul on the 14th, and 17:59:59 on the 15th
    if kind == "parquet":
        made = typed(tmp_path, sources, cast_at=pa.array(at, pa.int64()))
    else:
        texts = ["2018-05-14T09:00:00.000001Z", "2018-05-14T09:00:01Z", "2018-05-15T08:59:59.999999Z"]
        rows = [f"web,bts,v{number},{text}" for number, text in enumerate(texts)]
        made = Collection(tmp_path, {"data/ballots.csv": HEADER + "\n".join(rows)}, sources)

    assert [found["cast_at"] for found in made.collect().rows("ballots")] == instants


@pytest.mark.parametrize(
    "wrong",
    ['grain = { cast_at = "fortnight" }', 'grain = { voter = "day" }', 'same_rows = "both"'],
)
def test_keys_that_mean_nothing_are_refused(tmp_path: Path, wrong: str) -> None:
    Collection(tmp_path, {}, BALLOTS + wrong + "\n")

    with pytest.raises(RuleInvalid, match=r"season\.toml"):
        read_season(tmp_path)
