"""Co-actions against every pair of acts compared."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plaudit.audit.co_action import MICROSECONDS, co_actions
from tests.profiles import examples

if TYPE_CHECKING:
    from plaudit.store.evidence import Evidence

Act = tuple[int, int, int]
"""Who, what, and when in microseconds."""
AROUND = st.sampled_from([-1, 0, 1])


def pairs_of(acts: list[Act], within_seconds: int, least: int) -> set[tuple[int, int, int]]:
    """Compare every two actors on every thing."""
    firsts: dict[int, dict[int, int]] = {}
    for who, what, at in acts:
        of_thing = firsts.setdefault(what, {})
        of_thing[who] = min(at, of_thing.get(who, at))
    times: dict[tuple[int, int], int] = {}
    for of_thing in firsts.values():
        for one, other in combinations(sorted(of_thing), 2):
            if abs(of_thing[one] - of_thing[other]) <= within_seconds * MICROSECONDS:
                times[one, other] = times.get((one, other), 0) + 1
    return {(*pair, count) for pair, count in times.items() if count >= least}


def found(
    engine: Evidence, acts: list[Act], within_seconds: int, least: int, *, texts: bool = False
) -> set[tuple[int, int, int]]:
    who, what, at = ([act[place] for act in acts] for place in range(3))
    things = pa.array([f"at://post/{thing}" for thing in what], pa.string()) if texts else pa.array(what, pa.int64())
    rows = pa.table({"who": pa.array(who, pa.int64()), "what": things, "at": pa.array(at, pa.int64())})
    given_pairs = engine.to_rows(co_actions(engine.staged(rows), within_seconds, least, materialize=engine.materialize))
    again = engine.to_rows(co_actions(engine.staged(rows), within_seconds, least))
    assert sorted(map(str, given_pairs)) == sorted(map(str, again))
    return {(row["one"], row["other"], row["times"]) for row in given_pairs}


@given(
    st.lists(
        st.tuples(
            st.integers(1, 6),
            st.integers(1, 4),
            st.builds(lambda seconds, nudge: seconds * MICROSECONDS + nudge, st.integers(1, 12), AROUND),
        ),
        max_size=40,
    ),
    st.integers(1, 5),
    st.integers(1, 4),
    st.booleans(),
)
@settings(max_examples=examples(60))
def test_co_actions_are_those_of_comparing_every_pair(
    engine: Evidence, acts: list[Act], within_seconds: int, least: int, texts: bool
) -> None:
    assert found(engine, acts, within_seconds, least, texts=texts) == pairs_of(acts, within_seconds, least)


@pytest.mark.parametrize(("apart", "is_within"), [(3_000_000, True), (3_000_001, False)])
def test_the_window_holds_its_last_microsecond(engine: Evidence, apart: int, is_within: bool) -> None:
    acts = [(1, 7, 1_526_288_400_000_001), (2, 7, 1_526_288_400_000_001 + apart)]

    assert bool(found(engine, acts, 3, 1)) is is_within


def test_acting_often_on_one_thing_is_one_time(engine: Evidence) -> None:
    acts = [(who, 7, second * MICROSECONDS) for who in (1, 2) for second in range(1, 9)]

    assert found(engine, acts, 3, 1) == {(1, 2, 1)}


def test_actors_far_apart_in_number_and_at_one_instant_are_a_pair(engine: Evidence) -> None:
    acts = [(who, thing, MICROSECONDS) for who in (5, 2**62) for thing in (1, 2)]

    assert found(engine, acts, 1, 2) == {(5, 2**62, 2)}
