from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plaudit.base.errors import RuleInvalid
from plaudit.base.weeks import Week
from plaudit.measure.coverage import day_boundaries, weeks_seen
from plaudit.measure.feeds import Read, days_with_readings, refuse_unfed, unfed
from plaudit.rulebook.chart_rule import Coverage, Part
from plaudit.rulebook.sources import Gap
from tests.measure.readings import (
    HOUR,
    NEW_YORK_WEEKS,
    PUBLISHED,
    RULE,
    UTC_WEEKS,
    account_of,
    reading_rows,
    source_with,
)
from tests.profiles import examples

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plaudit.store.evidence import Evidence

FIRST = UTC_WEEKS[0].starts_on


def read(days: Iterable[int], metric: str = "views", **more: Any) -> list[Read]:
    """Give readings on some days."""
    made = {"source": "made", "platform": "youtube", "metric": metric, "of_post": True}
    return [Read(**{**made, **more, "day": day}) for day in days]


EVERY_DAY = read(range(21))


def gap(first: int, last: int, account: str = "") -> Gap:
    return Gap(FIRST + timedelta(days=first), FIRST + timedelta(days=last), "b", account)


@pytest.mark.parametrize(
    ("days", "verdict"),
    [(7, "final"), (6, "final"), (5, "provisional"), (3, "provisional"), (2, "uncharted"), (0, "uncharted")],
)
def test_days_seen_make_the_verdict(days: int, verdict: str) -> None:
    rule = msgspec.structs.replace(RULE, coverage=Coverage(full_days=6, least_days=3))

    [seen] = weeks_seen(rule, UTC_WEEKS[:1], [source_with()], read(range(days)))

    assert (seen.as_row(rule.name)["days_seen"], seen.verdict) == (days, verdict)


def test_a_rule_that_needs_no_day_has_a_chart_without_any() -> None:
    rule = msgspec.structs.replace(RULE, coverage=Coverage(full_days=7, least_days=0))

    [seen] = weeks_seen(rule, UTC_WEEKS[:1], [], [])

    assert seen.verdict == "provisional"


@pytest.mark.parametrize(
    ("gaps", "missing"),
    [
        ((), []),
        ((gap(0, 0),), [0]),
        ((gap(5, 8),), [5, 6, 7, 8]),
        ((gap(5, 8, "ibighit"),), []),
        ((gap(1, 2), gap(2, 3)), [1, 2, 3]),
        ((gap(-9, -1), gap(21, 30)), []),
    ],
)
def test_a_gap_of_the_source_is_missing_and_one_of_an_account_is_not(gaps: tuple[Gap, ...], missing: list[int]) -> None:
    seen = weeks_seen(RULE, UTC_WEEKS, [source_with(*gaps)], EVERY_DAY)

    found = [day for week in seen for day in week.missing]
    assert found == [FIRST + timedelta(days=day) for day in missing]


def test_what_one_source_lacks_another_may_have() -> None:
    other = source_with(first_on=FIRST, last_on=FIRST + timedelta(days=1))

    [seen] = weeks_seen(RULE, UTC_WEEKS[:1], [source_with(gap(0, 2)), other], EVERY_DAY)

    assert seen.missing == (FIRST + timedelta(days=2),)


def test_days_outside_a_sources_coverage_are_missing() -> None:
    source = source_with(first_on=FIRST + timedelta(days=1), last_on=FIRST + timedelta(days=5))

    [seen] = weeks_seen(RULE, UTC_WEEKS[:1], [source], EVERY_DAY)

    assert seen.as_row("c")["missing"] == "2018-05-11 2018-05-17"


def test_a_declared_day_without_a_reading_is_missing_where_gains_are_observed() -> None:
    [observed] = weeks_seen(RULE, UTC_WEEKS[:1], [source_with()], read([0, 1, 2]))
    [published] = weeks_seen(PUBLISHED, UTC_WEEKS[:1], [source_with()], read([0, 1, 2]))

    assert (observed.verdict, published.verdict) == ("provisional", "final")


@pytest.mark.parametrize("weeks", [UTC_WEEKS, NEW_YORK_WEEKS], ids=["utc", "new-york"])
@given(data=st.data())
@settings(max_examples=examples(15))
def test_days_with_readings_are_local_days(engine: Evidence, weeks: list[Week], data: st.DataObject) -> None:
    midnights = [Week(day, week.zone).starts_at for week in weeks for day in week.days] + [weeks[-1].ends_at]
    instants: Any = st.one_of(
        st.tuples(st.sampled_from(midnights), st.sampled_from([-1, 0])).map(sum),
        st.integers(midnights[0] - HOUR, midnights[-1] + HOUR),
    )
    found = data.draw(st.lists(instants, max_size=8, unique=True))
    readings = reading_rows(account_of("a", "arirang"), "views", [(instant, 1) for instant in found])

    days = engine.to_rows(days_with_readings(engine.rows("readings", readings), day_boundaries(weeks)))

    spans = list(pairwise(midnights))
    assert sorted(row["day"] for row in days if 0 <= row["day"] < len(midnights) - 1) == [
        number for number, (start, end) in enumerate(spans) if any(start <= instant < end for instant in found)
    ]


