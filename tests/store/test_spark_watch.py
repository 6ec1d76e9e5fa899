"""Work without a worker is said in time, and given up at the limit."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from plaudit.store.spark_watch import Waiting


def test_waiting_is_said_within_thirty_seconds_and_then_each_minute() -> None:
    waiting = Waiting("no worker", limit_seconds=300)

    said = [second for second in range(200) if waiting.looked(float(second), is_waiting=True)]

    assert said == [15, 75, 135, 195]


def test_a_worker_that_comes_starts_the_clock_again() -> None:
    waiting = Waiting("no worker", limit_seconds=20)
    waiting.looked(0.0, is_waiting=True)
    waiting.looked(15.0, is_waiting=True)

    assert waiting.looked(19.0, is_waiting=False) == "a worker has taken the work"
    assert waiting.looked(20.0, is_waiting=False) == ""
    assert waiting.looked(21.0, is_waiting=True) == ""
    assert not waiting.is_over


@given(st.lists(st.tuples(st.integers(1, 9), st.booleans()), max_size=60), st.integers(1, 60))
def test_it_is_over_when_one_wait_reaches_the_limit_and_never_sooner(
    looks: list[tuple[int, bool]], limit_seconds: int
) -> None:
    waiting, now, since, longest = Waiting("no worker", limit_seconds), 0, None, 0
    for pause, is_waiting in looks:
        now += pause
        since = (since if since is not None else now) if is_waiting else None
        longest = max(longest, now - since if since is not None else 0)
        waiting.looked(float(now), is_waiting=is_waiting)

        assert waiting.is_over == (longest >= limit_seconds)
        if waiting.is_over:
            assert waiting.reason() == f"no worker; given up after {limit_seconds} s"
            return
