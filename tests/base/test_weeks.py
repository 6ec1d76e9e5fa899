from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plaudit.base.errors import RuleInvalid
from plaudit.base.weeks import DAY_NAMES, Week, instant_text, local_midnights, to_instant, weeks_between

HOUR = 3_600_000_000
ZONES = st.sampled_from(["UTC", "America/New_York", "America/Sao_Paulo", "Asia/Seoul", "Europe/London"])


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("America/New_York", date(2018, 3, 11), 23),
        ("America/New_York", date(2018, 11, 4), 25),
        ("Europe/London", date(2018, 3, 25), 23),
        ("Europe/London", date(2018, 10, 28), 25),
        ("America/Sao_Paulo", date(2018, 11, 4), 23),
        ("America/Sao_Paulo", date(2018, 2, 17), 25),
        ("Asia/Seoul", date(2018, 5, 18), 24),
        ("Pacific/Apia", date(2011, 12, 30), 0),
    ],
)
def test_a_day_is_as_long_as_the_clocks_make_it(zone: str, day: date, hours: int) -> None:
    starts_at, ends_at = local_midnights(day, day + timedelta(days=1), zone)

    assert ends_at - starts_at == hours * HOUR


def test_a_day_may_start_in_the_evening() -> None:
    [starts_at] = local_midnights(date(2018, 5, 14), date(2018, 5, 14), "America/Los_Angeles", time(18))

    assert instant_text(starts_at) == "2018-05-15T01:00:00Z"


@pytest.mark.parametrize(("starts_on", "hours"), [(date(2018, 3, 9), 167), (date(2018, 11, 2), 169)])
def test_a_week_in_which_the_clocks_change_is_an_hour_off(starts_on: date, hours: int) -> None:
    week = Week(starts_on, "America/New_York")

    assert week.ends_at - week.starts_at == hours * HOUR


@given(st.dates(date(1990, 1, 1), date(2040, 1, 1)), ZONES)
def test_a_week_ends_where_the_next_starts(starts_on: date, zone: str) -> None:
    week = Week(starts_on, zone)

    assert week.ends_at == week.next.starts_at
    assert week.days[0] == starts_on
    assert week.days[-1] + timedelta(days=1) == week.next.starts_on


@given(st.dates(date(2015, 1, 1), date(2020, 1, 1)), st.integers(-3, 60), st.sampled_from(DAY_NAMES), ZONES)
def test_weeks_between_two_dates_are_all_those_that_fit(first_on: date, days: int, starts_on: str, zone: str) -> None:
    last_on = first_on + timedelta(days=days)

    found = weeks_between(first_on, last_on, starts_on, zone)

    every = [first_on + timedelta(days=day) for day in range(max(0, days + 1))]
    assert [week.starts_on for week in found] == [
        day for day in every if DAY_NAMES[day.weekday()] == starts_on and day + timedelta(days=6) <= last_on
    ]


@given(st.dates(date(1900, 1, 1), date(2200, 1, 1)), st.times(), ZONES, st.sampled_from([0, 1]))
def test_an_instant_is_the_microseconds_since_1970(day: date, clock: time, zone: str, fold: int) -> None:
    aware = datetime.combine(day, clock.replace(fold=fold), ZoneInfo(zone))

    instant = to_instant(aware)

    assert datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=instant) == aware.astimezone(UTC)
    assert to_instant(datetime.fromisoformat(instant_text(instant))) == instant


def test_a_time_without_a_zone_is_no_instant() -> None:
    with pytest.raises(RuleInvalid, match="2018-05-18T00:00:00 has no time zone"):
        to_instant(datetime(2018, 5, 18))  # noqa: DTZ001