def test_a_week_with_a_gap_in_another_zone_is_counted_by_its_own_dates() -> None:
    weeks = [Week(date(2018, 3, 9), "America/New_York")]

    [seen] = weeks_seen(RULE, weeks, [source_with(Gap(date(2018, 3, 11), date(2018, 3, 11), "b"))], read(range(7)))

    assert seen.missing == (date(2018, 3, 11),)


def test_a_source_that_feeds_no_part_hides_no_gap() -> None:
    followers = source_with(id="other", kind="readings", metrics={})
    reads = [*EVERY_DAY, *read(range(21), "followers", source="other", of_post=False)]

    [seen] = weeks_seen(RULE, UTC_WEEKS[:1], [source_with(gap(1, 6)), followers], reads)

    assert (len(seen.missing), seen.verdict) == (6, "provisional")


def test_every_part_is_asked_by_itself() -> None:
    rule = msgspec.structs.replace(RULE, part=(Part("views_gain", 500_000), Part("likes_gain", 500_000)))
    likes = source_with(gap(2, 2), id="likes", metrics={"likes": "likes"})

    [seen] = weeks_seen(
        rule, UTC_WEEKS[:1], [source_with(), likes], [*EVERY_DAY, *read(range(4), "likes", source="likes")]
    )

    assert seen.missing == tuple(FIRST + timedelta(days=day) for day in (2, 4, 5, 6))


def test_one_platform_stands_in_for_no_other() -> None:
    other = source_with(id="other", platform="x")

    [seen] = weeks_seen(
        RULE, UTC_WEEKS[:1], [source_with(gap(0, 2)), other], [*EVERY_DAY, *read(range(7), platform="x")]
    )

    assert seen.missing == tuple(FIRST + timedelta(days=day) for day in (0, 1, 2))


def test_a_platform_counts_from_the_day_its_source_begins() -> None:
    later = source_with(id="other", platform="x", first_on=FIRST + timedelta(days=30))

    [seen] = weeks_seen(RULE, UTC_WEEKS[:1], [source_with(), later], EVERY_DAY)

    assert seen.verdict == "final"


def test_of_a_source_that_stores_changes_a_declared_day_was_seen() -> None:
    [seen] = weeks_seen(RULE, UTC_WEEKS[:1], [source_with(gap(5, 5), stores="changes")], read([0]))

    assert seen.missing == (FIRST + timedelta(days=5),)


def test_a_week_names_the_parts_that_nothing_fed() -> None:
    rule = msgspec.structs.replace(RULE, part=(Part("views_gain", 500_000), Part("likes_gain", 500_000)))
    source = source_with(metrics={"views": "views", "likes": "likes"})

    first, second, _ = weeks_seen(rule, UTC_WEEKS, [source], [*EVERY_DAY, *read(range(7), "likes")])

    assert (first.unfed, second.unfed) == ((), ("likes_gain",))


def test_a_part_that_no_source_feeds_is_refused_with_the_nearest_name() -> None:
    rule = msgspec.structs.replace(RULE, part=(Part("views_gain", 300_000), Part("likes_gain", 700_000)))
    named = msgspec.structs.replace(rule, coverage=Coverage(unfed_part="name"))
    there = [("views", True), ("like", True)]

    with pytest.raises(RuleInvalid, match="no source feeds likes_gain, which weighs 700,000 ppm") as caught:
        refuse_unfed(rule, [source_with()], there)

    assert "the sources feed like_gain, views_gain" in caught.value.what
    refuse_unfed(named, [source_with()], there)
    assert unfed(named, [source_with()], there) == ["likes_gain"]


@pytest.mark.parametrize(
    ("measure", "there", "is_fed"),
    [
        ("followers_addition", [("followers", True)], False),
        ("followers_addition", [("followers", False)], True),
        ("response_per_1000_views", [("views", True)], False),
        ("response_per_1000_views", [("views", True), ("comments", True)], True),
        ("response_per_1000_followers", [("likes", True), ("subscribers", False)], True),
        ("posts", [], True),
        ("posts_photo", [], False),
    ],
)
def test_what_feeds_a_measure(measure: str, there: list[tuple[str, bool]], is_fed: bool) -> None:
    rule = msgspec.structs.replace(RULE, part=(Part(measure, 1_000_000),))

    assert unfed(rule, [source_with()], there) == ([] if is_fed else [measure])
