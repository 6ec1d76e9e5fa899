from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from plaudit.base.errors import RuleInvalid
from plaudit.base.weeks import to_instant
from plaudit.measure.grain import refuse_rounded
from plaudit.rulebook.chart_rule import Gain, Response
from plaudit.rulebook.sources import Gap
from tests.measure.readings import (
    HOUR,
    PUBLISHED,
    RULE,
    UTC_WEEKS,
    account_of,
    gains_of,
    measures_of,
    post_row,
    reading_rows,
    source_with,
)

if TYPE_CHECKING:
    from plaudit.rulebook.chart_rule import ChartRule
    from plaudit.store.evidence import Evidence
    from tests.oracles.measure_oracle import Row

STARTS_AT = UTC_WEEKS[0].starts_at
DAY = 24 * HOUR
OLD = post_row("old", STARTS_AT - 90 * DAY)
NEW = post_row("new", STARTS_AT + 1)


def at(text: str) -> int:
    return to_instant(datetime.fromisoformat(text))


def gain_of(engine: Evidence, post: Row, *values: tuple[int, int]) -> Row:
    [row] = gains_of(engine, reading_rows(post, "views", values), [post], UTC_WEEKS[:1], RULE)
    return row


def value_of(rows: list[Row], measure: str, week: str = UTC_WEEKS[0].id) -> Row:
    [row] = [row for row in rows if (row["measure"], row["week"]) == (measure, week)]
    return row


FAKE_LOVE = post_row("7C2z4GqqS5E", at("2018-05-18T09:00:02Z"), account="ibighit")
FAKE_LOVE_VIEWS = [
    (at("2018-05-19T12:00:00Z"), 39_349_927),
    (at("2018-05-20T12:00:00Z"), 62_796_390),
    (at("2018-05-24T12:00:00Z"), 87_430_865),
    (at("2018-05-25T12:00:00Z"), 92_054_928),
    (at("2018-05-31T12:00:00Z"), 121_219_886),
]
TEASER = post_row("2tDKp41nrw8", at("2018-05-16T15:00:03Z"), account="ibighit")
TEASER_VIEWS = [(at("2018-05-17T12:00:00Z"), 6_416_697), (at("2018-05-18T12:00:00Z"), 8_753_550)]


def test_fake_love_gains_what_its_readings_say(engine: Evidence) -> None:
    readings = [*reading_rows(FAKE_LOVE, "views", FAKE_LOVE_VIEWS), *reading_rows(TEASER, "views", TEASER_VIEWS)]

    rows = gains_of(engine, readings, [FAKE_LOVE, TEASER], UTC_WEEKS, RULE)

    gained = sorted((row["week"], row["post"], row["gain"], row["gap_at_start"], row["gap_at_end"]) for row in rows)
    assert gained == [
        ("2018-05-11", "2tDKp41nrw8", 6_416_697, 0, 0),
        ("2018-05-18", "2tDKp41nrw8", 2_336_853, 0, 1),
        ("2018-05-18", "7C2z4GqqS5E", 87_430_865, 0, 0),
        ("2018-05-25", "7C2z4GqqS5E", 33_789_021, 0, 0),
    ]


def test_a_post_without_a_reading_before_gains_only_what_was_observed(engine: Evidence) -> None:
    row = gain_of(engine, OLD, (STARTS_AT + DAY, 100), (STARTS_AT + 6 * DAY, 130))

    assert (row["baseline"], row["baseline_at"], row["gain"]) == (100, STARTS_AT + DAY, 30)
    assert row["gap_at_start"] == 1


def test_a_post_published_in_the_week_gains_from_nothing(engine: Evidence) -> None:
    row = gain_of(engine, NEW, (STARTS_AT + DAY, 100), (STARTS_AT + 6 * DAY, 130))

    assert (row["baseline"], row["baseline_at"], row["gain"]) == (0, None, 130)


def test_a_reading_before_the_week_is_the_baseline_however_old(engine: Evidence) -> None:
    row = gain_of(engine, OLD, (STARTS_AT - 30 * DAY, 90), (STARTS_AT + 6 * DAY, 130))

    assert (row["baseline"], row["gain"], row["gap_at_start"]) == (90, 40, 1)


