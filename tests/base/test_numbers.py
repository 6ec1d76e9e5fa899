from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from plaudit.base.numbers import MILLION, half_even, share_points
from tests.oracles import tally_oracle


@given(st.integers(-(2**80), 2**80), st.integers(1, 2**70))
def test_half_even_is_the_nearest_and_the_even_of_two(numerator: int, denominator: int) -> None:
    found = half_even(numerator, denominator)

    assert found == round(Fraction(numerator, denominator))
    assert found == tally_oracle.half_even(numerator, denominator)


@given(st.lists(st.integers(0, 2**53), min_size=1, max_size=8), st.integers(1, MILLION))
def test_rounding_moves_the_sum_of_shares_by_less_than_half_a_point_each(values: list[int], weight: int) -> None:
    points = [share_points(value, sum(values), weight) for value in values]

    given_out = weight if any(values) else 0
    assert abs(sum(points) - given_out) * 2 <= len(values)


@given(st.integers(0, 2**53), st.integers(0, 2**53), st.integers(1, 2**53), st.integers(1, MILLION))
def test_a_greater_value_never_earns_fewer_points(one: int, more: int, rest: int, weight: int) -> None:
    total = one + more + rest

    assert share_points(one, total, weight) <= share_points(one + more, total, weight)
