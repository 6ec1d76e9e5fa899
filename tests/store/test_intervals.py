from __future__ import annotations

from bisect import bisect_right
from datetime import date, time, timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plaudit.base.weeks import local_midnights
from plaudit.store.intervals import interval_number
from tests.profiles import examples

if TYPE_CHECKING:
    from plaudit.store.evidence import Evidence

HOUR = 3_600_000_000
PLACES = [
    ("UTC", date(2018, 5, 14)),
    ("America/New_York", date(2018, 3, 9)),
    ("America/New_York", date(2018, 11, 2)),
    ("Australia/Lord_Howe", date(2018, 4, 1)),  # half an hour
    ("America/Sao_Paulo", date(2018, 11, 2)),  # no midnight on the 4th
    ("Pacific/Apia", date(2011, 12, 28)),  # no 30th at all
]


def numbers_of(engine: Evidence, instants: list[int], boundaries: list[int]) -> list[int]:
    table: Any = engine.staged(pa.table({"instant": pa.array(instants, pa.int64())}))
    rows = engine.to_rows(table.mutate(number=interval_number(table.instant, boundaries)))
    found = {row["instant"]: row["number"] for row in rows}
    return [found[instant] for instant in instants]


def by_bisection(instants: list[int], boundaries: list[int]) -> list[int]:
    return [bisect_right(boundaries, instant) - 1 for instant in instants]


@given(st.sampled_from(PLACES), st.integers(1, 12), st.sampled_from([time(0), time(2, 30), time(18)]), st.data())
@settings(max_examples=examples(60))
def test_an_interval_is_the_one_bisection_finds(
    engine: Evidence, place: tuple[str, date], days: int, starts_at: time, data: st.DataObject
) -> None:
    zone, first = place
    boundaries = local_midnights(first, first + timedelta(days=days), zone, starts_at)
    edges = st.tuples(st.sampled_from(boundaries), st.sampled_from([-1, 0, 1])).map(sum)
    anywhere = st.integers(boundaries[0] - 2 * HOUR, boundaries[-1] + 2 * HOUR)
    instants = data.draw(st.lists(st.one_of(edges, anywhere), min_size=10, max_size=40))

    assert numbers_of(engine, instants, boundaries) == by_bisection(instants, boundaries)


@given(st.lists(st.integers(-(2**62), 2**62), min_size=2, max_size=8, unique=True), st.data())
@settings(max_examples=examples(30))
def test_intervals_of_any_lengths_are_those_bisection_finds(
    engine: Evidence, cuts: list[int], data: st.DataObject
) -> None:
    boundaries = sorted(cuts)
    near = st.tuples(st.sampled_from(boundaries), st.integers(-2, 2)).map(sum)
    instants = data.draw(st.lists(near, min_size=5, max_size=20))

    assert numbers_of(engine, instants, boundaries) == by_bisection(instants, boundaries)


@pytest.mark.parametrize(("instant", "number"), [(-1, -1), (0, 0), (9, 0), (10, 1), (20, 2), (99, 2)])
def test_what_lies_outside_has_minus_one_or_the_number_of_intervals(
    engine: Evidence, instant: int, number: int
) -> None:
    assert numbers_of(engine, [instant], [0, 10, 20]) == [number]