def test_a_counter_that_falls_below_its_baseline_gains_nothing(engine: Evidence) -> None:
    row = gain_of(engine, OLD, (STARTS_AT - DAY, 90), (STARTS_AT + DAY, 80), (STARTS_AT + 6 * DAY, 85))

    assert (row["gain"], row["fell"]) == (0, 1)


def test_the_fall_from_the_baseline_belongs_to_the_week(engine: Evidence) -> None:
    row = gain_of(engine, OLD, (STARTS_AT - DAY, 90), (STARTS_AT, 80), (STARTS_AT + 6 * DAY, 100))

    assert (row["gain"], row["fell"]) == (10, 1)


@pytest.mark.parametrize(("early", "gap"), [(36 * HOUR, 0), (36 * HOUR + 1, 1)])
def test_an_edge_gap_is_exact_to_the_microsecond(engine: Evidence, early: int, gap: int) -> None:
    row = gain_of(engine, OLD, (STARTS_AT - early, 1), (UTC_WEEKS[0].ends_at - early, 2))

    assert (row["gap_at_start"], row["gap_at_end"]) == (gap, gap)


def test_the_last_instant_of_a_week_is_in_it_and_the_next_is_not(engine: Evidence) -> None:
    row = gain_of(engine, OLD, (STARTS_AT - 1, 1), (UTC_WEEKS[0].ends_at - 1, 5), (UTC_WEEKS[0].ends_at, 9))

    assert row["gain"] == 4


def test_one_number_on_two_platforms_is_two_posts(engine: Evidence) -> None:
    other = {**OLD, "platform": "x", "is_repost": True}
    values = [(STARTS_AT, 1), (STARTS_AT + DAY, 4)]
    readings = [*reading_rows(OLD, "likes", values), *reading_rows(other, "likes", values)]

    [row] = gains_of(engine, readings, [OLD, other], UTC_WEEKS[:1], RULE)

    assert (row["platform"], row["gain"]) == ("youtube", 3)


def test_reposts_and_posts_of_nobody_count_for_nobody(engine: Evidence) -> None:
    repost = post_row("repost", STARTS_AT, is_repost=True)
    unattributed = post_row("nobodys", STARTS_AT, account="label", artist=None)
    readings = [row for post in (repost, unattributed) for row in reading_rows(post, "views", [(STARTS_AT, 7)])]

    assert measures_of(engine, readings, [repost, unattributed], UTC_WEEKS, RULE) == []
    assert measures_of(engine, readings, [repost, unattributed], UTC_WEEKS, PUBLISHED) == []


def test_followers_of_an_account_are_an_addition(engine: Evidence) -> None:
    readings = reading_rows(account_of("arirang-tv", "arirang"), "followers", [(STARTS_AT - 1, 50), (STARTS_AT, 53)])

    [row] = measures_of(engine, readings, [], UTC_WEEKS[:1], RULE)

    assert (row["measure"], row["value"], row["unit"]) == ("followers_addition", 3, "followers")


def test_the_week_of_publication_has_the_last_reading_of_all(engine: Evidence) -> None:
    late = reading_rows(NEW, "likes", [(STARTS_AT + DAY, 5), (STARTS_AT + 400 * DAY, 8)])
    early = reading_rows(OLD, "likes", [(STARTS_AT + DAY, 100)])

    [row] = gains_of(engine, [*late, *early], [NEW, OLD], UTC_WEEKS, PUBLISHED)

    assert (row["post"], row["week"], row["gain"], row["gap_at_end"]) == ("new", "2018-05-11", 8, 0)


def test_posts_are_counted_by_media_and_unknown_media_only_as_posts(engine: Evidence) -> None:
    media = ["photo", "photo", "video", "unknown"]
    posts = [post_row(f"p{number}", STARTS_AT, media=name) for number, name in enumerate(media)]

    rows = measures_of(engine, [], posts, UTC_WEEKS, RULE)

    assert {row["measure"]: row["value"] for row in rows} == {"posts": 4, "posts_photo": 2, "posts_video": 1}


