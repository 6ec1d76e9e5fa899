from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plaudit.base.errors import SourceUnavailable
from plaudit.fetch.quota import Quota
from plaudit.platforms.contract import Limit
from tests.fetch.fetching import HOUR, MONDAY, SECOND
from tests.profiles import examples

ASKS = st.lists(st.tuples(st.integers(0, 90), st.integers(1, 3)), min_size=1, max_size=40)


def taken(quota: Quota, asks: list[tuple[int, int]], step: int) -> list[tuple[int, int]]:
    """Ask as early as the quota lets us, with pauses of so many steps between."""
    now, found = MONDAY, []
    for pause, units in asks:
        now = quota.free_at("p", units, now + pause * step)
        quota.spend("p", units, now)
        found.append((now, units))
    return found


@settings(max_examples=examples(60))
@given(ASKS)
def test_no_window_holds_more_than_its_limit(asks: list[tuple[int, int]]) -> None:
    spent = taken(Quota("x", [Limit("p", 5, 60), Limit("p", 9, 600)]), asks, SECOND)

    for units, seconds in ((5, 60), (9, 600)):
        for last, _ in spent:
            assert sum(n for at, n in spent if last - seconds * SECOND < at <= last) <= units


@settings(max_examples=examples(60))
@given(ASKS)
def test_no_day_of_a_zone_holds_more_than_its_limit(asks: list[tuple[int, int]]) -> None:
    spent = taken(Quota("x", [Limit("p", 5, 86_400, "America/Los_Angeles")]), asks, HOUR // 4)
    days: dict[object, int] = defaultdict(int)
    for at, units in spent:
        here = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)
        days[here.astimezone(ZoneInfo("America/Los_Angeles")).date()] += units

    assert max(days.values()) <= 5


def test_it_waits_no_longer_than_it_must() -> None:
    quota = Quota("x", [Limit("p", 2, 60)])
    quota.spend("p", 2, MONDAY)

    assert quota.free_at("p", 1, MONDAY + SECOND) == MONDAY + 60 * SECOND
    assert quota.free_at("p", 1, MONDAY + 60 * SECOND) == MONDAY + 60 * SECOND
    assert quota.free_at("another pool", 1, MONDAY) == MONDAY


def test_a_request_that_takes_more_than_a_pool_has_is_refused() -> None:
    with pytest.raises(SourceUnavailable, match="takes 6 units of p, which has 5"):
        Quota("x", [Limit("p", 5, 60)]).free_at("p", 6, MONDAY)
