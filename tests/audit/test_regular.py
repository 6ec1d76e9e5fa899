from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plaudit.rulebook.purge_rule import RegularGaps
from tests.audit.purging import OPENS, SECOND, at, cast, judged
from tests.profiles import examples

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plaudit.store.evidence import Evidence
    from tests.oracles.tally_oracle import Ballot

METHOD = RegularGaps(gaps_least=10, tap_seconds=2, pause_seconds=900, steady_ppm=800_000, spread_ppm=320_000)


def series(gaps: Sequence[float]) -> list[int]:
    return [at(seconds) for seconds in accumulate(gaps, initial=0)]


def test_script_with_a_fifth_of_jitter_is_matched_and_its_numbers_told(engine: Evidence) -> None:
    told = judged(engine, METHOD, cast(7, series([24, 36, 30, 27, 33] * 4)))

    assert told.evidence == {7: "20 gaps of 30.0 s on average, with a spread of 14.1%, in channel web"}
    assert len(told.taken) == 21


def test_hand_is_not_matched(engine: Evidence) -> None:
    assert not judged(engine, METHOD, cast(7, series([8, 55, 20, 14, 33, 90, 12, 25, 17, 41] * 3))).voters


def test_fan_who_taps_a_beat_on_a_clock_of_whole_seconds_is_not_matched(engine: Evidence) -> None:
    assert not judged(engine, METHOD, cast(7, series([1, 1, 2, 1, 2] * 30))).voters


def test_rows_of_one_request_are_one_act(engine: Evidence) -> None:
    rows = series([30] * 10)

    assert judged(engine, METHOD, cast(7, [*rows, *rows, *rows])).evidence == {
        7: "10 gaps of 30.0 s on average, with a spread of 0%, in channel web"
    }
    assert not judged(engine, METHOD, cast(7, [at(0)] * 400)).voters


def test_alarm_now_and_then_is_not_matched_for_the_even_gaps_between_pauses(engine: Evidence) -> None:
    assert not judged(engine, METHOD, cast(7, series([600, 5000, 600, 600, 7000] * 12))).voters


def test_gap_as_long_as_a_pause_counts_and_a_longer_one_does_not(engine: Evidence) -> None:
    assert judged(engine, METHOD, cast(7, series([900] * 10))).voters
    assert not judged(engine, METHOD, cast(7, series([900.000001] * 10))).voters
    assert not judged(engine, METHOD, cast(7, series([2] * 10))).voters
    assert judged(engine, METHOD, cast(7, series([2.000001] * 10))).voters


def test_one_gap_too_few_is_not_matched(engine: Evidence) -> None:
    assert not judged(engine, METHOD, cast(7, series([30] * 9))).voters


def test_evener_channel_of_two_is_told_and_both_are_taken(engine: Evidence) -> None:
    web = cast(7, series([25, 35] * 10))
    post = cast(7, series([29, 31] * 10), channel="post")

    told = judged(engine, METHOD, web + post)

    assert told.evidence[7].endswith("in channel post")
    assert len(told.taken) == 42


def test_no_ballots_match_nobody(engine: Evidence) -> None:
    assert not judged(engine, METHOD, []).voters


def test_hour_long_gaps_of_years_do_not_overflow(engine: Evidence) -> None:
    method = RegularGaps(gaps_least=10, tap_seconds=2, pause_seconds=3600, steady_ppm=0, spread_ppm=1_000_000)

    told = judged(engine, method, cast(7, series([3600, 3599.99] * 17_000)))

    assert told.evidence == {7: "34,000 gaps of 3,599.9 s on average, with a spread of 0%, in channel web"}


def test_ballot_years_away_is_a_pause(engine: Evidence) -> None:
    assert judged(engine, METHOD, cast(7, series([30] * 20 + [20 * 365 * 86_400]))).voters


GAPS = st.one_of(
    st.integers(1, 40).map(lambda seconds: seconds * SECOND),
    st.integers(0, 40 * SECOND),
    st.sampled_from([0, 1, 9_999, 2 * SECOND, 2 * SECOND + 1, 60 * SECOND, 60 * SECOND + 1]),
)


@st.composite
def votes(draw: st.DrawFn) -> list[Ballot]:
    ballots: list[Ballot] = []
    for voter in range(1, draw(st.integers(1, 6))):
        even = draw(st.integers(2, 60)) * SECOND
        for channel in draw(st.sampled_from([("web",), ("web", "post")])):
            gaps = draw(st.lists(st.one_of(GAPS, st.just(even), st.just(even)), max_size=12))
            ballots += cast(voter, accumulate(gaps, initial=OPENS), channel=channel)
    return draw(st.permutations(ballots))


METHODS = st.builds(
    RegularGaps,
    st.integers(2, 5),
    st.integers(1, 5),
    st.sampled_from([30, 60]),
    st.sampled_from([0, 500_000, 800_000, 1_000_000]),
    st.sampled_from([0, 1000, 100_000, 320_000, 700_000, 1_000_000]),
)


@settings(max_examples=examples(15), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(votes(), METHODS)
def test_any_votes_are_judged_as_by_the_oracle(engine: Evidence, ballots: list[Ballot], method: RegularGaps) -> None:
    judged(engine, method, ballots)


@pytest.mark.parametrize("spread_ppm", [0, 320_000, 1_000_000])
def test_greater_spread_matches_whom_a_smaller_one_does(engine: Evidence, spread_ppm: int) -> None:
    ballots = [one for voter in range(1, 40) for one in cast(voter, series([30 - voter / 2, 30 + voter / 2] * 10))]

    def voters(ppm: int) -> set[int]:
        return judged(engine, RegularGaps(10, 2, 900, 800_000, ppm), ballots).voters

    assert voters(spread_ppm // 2) <= voters(spread_ppm)
    assert len(voters(320_000)) == 19
