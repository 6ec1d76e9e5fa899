"""What the vectors do not reach, worked out by hand."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Literal

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from plaudit.base.numbers import half_even
from plaudit.base.weeks import to_instant
from plaudit.rulebook.counting_rule import Cap, Channel, CountingRule, Day, Gestures, Multiplier, SameInstant
from tests.oracles import chart_oracle, tally_oracle
from tests.oracles.tally_oracle import Ballot, OracleWindow, Tally, count, voting_day

ALWAYS = OracleWindow("w", 0, 10**18)
WEB = Channel("web", "the site", gestures=Gestures(vote="counts"), cap=Cap(10, "day"), account_age_days=2)
RULE = CountingRule("r", 1, "t", "b", Day("UTC"), (WEB,))
DAY = 86_400_000_000


def ballot(number: int, cast_at: int = 10 * DAY, votes: int = 1, **more: object) -> Ballot:
    return {
        "ballot": number,
        "channel": "web",
        "nominee": "a",
        "voter": 1,
        "votes": votes,
        "cast_at": cast_at,
        "gesture": "vote",
        "tags": 1,
        "is_deleted": False,
        "is_private": False,
        "account_created_at": 0,
        **more,
    }


def counted(rule: CountingRule, *ballots: Ballot, set_aside: set[int] | None = None) -> Tally:
    return count(list(ballots), {"a", "b"}, rule, [ALWAYS], set_aside or set())


def test_a_ballot_set_aside_uses_no_allowance_and_has_no_other_fate() -> None:
    tally = counted(RULE, ballot(1, votes=10), ballot(2, votes=10), ballot(3, channel="x"), set_aside={1, 3})

    assert tally["a", "web"]["votes_set_aside"] == 10
    assert tally["a", "web"]["votes_counted"] == 10
    assert tally["a", "x"]["ballots_set_aside"] == 1
    assert tally.voids == {}


def test_a_refused_ballot_closes_the_allowance() -> None:
    rule = msgspec.structs.replace(RULE, partial="refuse")

    ballots = [ballot(n, cast_at=10 * DAY + n, votes=votes) for n, votes in ((1, 8), (2, 5), (3, 2))]
    cell = counted(rule, *ballots)["a", "web"]

    assert (cell["votes_counted"], cell["votes_over_cap"], cell["ballots_over_cap"]) == (8, 7, 2)


def test_account_age_is_exact_to_the_microsecond() -> None:
    tally = counted(
        RULE,
        ballot(1, account_created_at=8 * DAY),
        ballot(2, account_created_at=8 * DAY + 1),
        ballot(3, account_created_at=None),
    )

    assert tally["a", "web"]["ballots_counted"] == 1
    assert tally.voids == {("a", "web", "account too young"): (1, 1), ("a", "web", "account age unknown"): (1, 1)}


def test_a_window_has_its_own_allowance() -> None:
    rule = msgspec.structs.replace(RULE, channel=(msgspec.structs.replace(WEB, cap=Cap(1, "window")),))
    windows = [OracleWindow("one", 0, 10 * DAY), OracleWindow("two", 10 * DAY, 20 * DAY)]

    tally = count([ballot(1, 10 * DAY - 1), ballot(2), ballot(3)], {"a"}, rule, windows, set())

    assert tally["a", "web"]["votes_counted"] == 2


def test_the_greatest_multiplier_holds_alone() -> None:
    days = (date(1970, 1, 11),)
    rule = msgspec.structs.replace(
        RULE, multiplier=(Multiplier(2, "b", days=days), Multiplier(3, "b", from_time=time(1), to_time=time(2)))
    )
    hour = DAY // 24

    tally = counted(rule, ballot(1), ballot(2, 10 * DAY + hour), ballot(3, 9 * DAY + hour), ballot(4, 9 * DAY))

    assert tally["a", "web"]["votes_weighted"] == 2 + 3 + 3 + 1


def instant(text: str) -> int:
    return to_instant(datetime.fromisoformat(text))


def test_a_day_that_starts_in_the_evening_is_the_one_that_has_started() -> None:
    evening = time(18)

    assert voting_day(instant("2018-05-15T17:59:59-07:00"), "America/Los_Angeles", evening) == date(2018, 5, 14)
    assert voting_day(instant("2018-05-15T18:00:00-07:00"), "America/Los_Angeles", evening) == date(2018, 5, 15)


def test_an_hour_shown_twice_moves_nobody_back() -> None:
    half_past_one = time(1, 30)
    first, second = instant("2018-11-04T01:40:00-07:00"), instant("2018-11-04T01:10:00-08:00")

    assert voting_day(first, "America/Los_Angeles", half_past_one) == date(2018, 11, 4)
    assert voting_day(second, "America/Los_Angeles", half_past_one) == date(2018, 11, 4)


@given(
    st.lists(
        st.builds(
            ballot,
            st.just(0),
            st.integers(8 * DAY, 12 * DAY),
            st.integers(1, 12),
            voter=st.integers(1, 2),
            nominee=st.sampled_from(["a", "b", "z"]),
            gesture=st.sampled_from(["vote", "post"]),
        ),
        max_size=12,
    ),
    st.sampled_from(["first", "last"]),
    st.sampled_from(["count", "refuse"]),
    st.sampled_from(["none", "recorded"]),
)
def test_every_vote_has_one_fate_and_no_cap_is_passed(
    ballots: list[Ballot], keep: str, partial: str, then: Literal["none", "recorded"]
) -> None:
    rule = msgspec.structs.replace(RULE, keep=keep, partial=partial, same_instant=SameInstant(then))
    ballots = [{**one, "ballot": number} for number, one in enumerate(ballots)]

    tally = counted(rule, *ballots, set_aside={0})

    for cell in tally.values():
        for kind in ("ballots", "votes"):
            assert cell[f"{kind}_cast"] == sum(cell[f"{kind}_{outcome}"] for outcome in tally_oracle.OUTCOMES)
    assert sum(cell["votes_counted"] for cell in tally.values()) <= 10 * 2 * 5


@given(st.integers(0, 10**9), st.integers(1, 10**6))
def test_both_roundings_agree(numerator: int, denominator: int) -> None:
    assert tally_oracle.half_even(numerator, denominator) == half_even(numerator, denominator)


CHARTS: list[chart_oracle.Chart] = [
    ("1", [("a", 1), ("b", 2)]),
    ("2", [("b", 1), ("a", 2)]),
    ("3", None),
    ("4", [("b", 1)]),
    ("5", [("a", 1), ("b", 2)]),
]


def told(uncharted: str) -> list[tuple[object, ...]]:
    keys = (
        "week",
        "artist",
        "last_week",
        "peak",
        "weeks_on_chart",
        "weeks_at_no_1",
        "streak",
        "streak_at_no_1",
        "status",
    )
    return [tuple(entry[key] for key in keys) for entry in chart_oracle.history(CHARTS, uncharted)]


def test_history_skips_a_week_without_a_chart() -> None:
    assert told("skip") == [
        ("1", "a", None, 1, 1, 1, 1, 1, "debut"),
        ("1", "b", None, 2, 1, 0, 1, 0, "debut"),
        ("2", "b", 2, 1, 2, 1, 2, 1, "up"),
        ("2", "a", 1, 1, 2, 1, 2, 0, "down"),
        ("4", "b", 1, 1, 3, 2, 3, 2, "same"),
        ("5", "a", None, 1, 3, 2, 1, 1, "re-entry"),
        ("5", "b", 1, 1, 4, 2, 4, 0, "down"),
    ]


def test_history_breaks_at_a_week_without_a_chart() -> None:
    assert told("break")[4:] == [
        ("4", "b", None, 1, 3, 2, 1, 1, "re-entry"),
        ("5", "a", None, 1, 3, 2, 1, 1, "re-entry"),
        ("5", "b", 1, 1, 4, 2, 2, 0, "down"),
    ]
