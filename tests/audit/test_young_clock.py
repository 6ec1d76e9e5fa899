"""Young accounts made together that come by one clock; fans who come on cue stay away now and then."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plaudit.rulebook.purge_rule import YoungClock
from tests.audit.purging import DAY, HOUR, MINUTE, OPENS, SECOND, at, cast, judged
from tests.profiles import examples

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plaudit.store.evidence import Evidence
    from tests.oracles.tally_oracle import Ballot

METHOD = YoungClock(30, 30, 16, voters_least=5, alike_ppm=900_000, days_least=4, share_ppm=900_000)
MADE = OPENS - DAY


def accounts(
    first: int,
    many: int,
    days: Iterable[int] = range(5),
    made_at: int = MADE,
    clock: int = 9 * HOUR,
    apart: float = 0.5,
    nominee: str = "arirang",
) -> list[Ballot]:
    """Give accounts made seconds apart that vote once a day, each a little after the one before."""
    return [
        one
        for number in range(many)
        for one in cast(
            first + number,
            [OPENS + day * DAY + clock + round(number * apart * SECOND) for day in days],
            account_created_at=made_at + number * 10 * SECOND,
            nominee=nominee,
        )
    ]


def test_farm_is_matched_and_its_numbers_told(engine: Evidence) -> None:
    told = judged(engine, METHOD, accounts(1, 6))

    assert told.voters == {1, 2, 3, 4, 5, 6}
    assert len(told.cases) == 1
    assert told.evidence[1] == (
        "on 5 of 5 days, the first ballot came within the same 16 seconds as those of at least 5 others, "
        "of 6 accounts made within 30 minutes that vote for arirang"
    )


def test_farm_on_every_edge_is_matched_whole(engine: Evidence) -> None:
    for later in range(0, 16, 3):
        farm = accounts(1, 16, made_at=MADE + later * 2 * MINUTE, clock=HOUR + later * SECOND)

        assert len(judged(engine, METHOD, farm).voters) == 16


def test_one_account_or_one_day_too_few_is_not_matched(engine: Evidence) -> None:
    assert judged(engine, METHOD, accounts(1, 5, range(4))).voters
    assert not judged(engine, METHOD, accounts(1, 4, range(4))).voters
    assert not judged(engine, METHOD, accounts(1, 5, range(3))).voters


def test_one_who_stays_away_of_ten_does_not_hide_the_others_and_two_do(engine: Evidence) -> None:
    for away, matched in ((1, 9), (2, 0)):
        ballots = accounts(1, 10 - away) + accounts(11, away, clock=20 * HOUR)

        assert len(judged(engine, METHOD, ballots).voters) == matched


def test_first_ballot_of_a_day_counts_and_not_a_later_one(engine: Evidence) -> None:
    again = accounts(1, 6, clock=12 * HOUR)
    before = accounts(1, 6, clock=HOUR, apart=60)

    assert len(judged(engine, METHOD, accounts(1, 6) + again).voters) == 6
    assert not judged(engine, METHOD, accounts(1, 6) + before).voters


def test_voter_with_another_day_of_ones_own_is_not_matched(engine: Evidence) -> None:
    ballots = accounts(1, 6) + cast(1, [at(5 * 86_400 + 40_000)], account_created_at=MADE)

    assert judged(engine, METHOD, ballots).voters == {2, 3, 4, 5, 6}


def test_accounts_made_too_early_or_at_a_time_unknown_are_not_looked_at(engine: Evidence) -> None:
    assert not judged(engine, METHOD, accounts(1, 6, made_at=OPENS - 31 * DAY)).voters
    assert not judged(engine, METHOD, [{**one, "account_created_at": None} for one in accounts(1, 6)]).voters


def test_accounts_made_hours_apart_are_not_matched(engine: Evidence) -> None:
    ballots = [one for number in range(6) for one in accounts(1 + number, 1, made_at=MADE + number * HOUR)]

    assert not judged(engine, METHOD, ballots).voters


def test_drive_of_hundreds_who_come_three_to_ten_times_in_ten_is_not_matched(engine: Evidence) -> None:
    chance = random.Random(20180514)
    drive: list[Ballot] = []
    for voter in range(400):
        comes = chance.uniform(0.3, 1.0)
        seconds = [
            day * 86_400 + 72_000 + chance.lognormvariate(1.1, 0.6) for day in range(7) if chance.random() < comes
        ]
        made_at = MADE + round(chance.lognormvariate(5.2, 1.0) * SECOND)
        drive += cast(1000 + voter, map(at, seconds), account_created_at=made_at)
    method = YoungClock(30, 30, 16, 30, 900_000, 5, 900_000)
    farm = accounts(1, 40, range(7), MADE + 6 * HOUR, apart=0.2)

    assert not judged(engine, method, drive).voters
    assert judged(engine, method, drive + farm).voters == set(range(1, 41))
    assert judged(engine, YoungClock(30, 30, 16, 30, 500_000, 5, 900_000), drive).voters


def test_two_farms_of_one_nominee_hours_apart_are_two_cases(engine: Evidence) -> None:
    ballots = accounts(1, 6) + accounts(11, 6, made_at=MADE + 5 * HOUR)

    assert judged(engine, METHOD, ballots).cases == {frozenset(range(1, 7)), frozenset(range(11, 17))}


def test_no_ballots_match_nobody(engine: Evidence) -> None:
    assert not judged(engine, METHOD, []).voters


def test_fewer_days_match_whom_more_do(engine: Evidence) -> None:
    ballots = accounts(1, 6, range(4)) + accounts(11, 6, range(6), nominee="bolero")
    voters = [
        len(judged(engine, YoungClock(30, 30, 16, 5, 900_000, least, 0), ballots).voters) for least in (2, 4, 5, 7)
    ]

    assert voters == [12, 12, 6, 0]


@st.composite
def votes(draw: st.DrawFn) -> list[Ballot]:
    """Draw accounts that come together more often than not, on either side of midnight, and some that do not."""
    ballots: list[Ballot] = []
    most = st.sampled_from([range(4), range(3), range(1, 4)])
    for voter in range(1, draw(st.integers(3, 10))):
        made_at = draw(st.sampled_from([None, *(OPENS + minutes * MINUTE for minutes in (0, 0, 1, 1, 2, 5))]))
        nominee = draw(st.sampled_from(["arirang", "arirang", "arirang", "bolero"]))
        for day in draw(st.one_of(most, most, st.sets(st.integers(0, 3)))):
            seconds = draw(st.lists(st.sampled_from([-2, -1, 0, 0, 1, 1, 2, 5]), min_size=1, max_size=2))
            instants = [at(max(0, day * 86_400 + second)) for second in seconds]
            ballots += cast(voter, instants, account_created_at=made_at, nominee=nominee)
    return draw(st.permutations(ballots))


@settings(max_examples=examples(25), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    votes(),
    st.builds(
        YoungClock,
        st.just(1),
        st.sampled_from([2, 4]),
        st.sampled_from([2, 4, 6]),
        st.integers(2, 3),
        st.sampled_from([0, 600_000, 1_000_000]),
        st.integers(2, 3),
        st.sampled_from([0, 700_000, 1_000_000]),
    ),
)
def test_any_votes_are_judged_as_by_the_oracle(engine: Evidence, ballots: list[Ballot], method: YoungClock) -> None:
    judged(engine, method, ballots)
