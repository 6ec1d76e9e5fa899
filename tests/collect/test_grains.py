"""Instants known to a day or a minute beside instants known better: raised where a cap would have to choose."""

from __future__ import annotations

from datetime import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plaudit.base.errors import TieUnresolved
from plaudit.collect.grains import Moment, is_bare_date, local_day, refuse_unordered, span_of
from plaudit.collect.times import at_grain
from plaudit.rulebook.counting_rule import Cap

DAY = 86_400_000_000
NOON = 17_000 * DAY + DAY // 2


def moment(nominee: str, at: int, grain: str = "", **more: Any) -> Moment:
    first, last = span_of(at, grain, "UTC")
    said = {"voter": 1, "channel": "web", "votes": 1, "source": "s", "file": "f", "row": 1, **more}
    return Moment(nominee=nominee, cast_at=at, first=first, last=last, grain=grain, **said)


def is_refused(moments: list[Moment], cap: Cap) -> bool:
    try:
        refuse_unordered(moments, {"web": cap})
    except TieUnresolved:
        return True
    return False


@pytest.mark.parametrize(
    ("value", "form", "is_bare"),
    [
        ("2018-05-18", "", True),
        ("20180518", "", True),
        ("2018-05-18T00:00", "", False),
        ("2018-05-18 09:00:02+00", "", False),
        ("18.05.2018", "%d.%m.%Y", True),
        ("18.05.2018 09:00", "%d.%m.%Y %H:%M", False),
        ("43239", "excel", True),
        (43239.5, "excel", False),
        ("1526634002", "unix s", False),
    ],
)
def test_a_day_without_a_time_is_told_from_a_time(value: object, form: str, is_bare: bool) -> None:
    assert is_bare_date(value, form) == is_bare


def test_a_time_within_a_bare_date_is_raised_with_both_places() -> None:
    two = [moment("ann", NOON, "day", row=2), moment("bob", NOON - DAY // 3, file="g", row=7)]

    with pytest.raises(TieUnresolved, match=r"f, row 2 says only the day .* g, row 7 .*ann and bob") as raised:
        refuse_unordered(two, {"web": Cap(1, "day")})
    assert '[source.grain] cast_at = "day"' in raised.value.remedy


@pytest.mark.parametrize(
    ("other", "cap"),
    [
        (moment("bob", NOON - DAY), Cap(1, "vote")),  # another day
        (moment("bob", NOON), Cap(1, "vote")),  # one instant, which the counting rule settles
        (moment("ann", NOON + 1), Cap(1, "vote")),  # whichever counts, it counts for ann
        (moment("bob", NOON + 1), Cap(2, "vote")),  # both count
        (moment("bob", NOON + 1, voter=2), Cap(1, "vote")),
        (moment("bob", NOON + 1, channel="app"), Cap(1, "vote")),
        (moment("bob", NOON + 1), Cap(1, "vote", "nominee")),
    ],
)
def test_where_no_cap_has_to_choose_nothing_is_raised(other: Moment, cap: Cap) -> None:
    assert not is_refused([moment("ann", NOON, "day"), other], cap)


def counted(moments: list[Moment], cap: Cap, at: dict[Moment, int]) -> dict[str, int]:
    """Count first votes in an order of instants, by hand."""
    left, found = cap.votes, dict.fromkeys(("ann", "bob"), 0)
    for one in sorted(moments, key=lambda one: at[one]):
        found[one.nominee] += min(left, one.votes)
        left -= min(left, one.votes)
    return found


@given(
    st.lists(
        st.tuples(st.sampled_from(["ann", "bob"]), st.integers(0, 3 * 24), st.sampled_from(["", "day"])),
        min_size=2,
        max_size=4,
        unique=True,
    ),
    st.integers(1, 3),
    st.data(),
)
def test_what_is_not_raised_has_one_result_wherever_the_coarse_instants_lie(
    drawn: list[tuple[str, int, str]], most: int, data: st.DataObject
) -> None:
    moments = []
    for row, (nominee, hour, grain) in enumerate(drawn):
        at = NOON + hour * 3_600_000_000 + row  # no two instants are one: those are the counting rule's
        moments.append(moment(nominee, at_grain(at, grain, "UTC", time(12)) if grain else at, grain, row=row))
    cap = Cap(most, "vote")
    coarse = [one for one in moments if one.grain]
    if is_refused(moments, cap) or len({one.cast_at for one in moments}) < len(moments):
        return
    moved = {one: data.draw(st.integers(one.first, one.last)) if one in coarse else one.cast_at for one in moments}
    if len(set(moved.values())) == len(moved):
        assert counted(moments, cap, moved) == counted(moments, cap, {one: one.cast_at for one in moments})


def test_a_day_is_as_long_as_its_zone_makes_it() -> None:
    first, last = local_day(1520762400000000, "America/Los_Angeles")  # 11 March 2018, when the clocks skip an hour

    assert last - first == 23 * 3_600_000_000 - 1
