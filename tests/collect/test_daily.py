"""A platform that tells what one day had becomes a counter, and a day that it does not tell is no reading."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from plaudit.collect.daily import Daily
from plaudit.platforms.contract import Said

DAY = 86_400_000_000
FIRST = 1_794_009_600_000_000  # 2026-11-07
DAYS = [f"2026-11-{day:02}" for day in range(7, 17)]


def totals(*told: tuple[str, int]) -> list[tuple[int, int]]:
    daily: Any = Daily()
    for day, value in told:
        assert daily.take(None, Said("readings", {"account": "a", "metric": "m", "value": value, "day": day})) == ""
    return [(int(values["observed_at"]) - FIRST, values["value"]) for _, values in daily.totals()]


def test_days_add_up_from_nothing() -> None:
    assert totals(("2026-11-07", 5), ("2026-11-08", 0), ("2026-11-09", 7)) == [
        (0, 0),
        (DAY, 5),
        (2 * DAY, 5),
        (3 * DAY, 12),
    ]


def test_a_day_that_is_missing_has_no_reading() -> None:
    assert totals(("2026-11-07", 5), ("2026-11-09", 7)) == [(0, 0), (DAY, 5), (3 * DAY, 12)]


def test_a_later_answer_corrects_a_day() -> None:
    assert totals(("2026-11-07", 5), ("2026-11-07", 6)) == [(0, 0), (DAY, 6)]


def test_what_is_no_day_is_told() -> None:
    daily: Any = Daily()

    for day, value in (("2026-13-01", 5), ("today", 5), ("2026-11-07", True)):
        assert daily.take(None, Said("readings", {"account": "a", "metric": "m", "value": value, "day": day})) != ""
    assert list(daily.totals()) == []


@given(st.permutations(DAYS), st.lists(st.integers(0, 1000), min_size=10, max_size=10))
def test_no_order_of_answers_decides_and_gains_are_what_was_told(days: list[str], values: list[int]) -> None:
    told = dict(zip(DAYS, values, strict=True))
    found = totals(*((day, told[day]) for day in days))

    assert found == totals(*told.items())
    assert [later[1] - earlier[1] for earlier, later in pairwise(found)] == values