def test_response_per_1000_views_is_in_thousandths_and_rounded_down(engine: Evidence) -> None:
    readings = [
        *reading_rows(NEW, "views", [(STARTS_AT + DAY, 3_000)]),
        *reading_rows(NEW, "likes", [(STARTS_AT + DAY, 15)]),
        *reading_rows(NEW, "comments", [(STARTS_AT + DAY, 5)]),
    ]
    rule = msgspec.structs.replace(RULE, response=Response(("likes", "comments")))

    row = value_of(measures_of(engine, readings, [NEW], UTC_WEEKS, rule), "response_per_1000_views")

    assert (row["value"], row["unit"]) == (6_666, "thousandths")


def test_without_views_there_is_no_response_per_view(engine: Evidence) -> None:
    readings = [
        *reading_rows(NEW, "views", [(STARTS_AT + DAY, 0)]),
        *reading_rows(NEW, "likes", [(STARTS_AT + DAY, 15)]),
    ]

    rows = measures_of(engine, readings, [NEW], UTC_WEEKS, RULE)

    assert sorted(row["measure"] for row in rows) == ["likes_gain", "posts", "posts_video", "views_gain"]


def test_a_ratio_is_exact_where_floats_are_not(engine: Evidence) -> None:
    likes, views = 9_007_199_254, 2**53
    readings = [
        *reading_rows(NEW, "views", [(STARTS_AT + DAY, views)]),
        *reading_rows(NEW, "likes", [(STARTS_AT + DAY, likes)]),
    ]

    row = value_of(measures_of(engine, readings, [NEW], UTC_WEEKS, RULE), "response_per_1000_views")

    assert row["value"] == likes * 1_000_000 // views == 0


def test_only_the_artist_of_a_missing_account_has_an_account_gap(engine: Evidence) -> None:
    other = post_row("other", UTC_WEEKS[1].starts_at, account="bolero", artist="bolero")
    unattributed = post_row("nobodys", STARTS_AT, account="label", artist=None)
    gaps = [Gap(date(2018, 5, 24), date(2018, 5, 25), "b", account) for account in ("arirang-tv", "label")]
    posts = [post_row(week.id, week.starts_at) for week in UTC_WEEKS] + [other, unattributed]

    rows = measures_of(engine, [], posts, UTC_WEEKS, RULE, [source_with(*gaps)])

    flagged = [(row["week"], row["artist"], row["account_gap"]) for row in rows if row["measure"] == "posts"]
    assert sorted(flagged) == [
        ("2018-05-11", "arirang", False),
        ("2018-05-18", "arirang", True),
        ("2018-05-18", "bolero", False),
        ("2018-05-25", "arirang", True),
    ]


def test_the_edge_gap_is_the_rules(engine: Evidence) -> None:
    rule = msgspec.structs.replace(RULE, gain=Gain("observed", 1))
    readings = reading_rows(OLD, "views", [(STARTS_AT - 1, 1), (UTC_WEEKS[0].ends_at - 2 * HOUR, 2)])

    [row] = gains_of(engine, readings, [OLD], UTC_WEEKS[:1], rule)

    assert (row["gap_at_start"], row["gap_at_end"]) == (0, 1)


def weekly(engine: Evidence, *readings: tuple[int, int], rule: ChartRule = RULE, **source: Any) -> list[Row]:
    """Give the gains by week of an old post, from days after the first week's start and values."""
    rows = reading_rows(OLD, "views", [(STARTS_AT + day * DAY + 12 * HOUR, value) for day, value in readings])
    found = gains_of(engine, rows, [OLD], UTC_WEEKS, rule, [source_with(**source)])
    return sorted(found, key=lambda row: row["week"])


def test_a_counter_that_falls_to_0_and_comes_back_across_an_edge_gains_what_is_sound(engine: Evidence) -> None:
    low = [(day, 500_000_000 + 1000 * (day + 1)) for day in range(-1, 14) if day != 6]

    rows = weekly(engine, *low, (6, 0))

    assert [(row["gain"], row["fell"], row["recovered"]) for row in rows] == [(6000, 1, 0), (8000, 0, 1)]


