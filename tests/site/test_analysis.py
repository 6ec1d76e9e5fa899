"""Curves, medians and cadence agree with plain computations."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from plaudit.site.cadence import cadence
from plaudit.site.curves import DAY_SECONDS, first_day_share, time_to_half
from plaudit.site.geometry import NOT_SEEN, bars, calendar, curve_path, emblem, hours, run_drawn
from plaudit.site.medians import LEAST_VALUES, median, order_statistic

READINGS = st.lists(
    st.tuples(st.integers(1, 10 * DAY_SECONDS), st.integers(0, 1_000)), unique_by=lambda reading: reading[0]
).map(sorted)


def test_fake_love_was_half_there_after_the_second_reading() -> None:
    hours_ = 3_600
    views = [
        (27, 39_349_927),
        (51, 62_796_390),
        (75, 65_396_157),
        (99, 73_463_137),
        (123, 80_738_011),
        (147, 87_430_865),
    ]
    read = [(at * hours_, value) for at, value in views]
    half, share = time_to_half(read), first_day_share(read)

    assert half is not None
    assert share is not None
    assert (half.least // hours_, half.most // hours_) == (27, 51)
    assert (share.least, share.most) == (0, 450_069)


@given(READINGS)
def test_half_lies_between_the_reading_below_it_and_the_first_that_reaches_it(readings: list[tuple[int, int]]) -> None:
    found = time_to_half(readings)
    if len(readings) < 2 or readings[-1][1] == 0:
        assert found is None
        return
    half = Fraction(readings[-1][1], 2)
    reached = [at for at, value in readings if value >= half]
    below = [at for at, value in [(0, 0), *readings] if at < reached[0]]

    assert found is not None
    assert (found.least, found.most) == (below[-1], reached[0])


@given(READINGS)
def test_the_first_days_share_holds_every_value_a_growing_counter_can_have_had(readings: list[tuple[int, int]]) -> None:
    growing = [(at, max(value for _, value in readings[: place + 1])) for place, (at, _) in enumerate(readings)]
    found = first_day_share(growing)
    if len(growing) < 2 or growing[-1][1] == 0 or growing[-1][0] < DAY_SECONDS:
        assert found is None
        return
    least = max([value for at, value in growing if at <= DAY_SECONDS], default=0)
    most = min(value for at, value in growing if at >= DAY_SECONDS)

    assert found is not None
    for ppm, value in ((found.least, least), (found.most, most)):
        assert abs(Fraction(ppm, 1_000_000) - Fraction(value, growing[-1][1])) <= Fraction(1, 2_000_000)


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=60))
def test_the_median_is_the_middle_and_lies_in_its_interval(values: list[int]) -> None:
    found = median(values)
    ordered = sorted(values)
    middle = Fraction(ordered[(len(values) - 1) // 2] + ordered[len(values) // 2], 2)

    assert found is not None
    assert abs(found.middle - middle) <= Fraction(1, 2)
    assert (found.least is None) == (len(values) < LEAST_VALUES)
    if found.least is not None and found.most is not None:
        assert found.least <= found.middle <= found.most


def test_the_interval_covers_the_median_in_95_of_100_tosses_and_no_narrower_one_does() -> None:
    for n in range(1, 13):
        below = [sum(toss) for toss in product((0, 1), repeat=n)]  # how many of n values lie below the median

        def covered(j: int, tosses: list[int] = below, of: int = n) -> Fraction:
            return Fraction(sum(j <= count <= of - j for count in tosses), len(tosses))

        j = order_statistic(n)
        if j:
            assert covered(j) >= Fraction(95, 100)
        assert covered(j + 1) < Fraction(95, 100)


def test_nothing_has_no_median() -> None:
    assert median([]) is None


@given(st.lists(st.integers(0, 2_000_000_000_000_000), max_size=50))
def test_every_post_is_counted_on_its_local_day_and_hour(instants: list[int]) -> None:
    found = cadence(instants, "UTC")
    moments = [datetime.fromtimestamp(instant // 1_000_000, UTC) for instant in instants]

    assert sum(found.days.values()) == sum(found.hours.values()) == len(instants)
    assert found.days == {day: [m.date().isoformat() for m in moments].count(day) for day in found.days}
    assert all(found.hours[m.weekday(), m.hour] for m in moments)
    assert list(found.days) == sorted(found.days)


def test_a_post_late_in_los_angeles_is_of_that_day_there() -> None:
    [instant] = [int(datetime(2018, 5, 19, 6, tzinfo=UTC).timestamp()) * 1_000_000]

    assert cadence([instant], "America/Los_Angeles").days == {"2018-05-18": 1}
    assert cadence([instant], "America/Los_Angeles").hours == {(4, 23): 1}


def test_a_run_is_broken_where_the_artist_was_not_on_the_chart() -> None:
    drawn = run_drawn([None, 1, 1, None, NOT_SEEN, 50], 50)

    assert drawn.on == "M6 2L10 2M22 20h0"
    assert drawn.off == "M2 24L6 2M10 2L14 24L18 24L22 20"
    assert drawn.unseen == "M18 22v4"


def test_an_emblem_has_a_ray_for_each_week_and_says_which_were_at_no_1() -> None:
    drawn = emblem([1, None, 50, 1], 50)

    assert [drawn[part].count("M") for part in ("top", "on", "off")] == [2, 1, 1]


@given(st.lists(st.integers(0, 1_000), max_size=6), st.integers(1, 6_000))
def test_the_parts_of_a_bar_join_without_gaps(values: list[int], more: int) -> None:
    found = bars(values, sum(values) + more)

    assert [start for start, _ in found] == [sum(length for _, length in found[:n]) for n in range(len(found))]
    assert all(length >= 0 for _, length in found)


@given(READINGS)
def test_a_curve_stays_in_its_box(readings: list[tuple[int, int]]) -> None:
    numbers = [int(n) for n in curve_path(readings).replace("M", " ").replace("L", " ").replace("h0", "").split()]

    assert all(2 <= x <= 118 for x in numbers[::2])
    assert all(2 <= y <= 30 for y in numbers[1::2])


def test_a_calendar_has_a_square_for_every_day_and_deeper_levels_for_more_posts() -> None:
    paths, weeks = calendar({"2018-05-18": 1, "2018-05-20": 8}, "2018-05-18", "2018-05-20")

    assert weeks == 1
    assert [path.count("M") for path in paths] == [1, 1, 0, 0, 1]
    assert sum(path.count("M") for path in hours({(0, 0): 3})) == 168
