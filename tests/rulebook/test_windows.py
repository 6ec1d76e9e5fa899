from __future__ import annotations

from datetime import date, datetime, time
from itertools import pairwise
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plaudit.base.weeks import to_instant
from plaudit.rulebook.counting_rule import Cap, Channel, CountingRule, Day, Gestures, Multiplier
from plaudit.rulebook.windows import VotingWindow, multiplied_spans, periods
from tests.oracles.tally_oracle import voting_day
from tests.tally.cases import DAY_STARTS, HOUR, PLACES

WEB = Channel("web", "the site", gestures=Gestures(vote="counts"), cap=Cap(3, "day"))
RULE = CountingRule("r", 1, "t", "b", Day("UTC"), (WEB,))


def instant(day: date, at: time, zone: str) -> int:
    return to_instant(datetime.combine(day, at, ZoneInfo(zone)))


@given(
    st.sampled_from(PLACES),
    st.sampled_from(DAY_STARTS),
    st.lists(st.integers(0, 4 * 48), min_size=2, max_size=6, unique=True),
    st.sampled_from([-1, 0, 1]),
)
def test_a_day_cap_starts_anew_exactly_with_each_voting_day(
    place: tuple[str, date], starts_at: time, halves: list[int], nudge: int
) -> None:
    zone, first = place
    rule = msgspec.structs.replace(RULE, day=Day(zone, starts_at))
    start = instant(first, time(0), zone)
    edges = [start + half * HOUR // 4 + nudge for half in sorted(halves)]
    window = VotingWindow("w", edges[0], edges[-1])

    spans = periods(Cap(1, "day"), rule, [window])

    within = [edge for edge in [*edges, edges[-1] - 1] if window.opens_at <= edge < window.closes_at]
    numbers = {edge: [number for number, span in enumerate(spans) if span[0] <= edge < span[1]] for edge in within}
    assert all(len(found) == 1 for found in numbers.values())
    for one in within:
        for other in within:
            is_same_day = voting_day(one, zone, starts_at) == voting_day(other, zone, starts_at)
            assert (numbers[one] == numbers[other]) == is_same_day
    assert all(before[1] == after[0] for before, after in pairwise(spans))


def test_no_period_lies_wholly_outside_the_windows() -> None:
    opens_at = instant(date(2018, 5, 14), time(0), "UTC")
    window = VotingWindow("w", opens_at, opens_at + 48 * HOUR)

    assert periods(Cap(1, "day"), RULE, [window]) == [
        (opens_at, opens_at + 24 * HOUR),
        (opens_at + 24 * HOUR, opens_at + 48 * HOUR),
    ]


def test_without_a_window_there_is_no_period() -> None:
    assert periods(Cap(1, "vote"), RULE, []) == []
    assert multiplied_spans(msgspec.structs.replace(RULE, multiplier=(Multiplier(2, "b"),)), []) == []


@pytest.mark.parametrize(("day", "hours"), [(date(2018, 3, 11), 23), (date(2018, 11, 4), 25), (date(2018, 5, 14), 24)])
def test_a_multiplied_day_is_as_long_as_the_clocks_make_it(day: date, hours: int) -> None:
    rule = msgspec.structs.replace(RULE, day=Day("America/New_York"), multiplier=(Multiplier(2, "b", days=(day,)),))
    opens_at = instant(day, time(12), "America/New_York")

    [(_, (starts_at, ends_at))] = multiplied_spans(rule, [VotingWindow("w", opens_at, opens_at + HOUR)])

    assert ends_at - starts_at == hours * HOUR
