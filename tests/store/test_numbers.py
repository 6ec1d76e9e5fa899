from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from plaudit.base.numbers import COUNTER_MOST, MILLION, TOTAL_MOST
from plaudit.base.numbers import share_points as exact_points
from plaudit.store.numbers import quotient, share_points
from tests.profiles import examples

if TYPE_CHECKING:
    from plaudit.store.evidence import Evidence

Share = tuple[int, int, int]
"""Value, total and weight."""


@st.composite
def shares(draw: Any) -> Share:
    most = draw(st.sampled_from([10, 2_000_000, TOTAL_MOST]))
    total = draw(st.one_of(st.integers(0, most), st.integers(max(0, most - 9), most)))
    value = draw(st.one_of(st.integers(0, total), st.just(total // 2), st.just(max(0, total - 1))))
    weight = draw(
        st.one_of(st.integers(1, MILLION), st.sampled_from([1, 999, 1_000, 1_001, 500_000, 999_999, MILLION]))
    )
    return value, total, weight


def table_of(engine: Evidence, rows: list[Share]) -> Any:
    columns = dict(zip(("value", "total", "weight"), zip(*rows, strict=True), strict=True))
    return engine.staged(pa.table({name: pa.array(column, pa.int64()) for name, column in columns.items()}))


@given(st.lists(shares(), min_size=30, max_size=60))
@example([(1, 2 * MILLION, MILLION), (3, 2 * MILLION, MILLION), (TOTAL_MOST, TOTAL_MOST, 999_999), (0, 0, MILLION)])
@settings(max_examples=examples(30))
def test_the_expression_gives_the_exact_points(engine: Evidence, rows: list[Share]) -> None:
    table = table_of(engine, rows)

    found = engine.to_rows(table.mutate(points=share_points(table.value, table.total, table.weight)))

    assert [row["points"] for row in found] == [
        exact_points(row["value"], row["total"], row["weight"]) for row in found
    ]
    for row in found:
        if row["total"]:
            assert row["points"] == round(Fraction(row["weight"] * row["value"], row["total"]))


def test_a_total_beyond_the_most_fails_and_gives_no_wrong_points(engine: Evidence) -> None:
    table = table_of(engine, [(2**61, 2**61 + 1, MILLION)])

    with pytest.raises(Exception, match="Overflow"):
        engine.to_rows(table.mutate(points=share_points(table.value, table.total, table.weight)))


@pytest.mark.parametrize("numerator", [COUNTER_MOST + 1, 2**62 - 1, 2**63 - 1])
def test_a_quotient_is_exact_where_a_float_is_not(engine: Evidence, numerator: int) -> None:
    table = table_of(engine, [(numerator, 1, 1), (numerator, 3, 1), (numerator, 86_400_000_000, 1)])

    found = engine.to_rows(table.mutate(whole=quotient(table.value, table.total)))

    assert [row["whole"] for row in found] == [row["value"] // row["total"] for row in found]
    assert float(numerator) != numerator


def test_a_day_number_is_the_days_since_1970(engine: Evidence) -> None:
    table = table_of(engine, [(1_526_601_599_999_999, 86_400_000_000, 1), (1_526_601_600_000_000, 86_400_000_000, 1)])

    found = engine.to_rows(table.mutate(day=quotient(table.value, table.total)))

    assert [row["day"] for row in found] == [(date(2018, 5, day) - date(1970, 1, 1)).days for day in (17, 18)]
