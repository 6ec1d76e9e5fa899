"""A query that was compiled before is the one that would be compiled again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from plaudit import pipeline
from plaudit.rulebook.season import read_season
from plaudit.store import duck
from plaudit.store.compiled import Compiled
from plaudit.store.duck import DuckEngine
from plaudit.store.evidence import Evidence
from tests.profiles import examples

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

ENGINE = DuckEngine()


def staged(*values: int) -> ibis.Table:
    return ENGINE.staged(pa.table({"n": pa.array(values, pa.int64())}))


def test_an_expression_of_the_same_shape_is_compiled_once_and_reads_its_own_table() -> None:
    first, second = staged(1, 2, 3), staged(10, 20)

    sums = [ENGINE.to_arrow(rows.agg(n=rows.n.sum())).to_pylist() for rows in (first, second)]

    assert sums == [[{"n": 6}], [{"n": 30}]]


def test_two_tables_that_change_places_keep_their_names() -> None:
    one, other = staged(1, 2), staged(2, 3)

    def only_in(left: ibis.Table, right: ibis.Table) -> list[int]:
        found = ENGINE.to_arrow(left.anti_join(right, "n")).to_pylist()
        return [row["n"] for row in found]

    assert only_in(one, other) == [1]
    assert only_in(other, one) == [3]
    assert only_in(one, one) == []


@settings(max_examples=examples(100))
@given(st.lists(st.one_of(st.integers(-3, 3), st.booleans(), st.sampled_from(["{0}", "{{", "1", "a'b"])), max_size=6))
def test_literals_that_are_equal_in_python_are_told_apart(values: list[Any]) -> None:
    compiled, connection = Compiled(), ibis.duckdb.connect()
    rows = ibis.table({"n": "int64"}, name="rows")

    for value in values:
        expression = rows.mutate(x=ibis.literal(value))
        assert compiled.query(connection.compile, expression) == connection.compile(expression)


def test_what_is_held_is_bounded() -> None:
    compiled, connection = Compiled(most=2), ibis.duckdb.connect()
    rows = ibis.table({"n": "int64"}, name="rows")

    for number in range(5):
        compiled.query(connection.compile, rows.filter(rows.n > number))
        assert len(compiled._queries) <= 2


def test_every_query_of_a_season_is_the_one_compiled_afresh(
    season_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    season = read_season(season_folder)
    asked: list[bool] = []

    class Checked(Compiled):
        def query(self, compile_: Any, expression: ibis.Table, **options: Any) -> str:
            found = super().query(compile_, expression, **options)
            asked.append(found == compile_(expression, **options))
            return found

    checked = Checked()
    monkeypatch.setattr(duck, "_COMPILED", checked)
    for _again in range(2):
        pipeline.run(season, Evidence(season.evidence))

    assert len(asked) > 2 * len(checked._queries) > 100
    assert all(asked)
