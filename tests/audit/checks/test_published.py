"""The checks on plain numbers, tried on published incidents, on made-up faults and on honest chance."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plaudit.audit.checks.common_factor import as_rare, common_factor
from plaudit.audit.checks.gaps import empty_runs
from plaudit.audit.checks.judged import in_english
from plaudit.audit.checks.log_holds_all import log_holds_all
from plaudit.audit.checks.published import (
    categories_equal,
    columns_add_up,
    first_digit,
    gaps,
    jump_together,
    jumps_of,
    picks_divide,
    rate,
    two_ways,
    voters_fit,
    voters_needed,
)
from plaudit.audit.checks.rate import INTAKE, PLATFORM
from tests.profiles import examples

FINAL = 14_988_884
"""Votes of the final of Produce X 101, as announced."""
STEPS = [178, 174, 144, 140, 124, 110, 106, 102, 101, 100, 96, 95, 94, 93, 91, 88, 83, 80, 75, 72]
"""Only 178, 174 and 94 are from published totals; the others are made, with the gap of four steps five times."""


def on_step(step: int) -> int:
    return (FINAL * step + 1000) // 2000


def honest(chance: random.Random, count: int, most: int) -> list[int]:
    """Give totals as votes make them: any size, and then moved by chance by about their square root."""
    sizes = [chance.randint(most // 50, most) for _number in range(count)]
    return [max(0, size + round(chance.gauss(0, 1) * size**0.5)) for size in sizes]


def test_the_published_totals_of_produce_x_101_are_steps_but_for_the_misprint() -> None:
    assert [on_step(step) for step in (178, 174)] == [1_334_011, 1_304_033]
    assert on_step(94) == 704_478  # 704,748 was announced


def test_produce_x_101_fails_on_its_step_in_spite_of_one_exception() -> None:
    totals = [on_step(step) for step in STEPS]
    totals[STEPS.index(94)] = 704_748

    judged = common_factor(totals, FINAL)

    assert judged.verdict == "fails"
    assert "19 of 20 totals are within one vote of a multiple of 14,988,884 ÷ 2,000 = 7,494.442" in judged.said_found
    assert "5 of 19 differences are 29,978" in judged.said_found


def test_the_gaps_alone_are_an_alarm() -> None:
    chance = random.Random(7)
    totals = [1_500_000]
    for number in range(19):
        totals.append(totals[-1] - (29_978 if number % 4 == 0 else chance.randint(20_000, 50_000)))

    judged = common_factor(totals, 40_000_001)

    assert "5 of 19 differences are 29,978" in judged.said_found
    assert judged.verdict == "alarm"


def test_whole_multiples_fail_on_their_factor() -> None:
    totals = [7_919 * step for step in (178, 174, 151, 140, 124, 111)]

    judged = common_factor(totals, 40_000_001)

    assert judged.verdict == "fails"
    assert "greatest common factor 7,919" in judged.said_found


@pytest.mark.parametrize("totals", [[], [5], [5, 5], [0, 0, 0], [700, 3, 2]])
def test_few_or_small_totals_are_not_checked(totals: list[int]) -> None:
    assert common_factor(totals).verdict == "not checked"


@pytest.mark.parametrize("totals", [[7, 7, 7, 7, 7], [10, 20, 30, 40], [100, 200, 300, 400, 500]])
def test_small_round_totals_are_no_news(totals: list[int]) -> None:
    assert common_factor(totals).verdict == "passes"


def test_honest_totals_raise_no_alarm_in_two_hundred_seeded_votes() -> None:
    chance = random.Random(20190719)
    votes = [
        honest(chance, chance.choice([3, 5, 10, 20, 40]), chance.choice([10**3, 10**5, 10**7])) for _ in range(200)
    ]

    assert {common_factor(totals).verdict for totals in votes} <= {"passes", "not checked"}


@given(st.integers(0, 2**32), st.integers(3, 30), st.sampled_from([10**2, 10**4, 10**6]))
@settings(max_examples=examples(40))
def test_honest_totals_never_fail(seed: int, count: int, most: int) -> None:
    assert common_factor(honest(random.Random(seed), count, most)).verdict != "fails"


@given(
    st.lists(st.integers(20, 900), min_size=10, max_size=20, unique=True),
    st.integers(2_000, 9_000).map(lambda hundredths: Fraction(hundredths * 100 + 37, 100)),
)
@settings(max_examples=examples(25))
def test_rounded_multiples_of_a_step_fail(steps: list[int], step: Fraction) -> None:
    assert common_factor([round(times * step) for times in steps]).verdict == "fails"


@given(st.lists(st.integers(1, 10**7), min_size=3, max_size=12), st.randoms(use_true_random=False))
@settings(max_examples=examples(20))
def test_the_order_of_totals_does_not_matter(totals: list[int], chance: random.Random) -> None:
    shuffled = chance.sample(totals, len(totals))

    assert common_factor(shuffled) == common_factor(totals)


def test_a_column_that_lost_votes_fails() -> None:
    assert columns_add_up(10, {"counted": 7, "void": 3}).verdict == "passes"
    assert columns_add_up(10, {"counted": 7, "void": 2}).verdict == "fails"
    assert columns_add_up(10, {"counted": 11, "void": -1}).verdict == "fails"


def test_categories_that_every_ballot_fills_are_equal() -> None:
    assert categories_equal({"song": 10, "artist": 10, "video": 10}).verdict == "passes"
    assert categories_equal({"song": 10, "artist": 10, "video": 9}).verdict == "fails"
    assert categories_equal({"song": 10}).verdict == "not checked"


@given(st.lists(st.integers(0, 10**9), min_size=1), st.integers(2, 20))
def test_picks_divide_what_ballots_of_so_many_picks_make(ballots: list[int], picks: int) -> None:
    assert picks_divide([number * picks for number in ballots], picks).verdict == "passes"
    assert picks_divide([*(number * picks for number in ballots), 1], picks).verdict == "fails"


def test_eleven_does_not_divide_the_final_of_produce_x_101() -> None:
    assert picks_divide([FINAL], 11).verdict == "fails"


@pytest.mark.parametrize(("votes", "cap", "voters"), [(51_720_000, 100, 517_200), (300_000_000, 100 * 21, 142_858)])
def test_published_votes_need_as_many_voters(votes: int, cap: int, voters: int) -> None:
    assert voters_needed(votes, cap) == voters
    assert voters_fit(votes, cap, voters).verdict == "passes"
    assert voters_fit(votes, cap, voters - 1).verdict == "fails"


def test_a_minute_faster_than_can_be_taken_is_an_alarm() -> None:
    assert rate(60 * INTAKE[0], INTAKE).verdict == "passes"
    assert rate(60 * INTAKE[0] + 1, INTAKE).verdict == "alarm"
    assert rate(51_720_000 // 1440, PLATFORM).verdict == "passes"


def test_three_nominees_in_one_minute_jump_together_and_two_do_not() -> None:
    assert jump_together({"12:00": {"a", "b", "c"}}).verdict == "alarm"
    assert jump_together({"12:00": {"a", "b"}, "12:01": {"b", "c"}}).verdict == "passes"


def test_a_steady_vote_does_not_jump() -> None:
    chance = random.Random(3)

    assert jumps_of({minute: chance.randint(20, 90) for minute in range(3_000)}, 0) == []


def days_of_votes(chance: random.Random, days: int) -> dict[int, int]:
    """Give ballots by minute: many in the evening, hardly any at night."""
    hourly = [0, 0, 0, 0, 0, 1, 3, 5, 6, 6, 7, 8, 9, 8, 8, 9, 10, 12, 15, 18, 20, 16, 9, 3]
    found = {minute: chance.randint(0, hourly[minute // 60 % 24]) for minute in range(days * 1440)}
    return {minute: ballots for minute, ballots in found.items() if ballots}


def test_a_night_is_no_gap_and_an_outage_of_half_an_hour_is() -> None:
    minutes = days_of_votes(random.Random(5), 6)
    spans = [(0, 6 * 1440)]
    outage = range(2 * 1440 + 18 * 60, 2 * 1440 + 18 * 60 + 30)

    broken = {minute: ballots for minute, ballots in minutes.items() if minute not in outage}

    assert gaps(minutes, spans).verdict == "passes"
    assert [(run.first, run.end) for run in empty_runs(broken, spans)] == [(outage.start, outage.stop)]
    assert gaps(broken, spans).verdict == "fails"


def test_a_declared_outage_passes_and_is_told() -> None:
    minutes = {minute: 5 for minute in range(6 * 1440) if not 1440 <= minute < 2 * 1440}
    spans = [(0, 6 * 1440)]

    judged = gaps(minutes, spans, declared=[(1440, 2 * 1440)])

    assert judged.verdict == "passes"
    assert (
        judged.said_found == "no ballots from 1970-01-02T00:00:00Z to 1970-01-03T00:00:00Z, when about 7,200 were due, "
        "in a gap that the source declares"
    )
    assert gaps(minutes, spans, declared=[(1440, 2 * 1440 - 1)]).verdict == "fails"


def test_a_gap_in_a_vote_of_one_day_is_an_alarm_only() -> None:
    minutes = {minute: 5 for minute in range(1440) if not 700 <= minute < 760}

    assert gaps(minutes, [(0, 1440)]).verdict == "alarm"


@pytest.mark.parametrize("hole", [(0, 200), (1_300, 1_440)])
def test_a_gap_at_the_edge_of_a_window_is_seen(hole: tuple[int, int]) -> None:
    minutes = {minute: 5 for minute in range(1440) if not hole[0] <= minute < hole[1]}

    assert [(run.first, run.end) for run in empty_runs(minutes, [(0, 1440)])] == [hole]


@given(st.dictionaries(st.integers(0, 400), st.integers(1, 99), max_size=60))
@settings(max_examples=examples(100))
def test_empty_runs_are_empty_and_lie_between_ballots(minutes: dict[int, int]) -> None:
    for run in empty_runs(minutes, [(0, 300)]):
        assert not any(run.first <= minute < run.end for minute in minutes)
        assert run.first == 0 or run.first - 1 in minutes
        assert run.end == 300 or run.end in minutes
        assert run.missing >= 60


def test_first_digits_of_growth_pass_and_of_a_ramp_alarm() -> None:
    growth = [round(1.07**power) for power in range(1, 400)]

    assert first_digit(growth).verdict == "passes"
    assert first_digit(range(1, 9_000)).verdict == "alarm"


@pytest.mark.parametrize("numbers", [[], [1] * 500, list(range(1, 100)), list(range(100, 1_000))])
def test_first_digits_in_a_narrow_range_are_not_checked(numbers: list[int]) -> None:
    assert first_digit(numbers).verdict == "not checked"


def test_two_counts_that_differ_anywhere_fail() -> None:
    assert two_ways({"a": 1, "b": 0}, {"a": 1}).verdict == "passes"
    assert two_ways({"a": 1}, {"a": 1, "b": 2}).verdict == "fails"


@pytest.mark.parametrize(
    ("numbers", "logged"), [([0, 1, 3], None), ([1, 2, 3], None), ([0, 1, 1], None), ([0, 1, 2], 4), ([0, 1, 2], 2)]
)
def test_a_ballot_too_many_or_too_few_fails(numbers: list[int], logged: int | None) -> None:
    assert log_holds_all(len(numbers), numbers[0], numbers[-1], len(set(numbers)), logged).verdict == "fails"


def test_chance_is_told_by_a_power_of_ten_that_bounds_it() -> None:
    for chance in (Fraction(1, 10), Fraction(1, 11), Fraction(7, 10**9), Fraction(1, 10**9)):
        said = (
            in_english(as_rare(chance))
            .removeprefix("chance gives as much less than once in 10^")
            .removesuffix(" times")
        )
        power = int(said.replace("chance often gives as much", "0"))
        assert chance <= Fraction(1, 10**power)


def test_the_made_totals_have_the_gap_five_times() -> None:
    assert [higher - lower for higher, lower in pairwise(STEPS)].count(4) == 5
