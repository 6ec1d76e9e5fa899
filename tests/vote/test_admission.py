"""The door decides by the ballot and the rule alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plaudit.base.errors import BallotMalformed, BallotRejected, UnknownNominee, VoteClosed
from plaudit.rulebook.counting_rule import Cap, Channel, CountingRule, Day, Gestures
from plaudit.rulebook.windows import VotingWindow
from plaudit.vote.admission import TAGS_MOST, VOTES_MOST, Admission
from plaudit.vote.record import Ballot, Names
from tests.oracles.tally_oracle import before_the_cap, voting_day
from tests.vote.voting import ask

if TYPE_CHECKING:
    from plaudit.vote.admission import BallotRequest

DAY = 86_400_000_000
OPENS = 1_767_225_600_000_000
CLOSES = OPENS + 3 * DAY
NAMES = Names(("web", "post", "jury"), ("bts", "drake"), ("guest",))
WINDOWS = [
    VotingWindow("first", OPENS, CLOSES),
    VotingWindow("second", CLOSES + DAY, CLOSES + 2 * DAY, ("web",)),
]


def rule(zone: str = "UTC", *, per: str = "day", scope: str = "award") -> CountingRule:
    cap = Cap(5, per, scope)  # type: ignore[arg-type]
    every = Gestures("counts", "counts", "counts", "counts")
    strict = Channel(
        "post",
        "posts",
        gestures=Gestures(post="counts"),
        tags_most=2,
        deleted="void",
        private="void",
        account_age_days=30,
        because="No cap.",
    )
    jury = Channel("jury", "a jury", counts="totals")
    return CountingRule("r", 1, "t", "b", Day(zone), (Channel("web", "web", gestures=every, cap=cap), strict, jury))


def row(ask: BallotRequest, cast_at: int) -> dict[str, Any]:
    """Give an ask as a row of the table ballots."""
    columns = ("channel", "nominee", "votes", "gesture", "tags", "is_deleted", "is_private", "account_created_at")
    return {"ballot": 0, "cast_at": cast_at, **{name: getattr(ask, name) for name in columns}}


near = st.sampled_from([OPENS, CLOSES, CLOSES + DAY, CLOSES + 2 * DAY]).flatmap(
    lambda edge: st.sampled_from([edge - 1, edge, edge + 1])
)
asks = st.builds(
    ask,
    votes=st.integers(1, 9),
    channel=st.sampled_from(["web", "post", "jury", "none-such"]),
    nominee=st.sampled_from(["bts", "drake", "nobody", ""]),
    gesture=st.sampled_from(["vote", "post", "repost", "quote"]),
    tags=st.integers(1, 3),
    is_deleted=st.booleans(),
    is_private=st.booleans(),
    account_created_at=st.one_of(
        st.none(), st.sampled_from([OPENS - 30 * DAY - 1, OPENS - 30 * DAY, OPENS - 30 * DAY + 1])
    ),
)


@given(asks, near | st.integers(OPENS - DAY, CLOSES + 3 * DAY))
def test_what_the_tally_would_not_count_stays_out_and_all_else_comes_in(ask: BallotRequest, cast_at: int) -> None:
    fate = before_the_cap(row(ask, cast_at), set(NAMES.nominees), rule(), list(WINDOWS), set())
    admission = Admission(rule(), WINDOWS, NAMES)

    if fate is None:
        admission.check(ask, cast_at)
    else:
        with pytest.raises(BallotRejected):
            admission.check(ask, cast_at)


def test_each_refusal_has_its_class_and_names_the_rule() -> None:
    admission = Admission(rule(), WINDOWS, NAMES)
    with pytest.raises(BallotMalformed, match="use one of: web, post"):
        admission.check(ask(channel="jury"), OPENS)
    with pytest.raises(UnknownNominee, match="no nominee is called 'x'"):
        admission.check(ask(nominee="x"), OPENS)
    with pytest.raises(VoteClosed, match="2026-01-04T00:00:00Z is in no voting window of channel web") as closed:
        admission.check(ask(), CLOSES)
    with pytest.raises(BallotMalformed, match="a quote does not count in channel post") as void:
        admission.check(ask(channel="post", gesture="quote"), OPENS)
    assert closed.value.values["rule"] == void.value.values["rule"] == "r@1"


@pytest.mark.parametrize(("first", "last"), [(OPENS, CLOSES - 1)])
def test_a_window_holds_its_first_instant_and_not_the_one_it_closes_at(first: int, last: int) -> None:
    admission = Admission(rule(), WINDOWS, NAMES)

    assert [admission.is_open("web", instant) for instant in (first - 1, first, last, last + 1)] == [
        False,
        True,
        True,
        False,
    ]
    assert admission.is_open("web", CLOSES + DAY)
    assert not admission.is_open("post", CLOSES + DAY)


@pytest.mark.parametrize(
    "wrong", [{"votes": 0}, {"votes": -3}, {"votes": VOTES_MOST + 1}, {"tags": 0}, {"tags": TAGS_MOST + 1}]
)
def test_numbers_that_no_record_holds_are_malformed(wrong: dict[str, Any]) -> None:
    with pytest.raises(BallotMalformed, match="a ballot of"):
        Admission(rule(), WINDOWS, NAMES).check(ask(**wrong), OPENS)


def test_the_greatest_numbers_fit_a_record() -> None:
    record = NAMES.pack(Ballot("web", "bts", VOTES_MOST, OPENS, 1, "guest", tags=TAGS_MOST))

    assert (NAMES.unpack(record)["votes"], NAMES.unpack(record)["tags"]) == (VOTES_MOST, TAGS_MOST)


@given(
    st.sampled_from(["UTC", "America/Los_Angeles", "Australia/Lord_Howe"]),
    st.lists(st.integers(OPENS, CLOSES - 1), min_size=2, max_size=2),
)
def test_two_instants_share_an_allowance_exactly_on_one_local_day(zone: str, instants: list[int]) -> None:
    admission = Admission(rule(zone), WINDOWS[:1], NAMES)
    one, other = (admission.slot("web", "bts", instant) for instant in instants)
    days = [voting_day(instant, zone, rule(zone).day.starts_at) for instant in instants]

    assert (one == other) == (days[0] == days[1])


def test_what_a_ballot_is_charged_to_follows_the_cap() -> None:
    award, nominee, window, whole = (
        Admission(rule(per=per, scope=scope), WINDOWS, NAMES)
        for per, scope in (("day", "award"), ("day", "nominee"), ("window", "award"), ("vote", "award"))
    )

    assert award.slot("web", "bts", OPENS) == award.slot("web", "drake", OPENS)
    assert nominee.slot("web", "bts", OPENS) != nominee.slot("web", "drake", OPENS)
    assert nominee.slot("web", "nobody", OPENS) is None
    assert window.slot("web", "bts", OPENS) == window.slot("web", "bts", CLOSES - 1)
    assert window.slot("web", "bts", OPENS) != window.slot("web", "bts", CLOSES + DAY)
    assert whole.slot("web", "bts", OPENS) == whole.slot("web", "bts", CLOSES + DAY)
    assert award.slot("post", "bts", OPENS) is award.slot("none-such", "bts", OPENS) is None
    assert (award.most("web"), award.most("post")) == (5, None)
