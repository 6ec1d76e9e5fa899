from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import msgspec
import pytest

from plaudit.base.weeks import to_instant
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

    assert (row["baseline"], row["baseline_at"], row["gain"]) == (100, None, 30)


def test_a_post_published_in_the_week_gains_from_nothing(engine: Evidence) -> None:
    row = gain_of(engine, NEW, (STARTS_AT + DAY, 100), (STARTS_AT + 6 * DAY, 130))

    assert (row["baseline"], row["baseline_at"], row["gain"]) == (0, None, 130)


def test_a_reading_before_the_week_is_the_baseline_however_old(engine: Evidence) -> None:
    row = gain_of(engine, OLD, (STARTS_AT - 30 * DAY, 90), (STARTS_AT + 6 * DAY, 130))

    assert (row["baseline"], row["gain"], row["gap_at_start"]) == (90, 40, 1)


def test_a_counter_that_falls_below_its_baseline_gains_nothing(engine: Evidence) -> None:
    row = gain_of(engine, OLD, (STARTS_AT - DAY, 90), (STARTS_AT + DAY, 200), (STARTS_AT + 6 * DAY, 80))

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
    nobodys = post_row("nobodys", STARTS_AT, account="label", artist=None)
    readings = [row for post in (repost, nobodys) for row in reading_rows(post, "views", [(STARTS_AT, 7)])]

    assert measures_of(engine, readings, [repost, nobodys], UTC_WEEKS, RULE) == []
    assert measures_of(engine, readings, [repost, nobodys], UTC_WEEKS, PUBLISHED) == []


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
    nobodys = post_row("nobodys", STARTS_AT, account="label", artist=None)
    gaps = [Gap(date(2018, 5, 24), date(2018, 5, 25), "b", account) for account in ("arirang-tv", "label")]
    posts = [post_row(week.id, week.starts_at) for week in UTC_WEEKS] + [other, nobodys]

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
