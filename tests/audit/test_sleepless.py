from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plaudit.rulebook.purge_rule import Sleepless
from tests.audit.purging import DAY, HOUR, OPENS, cast, judged
from tests.profiles import examples

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plaudit.store.evidence import Evidence
    from tests.oracles.tally_oracle import Ballot

METHOD = Sleepless(hours_least=22, days_least=3)


def hours(day: int, of_day: Iterable[int]) -> list[int]:
    return [OPENS + day * DAY + hour * HOUR for hour in of_day]


def awake(days: Iterable[int], many: int = 22) -> list[int]:
    return [instant for day in days for instant in hours(day, range(24 - many, 24))]


def test_three_days_of_twenty_two_hours_are_matched_and_told(engine: Evidence) -> None:
    told = judged(engine, METHOD, cast(7, awake([1, 2, 3])))

    assert told.evidence == {7: "ballots in 66 of the 72 hours of 3 UTC days in a row"}


def test_one_hour_less_on_one_day_is_not_matched(engine: Evidence) -> None:
    assert not judged(engine, METHOD, cast(7, awake([1, 2]) + awake([3], 21))).voters


def test_three_days_with_a_night_between_are_not_matched(engine: Evidence) -> None:
    assert not judged(engine, METHOD, cast(7, awake([0, 1, 3, 4, 6]))).voters


def test_many_ballots_in_one_hour_are_one_hour(engine: Evidence) -> None:
    assert not judged(engine, METHOD, cast(7, [OPENS + minute for minute in range(500)])).voters


def test_last_and_first_microsecond_of_an_hour_are_two_hours(engine: Evidence) -> None:
    method = Sleepless(hours_least=2, days_least=1)

    assert judged(engine, method, cast(7, [OPENS + HOUR - 1, OPENS + HOUR])).evidence == {
        7: "ballots in 2 of the 24 hours of one UTC day"
    }
    assert not judged(engine, method, cast(7, [OPENS - 1, OPENS])).voters


def test_longest_run_is_told_and_of_two_the_first(engine: Evidence) -> None:
    ballots = cast(7, awake([0], 24) + awake([2, 3, 4], 23) + awake([8, 9, 10]))

    assert judged(engine, METHOD, ballots).evidence == {7: "ballots in 69 of the 72 hours of 3 UTC days in a row"}


def test_channels_count_together(engine: Evidence) -> None:
    ballots = cast(7, awake([1, 2, 3], 22)[::2]) + cast(7, awake([1, 2, 3], 22)[1::2], channel="post")

    assert judged(engine, METHOD, ballots).voters == {7}


def test_no_ballots_match_nobody(engine: Evidence) -> None:
    assert not judged(engine, METHOD, []).voters


def test_fewer_days_match_whom_more_do(engine: Evidence) -> None:
    ballots = [one for voter in range(1, 8) for one in cast(voter, awake(range(voter)))]
    voters = [judged(engine, Sleepless(22, days), ballots).voters for days in (1, 2, 3, 6)]

    assert voters == [{1, 2, 3, 4, 5, 6, 7}, {2, 3, 4, 5, 6, 7}, {3, 4, 5, 6, 7}, {6, 7}]


@st.composite
def votes(draw: st.DrawFn) -> list[Ballot]:
    ballots: list[Ballot] = []
    for voter in range(1, draw(st.integers(1, 6))):
        for day in draw(st.sets(st.integers(0, 6), max_size=5)):
            ballots += cast(voter, hours(day, draw(st.lists(st.integers(0, 23), max_size=6))))
    return draw(st.permutations(ballots))


@settings(max_examples=examples(15), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(votes(), st.integers(1, 4), st.integers(1, 3))
def test_any_votes_are_judged_as_by_the_oracle(
    engine: Evidence, ballots: list[Ballot], hours_least: int, days_least: int
) -> None:
    judged(engine, Sleepless(hours_least, days_least), ballots)
