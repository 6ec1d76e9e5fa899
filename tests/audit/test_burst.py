from __future__ import annotations

import random
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plaudit.rulebook.purge_rule import YoungBurst
from tests.audit.purging import DAY, MINUTE, OPENS, at, cast, judged
from tests.profiles import examples

if TYPE_CHECKING:
    from plaudit.store.evidence import Evidence
    from tests.oracles.tally_oracle import Ballot

METHOD = YoungBurst(young_days=30, made_within_minutes=30, ballots_least=20, voters_least=5, alike_ppm=300_000)
MADE = OPENS - DAY


def accounts(
    first: int, many: int, ballots: int, made_at: int = MADE, apart: int = MINUTE, nominee: str = "arirang"
) -> list[Ballot]:
    return [
        one
        for number in range(many)
        for one in cast(
            first + number,
            [at(second) for second in range(ballots)],
            account_created_at=made_at + number * apart,
            nominee=nominee,
        )
    ]


def test_farm_is_matched_and_its_numbers_told(engine: Evidence) -> None:
    told = judged(engine, METHOD, accounts(1, 6, 30))

    assert told.voters == {1, 2, 3, 4, 5, 6}
    assert len(told.cases) == 1
    assert told.evidence[1] == (
        "one of 6 accounts with 30 to 30 ballots each, of 6 made within 30 minutes that vote for arirang"
    )


def test_farm_on_every_edge_is_matched_whole(engine: Evidence) -> None:
    for late in range(0, 30, 5):
        assert len(judged(engine, METHOD, accounts(1, 10, 24, MADE + late * MINUTE, 2 * MINUTE)).voters) == 10


def test_one_account_too_few_is_not_matched(engine: Evidence) -> None:
    assert not judged(engine, METHOD, accounts(1, 4, 30)).voters


def test_accounts_made_too_early_or_at_a_time_unknown_are_not_looked_at(engine: Evidence) -> None:
    young = OPENS - 30 * DAY

    assert judged(engine, METHOD, accounts(1, 5, 30, young, 0)).voters
    assert not judged(engine, METHOD, accounts(1, 5, 30, young - 1, 0)).voters
    assert not judged(engine, METHOD, [{**one, "account_created_at": None} for one in accounts(1, 5, 30)]).voters


def test_accounts_with_one_ballot_less_than_the_least_are_not_looked_at(engine: Evidence) -> None:
    assert judged(engine, METHOD, accounts(1, 5, 20)).voters
    assert not judged(engine, METHOD, accounts(1, 5, 19)).voters


def test_accounts_made_too_far_apart_are_not_matched(engine: Evidence) -> None:
    assert not judged(engine, METHOD, accounts(1, 8, 30, MADE, 15 * MINUTE)).voters


def test_accounts_for_other_nominees_are_no_part_of_it(engine: Evidence) -> None:
    ballots = accounts(1, 4, 30) + accounts(11, 4, 30, nominee="bolero")

    assert not judged(engine, METHOD, ballots).voters


def test_share_of_a_burst_one_short_is_not_matched(engine: Evidence) -> None:
    newcomers = [one for number in range(14) for one in accounts(100 + number, 1, 1 + number % 3)]

    assert judged(engine, METHOD, accounts(1, 6, 30) + newcomers).voters == {1, 2, 3, 4, 5, 6}
    assert not judged(engine, METHOD, accounts(1, 6, 30) + newcomers + accounts(200, 1, 1)).voters


def test_thousands_of_newcomers_are_not_matched_and_a_farm_among_them_is(engine: Evidence) -> None:
    chance = random.Random(20180514)
    newcomers = [
        one
        for voter in range(2000)
        for one in accounts(
            1000 + voter,
            1,
            min(120, int(chance.lognormvariate(1.6, 1.2)) + 1),
            MADE + chance.randrange(12 * 60) * MINUTE,
        )
    ]
    farm = accounts(1, 60, 110, MADE + 300 * MINUTE, MINUTE // 3)
    method = YoungBurst(30, 30, 20, 30, 300_000)

    assert not judged(engine, method, newcomers).voters
    told = judged(engine, method, newcomers + farm).voters
    assert set(range(1, 61)) <= told
    assert len(told) <= 62


def test_two_farms_of_one_nominee_hours_apart_are_two_cases(engine: Evidence) -> None:
    ballots = accounts(1, 6, 30) + accounts(11, 6, 30, MADE + 300 * MINUTE) + accounts(21, 6, 70)

    assert judged(engine, METHOD, ballots).cases == {
        frozenset({1, 2, 3, 4, 5, 6, 21, 22, 23, 24, 25, 26}),
        frozenset(range(11, 17)),
    }


def test_no_ballots_match_nobody(engine: Evidence) -> None:
    assert not judged(engine, METHOD, []).voters


def test_fewer_voters_match_whom_more_do(engine: Evidence) -> None:
    ballots = accounts(1, 6, 30) + accounts(11, 12, 30, nominee="bolero")
    voters = [len(judged(engine, YoungBurst(30, 30, 20, least, 300_000), ballots).voters) for least in (3, 6, 12, 13)]

    assert voters == [18, 18, 12, 0]


@st.composite
def votes(draw: st.DrawFn) -> list[Ballot]:
    ballots: list[Ballot] = []
    for voter in range(1, draw(st.integers(1, 12))):
        made_at = draw(st.one_of(st.none(), st.integers(0, 12).map(lambda two: OPENS + two * 2 * MINUTE - 12 * MINUTE)))
        counts = draw(st.sampled_from([(1,), (2,), (3,), (4, 1), (4,), (5, 1), (5, 5), (1, 6), (7,)]))
        for nominee, count in zip(("bolero", "arirang"), counts, strict=False):
            ballots += cast(voter, [at(voter)] * count, account_created_at=made_at, nominee=nominee)
    return draw(st.permutations(ballots))


@settings(max_examples=examples(15), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    votes(),
    st.builds(
        YoungBurst,
        st.just(1),
        st.sampled_from([2, 4, 10]),
        st.integers(1, 3),
        st.integers(2, 3),
        st.sampled_from([0, 300_000, 600_000, 1_000_000]),
    ),
)
def test_any_votes_are_judged_as_by_the_oracle(engine: Evidence, ballots: list[Ballot], method: YoungBurst) -> None:
    judged(engine, method, ballots)