def test_weeks_spent_below_the_highest_reading_gain_nothing(engine: Evidence) -> None:
    rows = weekly(engine, (-1, 40), (1, 15), (6, 15), (9, 15), (13, 38), (15, 41))

    assert [(row["gain"], row["fell"], row["recovered"]) for row in rows] == [(0, 1, 0), (0, 0, 1), (1, 0, 1)]


def test_a_leap_that_is_taken_back_within_the_week_counts_for_nothing(engine: Evidence) -> None:
    rows = weekly(engine, (-1, 100), (1, 110), (2, 99_000), (3, 120), (6, 130), (8, 140))

    assert [(row["gain"], row["fell"]) for row in rows] == [(30, 1), (10, 0)]


def test_a_leap_at_the_weeks_end_is_counted_once_and_what_follows_it_is_flagged(engine: Evidence) -> None:
    rows = weekly(engine, (-1, 100), (6, 1_000), (8, 110), (13, 120), (15, 900), (20, 1_010))

    assert [row["gain"] for row in rows] == [900, 0, 10]
    assert [(row["fell"], row["recovered"]) for row in rows] == [(0, 0), (1, 0), (0, 1)]


def test_gains_never_add_up_to_more_than_the_counter_rose(engine: Evidence) -> None:
    steps = [(day, 100 + (day % 3) * 10 + day // 7) for day in range(-1, 21)]

    assert sum(row["gain"] for row in weekly(engine, *steps)) <= max(value for _, value in steps) - steps[0][1]


def test_a_rule_may_take_the_last_reading_as_it_is(engine: Evidence) -> None:
    rule = msgspec.structs.replace(RULE, gain=Gain(falls="last"))

    rows = weekly(engine, (-1, 40), (6, 15), (8, 41), rule=rule)

    assert [row["gain"] for row in rows] == [0, 26]


@pytest.mark.parametrize(
    ("grain", "steps"), [("3 figures", [100_000, 100_000]), ("100", [100, 100]), ("9 figures", [1, 1])]
)
def test_a_rounded_counter_says_how_far_its_gain_may_be_off(engine: Evidence, grain: str, steps: list[int]) -> None:
    rows = weekly(engine, (-1, 12_300_000), (6, 12_400_000), (13, 12_400_000), grain={"views": grain})

    assert [row["grain"] for row in rows] == steps
    assert [row["gain"] for row in rows] == [100_000, 0]


def test_a_rule_may_smooth_a_rounded_counter_over_its_last_weeks(engine: Evidence) -> None:
    rule = msgspec.structs.replace(RULE, gain=Gain(rounded="smooth", smooth_weeks=2))

    rows = weekly(engine, (-1, 12_300_000), (6, 12_400_000), (13, 12_400_000), grain={"views": "3 figures"}, rule=rule)

    assert [(row["gain"], row["grain"]) for row in rows] == [(100_000, 100_000), (50_000, 50_000)]


def test_a_rule_may_refuse_a_rounded_counter(engine: Evidence) -> None:
    rule = msgspec.structs.replace(RULE, gain=Gain(rounded="refuse"))

    with pytest.raises(
        RuleInvalid, match="made@1 accepts no rounded counter, but source made reports views, of views_gain"
    ):
        refuse_rounded(rule, [source_with(grain={"views": "3 figures"})])
    refuse_rounded(rule, [source_with(grain={"likes": "3 figures"})])


def test_of_a_source_that_stores_changes_no_gap_is_one(engine: Evidence) -> None:
    rows = weekly(engine, (-5, 10), (2, 11), stores="changes")

    assert [(row["gain"], row["gap_at_start"], row["gap_at_end"]) for row in rows] == [(1, 0, 0)]


def test_an_addition_is_measured_by_its_highest_reading_where_it_falls_at_the_end(engine: Evidence) -> None:
    followers = reading_rows(
        account_of("arirang-tv", "arirang"), "followers", [(STARTS_AT, 1_000), (STARTS_AT + DAY, 1)]
    )
    likes = reading_rows(NEW, "likes", [(STARTS_AT + DAY, 5)])

    row = value_of(measures_of(engine, [*followers, *likes], [NEW], UTC_WEEKS[:1], RULE), "response_per_1000_followers")

    assert row["value"] == 5 * 1_000_000 // 1_000
