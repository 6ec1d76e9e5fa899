"""The vote's clock never goes back, and stops rather than jump."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plaudit.base.errors import VoteUnavailable
from plaudit.vote.clock import HeldClock, steady_clock, wall_clock
from tests.vote.voting import Hands

SECOND = 1_000_000
START = 1_767_225_600_000_000


class Both:
    """A wall clock, and a steady one that is not set with it."""

    def __init__(self) -> None:
        self.wall, self.steady = Hands(START), Hands(0)

    def pass_by(self, microseconds: int) -> None:
        self.wall.now += microseconds
        self.steady.now += microseconds

    def held(self, step_seconds: int = 5, floor: int = 0) -> HeldClock:
        return HeldClock(self.wall, self.steady, step_seconds=step_seconds, floor=floor)


@given(st.lists(st.integers(-5 * SECOND, 3600 * SECOND), max_size=30))
def test_it_never_goes_back(steps: list[int]) -> None:
    wall = Hands(START)
    clock = HeldClock(wall, None, step_seconds=5)
    given_so_far = [clock.now()]
    for step in steps:
        wall.now = given_so_far[-1] + step
        given_so_far.append(clock.now())

    assert given_so_far == sorted(given_so_far)
    assert all(
        now == max(before, before + step)
        for before, now, step in zip(given_so_far, given_so_far[1:], steps, strict=False)
    )


@pytest.mark.parametrize("step", [-5 * SECOND, -1, 1, 5 * SECOND])
def test_a_step_that_the_rule_passes_over_is_passed_over(step: int) -> None:
    both = Both()
    clock = both.held()
    before = clock.now()
    both.wall.now += step

    assert clock.now() == max(before, START + step)


@pytest.mark.parametrize("step", [-5 * SECOND - 1, 5 * SECOND + 1, 86_400 * SECOND])
def test_a_larger_step_either_way_stops_it_until_it_is_right_again(step: int) -> None:
    both = Both()
    clock = both.held()
    both.pass_by(SECOND)
    clock.now()
    both.wall.now += step
    for _ in range(2):
        with pytest.raises(VoteUnavailable, match="stepped from 2026-01-01T00:00:01Z to") as stopped:
            clock.now()
        assert stopped.value.values["retry_after"]
    both.wall.now -= step

    assert clock.now() == START + SECOND


def test_time_that_passes_unasked_is_no_step() -> None:
    both = Both()
    clock = both.held()
    both.pass_by(90_000 * SECOND)

    assert clock.now() == START + 90_000 * SECOND


def test_without_a_steady_clock_a_step_back_beyond_the_rule_stops_it() -> None:
    wall = Hands(START)
    clock = HeldClock(wall, None, step_seconds=5)
    clock.now()
    wall.now -= 5 * SECOND + 1
    with pytest.raises(VoteUnavailable):
        clock.now()
    wall.now += 1

    assert clock.now() == START


def test_a_restart_does_not_go_behind_the_floor() -> None:
    both = Both()

    assert both.held(floor=START + 4 * SECOND).now() == START + 4 * SECOND
    with pytest.raises(VoteUnavailable):
        both.held(floor=START + 6 * SECOND).now()


def test_a_rule_that_allows_no_step_still_lets_two_clocks_be_read_one_after_the_other() -> None:
    both = Both()
    clock = both.held(step_seconds=0)
    both.wall.now += 1_000

    assert clock.now() == START + 1_000
    both.wall.now += SECOND
    with pytest.raises(VoteUnavailable):
        clock.now()


def test_the_real_clocks_agree() -> None:
    clock = HeldClock(wall_clock, steady_clock, step_seconds=5)
    instants = [clock.now() for _ in range(1_000)]

    assert instants == sorted(instants)
