"""Facts about voters: pseudonyms, contradictions and what is no fact."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plaudit.base.errors import RuleInvalid, SourceChanged, SourceRefused
from plaudit.collect.ballots import pseudonym
from tests.collect.collecting import BALLOTS, COVERAGE, KEY, Collection
from tests.profiles import examples

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "name,state,person,prefix\n"
VOTERS = (
    """
[[source]]
id = "accounts"
kind = "voters"
title = "What the platform says of accounts"
files = "data/accounts*"
columns = { voter = "name", state = "state", linked = "person", network = "prefix" }
"""
    + COVERAGE
)
ANN, BOB, CAT = (pseudonym(name, KEY) for name in ("ann", "bob", "cat"))
Facts = set[tuple[int, str, str]]


def collected(folder: Path, *lines: str, sources: str = VOTERS) -> Collection:
    text = HEADER + "".join(f"{line}\n" for line in lines)
    return Collection(folder, {"data/accounts.csv": text}, sources).collect()


def facts(made: Collection) -> Facts:
    return {(row["voter"], row["fact"], row["value"]) for row in made.rows("voter_facts")}


def test_a_row_gives_each_fact_that_it_states(tmp_path: Path) -> None:
    made = collected(tmp_path, "ann,suspended,p1,n1", "bob,,p1,", "cat,open,,n2")

    assert facts(made) == {
        (ANN, "state", "suspended"),
        (ANN, "linked", "p1"),
        (ANN, "network", "n1"),
        (BOB, "linked", "p1"),
        (CAT, "network", "n2"),
    }
    assert made.set_aside == []
    assert "'ann'" not in str(made.rows("voter_facts"))


def test_a_voter_is_the_same_pseudonym_as_on_ballots(tmp_path: Path) -> None:
    ballots = "channel,nominee,voter,cast_at\nweb,bts,ann,2018-05-14T09:00:00Z\n"
    files = {"data/ballots.csv": ballots, "data/accounts.csv": HEADER + "ann,closed,,\n"}
    made = Collection(tmp_path, files, BALLOTS + VOTERS).collect()

    assert [row["voter"] for row in made.rows("voter_facts")] == [row["voter"] for row in made.rows("ballots")]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("ann,banned,,", "unknown state"),
        ("ann,banned,p1,n1", "unknown state"),
        ("ann,,,", "missing value"),
        (",closed,,", "missing value"),
    ],
)
def test_a_row_that_cannot_be_used_is_set_aside_whole(tmp_path: Path, line: str, reason: str) -> None:
    made = collected(tmp_path, line, "bob,closed,,")

    assert facts(made) == {(BOB, "state", "closed")}
    assert made.set_aside == [("data/accounts.csv", 2, reason)]


def test_states_and_owners_that_contradict_each_other_are_all_set_aside(tmp_path: Path) -> None:
    made = collected(tmp_path, "ann,closed,p1,n1", "ann,open,p2,n2", "bob,closed,p1,n1", "bob,closed,p1,n1")

    assert facts(made) == {
        (ANN, "network", "n1"),
        (ANN, "network", "n2"),
        (BOB, "state", "closed"),
        (BOB, "linked", "p1"),
        (BOB, "network", "n1"),
    }
    assert made.set_aside == [
        ("data/accounts.csv", 2, "duplicate key with different values"),
        ("data/accounts.csv", 3, "duplicate key with different values"),
    ]


@given(
    st.lists(
        st.tuples(
            st.sampled_from("abc"),
            st.sampled_from(["", "open", "closed", "suspended", "gone"]),
            st.sampled_from(["", "p1", "p2"]),
            st.sampled_from(["", "n1", "n2"]),
        ),
        max_size=12,
    )
)
@settings(max_examples=examples(25))
def test_facts_are_those_of_reading_row_by_row(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str, str]]
) -> None:
    usable = [row for row in rows if row[1] != "gone" and any(row[1:])]
    expected: Facts = set()
    for place, fact in ((1, "state"), (2, "linked"), (3, "network")):
        for name in "abc":
            values = {row[place] for row in usable if row[0] == name and row[place]}
            if len(values) == 1 or fact == "network":
                expected |= {(pseudonym(name, KEY), fact, value) for value in values - {"open"}}

    made = collected(tmp_path_factory.mktemp("voters"), *(",".join(row) for row in [*rows, ("d", "open", "", "")]))

    assert facts(made) == expected


def typed(folder: Path, kind: pa.DataType, *voters: Any) -> Collection:
    made = Collection(folder, {}, VOTERS)
    rows = {"name": pa.array(voters, kind), "state": ["closed"] * len(voters)}
    empty = pa.nulls(len(voters), pa.string())
    pq.write_table(pa.table({**rows, "person": empty, "prefix": empty}), folder / "data" / "accounts.parquet")
    return made.collect()


def test_a_typed_voter_is_taken_as_it_is(tmp_path: Path) -> None:
    made = typed(tmp_path, pa.int64(), 7, None)

    assert facts(made) == {(7, "state", "closed")}
    assert made.set_aside == [("data/accounts.parquet", 2, "missing value")]


def test_a_text_voter_in_parquet_becomes_a_pseudonym(tmp_path: Path) -> None:
    assert facts(typed(tmp_path, pa.string(), "ann")) == {(ANN, "state", "closed")}


def test_a_file_that_is_not_parquet_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceChanged, match=r"accounts\.parquet"):
        Collection(tmp_path, {"data/accounts.parquet": b"PAR"}, VOTERS).collect()


def test_strict_refuses_a_contradiction(tmp_path: Path) -> None:
    made = Collection(tmp_path, {"data/accounts.csv": HEADER + "ann,closed,,\nann,open,,\n"}, VOTERS)

    with pytest.raises(SourceRefused, match="duplicate key"):
        made.collect(strict=True)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ('{ voter = "name" }', "states nothing of its voters"),
        ('{ state = "state" }', "needs voter"),
        ('{ voter = "name", votes = "votes" }', "no column 'votes'"),
    ],
)
def test_a_voters_source_names_a_voter_and_a_fact(tmp_path: Path, columns: str, message: str) -> None:
    sources = re.sub(r"(?m)^columns = .*$", f"columns = {columns}", VOTERS)

    with pytest.raises(RuleInvalid, match=message):
        Collection(tmp_path, {"data/accounts.csv": HEADER}, sources).collect()
