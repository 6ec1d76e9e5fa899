from __future__ import annotations

import random
from math import log
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from plaudit.rulebook.library import RuleLibrary
from plaudit.rulebook.purge_rule import Lockstep, PurgeRule
from tests.audit.purging import OPENS, SECOND, at, cast, judged
from tests.profiles import examples

if TYPE_CHECKING:
    from plaudit.store.evidence import Evidence
    from tests.oracles.tally_oracle import Ballot

METHOD = Lockstep(
    within_seconds=5, pause_seconds=60, run=3, others_least=2, crowd_ppm=300_000, times_least=2, share_ppm=500_000
)
CLOCK = [0, 500, 1300, 1700]


def in_step(voters: range, ticks: list[int], late: float = 0, **more: object) -> list[Ballot]:
    return [one for voter in voters for one in cast(voter, [at(tick + late) for tick in ticks], **more)]


def test_accounts_behind_one_clock_are_matched_and_told(engine: Evidence) -> None:
    told = judged(engine, METHOD, in_step(range(1, 4), CLOCK))

    assert told.evidence[1] == (
        "2 of 2 runs of 3 starts shared with at least 2 other voters within 5 seconds, mostly for arirang"
    )
    assert told.cases == {frozenset({1, 2, 3})}


def test_edge_of_a_moment_parts_nobody(engine: Evidence) -> None:
    for late in (0, 1, 2, 3, 4):
        ballots = in_step(range(1, 3), CLOCK, late) + in_step(range(3, 5), CLOCK, late + 1.5)

        assert judged(engine, METHOD, ballots).voters == {1, 2, 3, 4}


def test_one_voter_too_few_is_no_lockstep(engine: Evidence) -> None:
    assert not judged(engine, METHOD, in_step(range(1, 3), CLOCK)).voters


def once(voters: int, ticks: list[int], nominee: str = "arirang") -> list[Ballot]:
    """Give at each tick so many voters who begin there and never again."""
    return [
        one
        for place, tick in enumerate(ticks)
        for one in in_step(range(100 + 10 * place, 100 + 10 * place + voters), [tick], nominee=nominee)
    ]


def test_a_run_that_few_of_a_crowd_share_is_chance(engine: Evidence) -> None:
    farm = in_step(range(1, 4), CLOCK)

    assert judged(engine, METHOD, farm + once(4, CLOCK)).voters == {1, 2, 3}  # 2 of 6 others
    assert not judged(engine, METHOD, farm + once(5, CLOCK)).voters  # 2 of 7


def test_the_least_crowded_moment_decides(engine: Evidence) -> None:
    farm = in_step(range(1, 4), CLOCK)

    assert judged(engine, METHOD, farm + once(9, CLOCK[1:3])).voters == {1, 2, 3}


def test_a_crowd_for_another_nominee_hides_nobody(engine: Evidence) -> None:
    farm = in_step(range(1, 4), CLOCK)

    assert judged(engine, METHOD, farm + once(9, CLOCK, nominee="bolero")).voters == {1, 2, 3}


def test_only_who_begins_is_of_the_crowd(engine: Evidence) -> None:
    farm = in_step(range(1, 4), CLOCK)
    crowds = [range(100 + 10 * place, 109 + 10 * place) for place in range(len(CLOCK))]
    voting = [one for crowd, tick in zip(crowds, CLOCK, strict=True) for one in in_step(crowd, [tick - 30, tick + 1])]

    assert judged(engine, METHOD, farm + voting).voters == {1, 2, 3}


def test_guests_of_a_countdown_are_not_matched_by_the_shipped_rule(engine: Evidence) -> None:
    chance = random.Random(20180515)
    rule = RuleLibrary().cited("lockstep@1").rule
    assert isinstance(rule, PurgeRule)
    assert isinstance(rule.method, Lockstep)
    guests = [
        one
        for voter in range(1000, 1300)
        for one in cast(
            voter, [at(43_200 * cue + chance.lognormvariate(log(3), 0.4)) for cue in range(14) if chance.random() < 0.9]
        )
    ]
    farm = [
        one
        for voter in range(100)
        for one in cast(voter, [at(1000 + 10_007 * tick + chance.uniform(-1, 1)) for tick in range(56)])
    ]

    assert judged(engine, rule.method, guests + farm).voters == set(range(100))
    assert judged(engine, replace(rule.method, crowd_ppm=0), guests).voters > set()


def test_one_run_too_few_is_no_lockstep(engine: Evidence) -> None:
    assert not judged(engine, METHOD, in_step(range(1, 4), CLOCK[:3])).voters


def test_another_nominee_once_is_another_run(engine: Evidence) -> None:
    ballots = (
        in_step(range(1, 3), CLOCK)
        + in_step(range(3, 4), CLOCK[:3])
        + in_step(range(3, 4), CLOCK[3:], nominee="bolero")
    )

    assert not judged(engine, METHOD, ballots).voters


def test_ballots_without_a_pause_are_one_beginning(engine: Evidence) -> None:
    assert not judged(engine, METHOD, in_step(range(1, 6), [0, 60, 120, 180, 240, 300])).voters
    assert judged(engine, METHOD, in_step(range(1, 6), [0, 61, 122, 183])).voters


def test_voters_with_more_runs_of_their_own_are_not_matched(engine: Evidence) -> None:
    alone = [one for voter in range(1, 4) for one in cast(voter, [at(9000 + voter * 97 + 700 * n) for n in range(5)])]
    even_more = [one for voter in range(1, 4) for one in cast(voter, [at(20_000 + voter * 97)])]

    assert judged(engine, replace(METHOD, share_ppm=280_000), in_step(range(1, 4), CLOCK) + alone).voters
    assert not judged(
        engine, replace(METHOD, share_ppm=280_000), in_step(range(1, 4), CLOCK) + alone + even_more
    ).voters


def test_streaming_party_every_hour_is_not_matched_and_a_farm_with_jitter_is(engine: Evidence) -> None:
    chance = random.Random(20180514)
    cues = [3600 * hour for hour in range(48)]
    ticks = [1000 + 1700 * tick for tick in range(40)]
    party = [
        one
        for voter in range(1000, 1300)
        for one in cast(voter, [at(cue + chance.lognormvariate(3, 0.6)) for cue in cues if chance.random() < 0.6])
    ]
    farm = [one for voter in range(200) for one in cast(voter, [at(tick + chance.uniform(-2, 2)) for tick in ticks])]

    told = judged(engine, Lockstep(5, 60, 5, 5, 0, 4, 500_000), party + farm)

    assert told.voters == set(range(200))


def test_no_ballots_match_nobody(engine: Evidence) -> None:
    assert not judged(engine, METHOD, []).voters


def test_fewer_shared_runs_match_whom_more_do(engine: Evidence) -> None:
    ballots = in_step(range(1, 4), CLOCK) + in_step(range(11, 14), [50_000 + 100 * tick for tick in range(6)])
    voters = [len(judged(engine, replace(METHOD, times_least=times), ballots).voters) for times in (1, 2, 4, 5)]

    assert voters == [6, 6, 3, 0]


@st.composite
def votes(draw: st.DrawFn) -> list[Ballot]:
    clocks = draw(st.lists(st.lists(st.integers(0, 40), min_size=2, max_size=8), min_size=1, max_size=3))
    ballots: list[Ballot] = []
    for voter in range(1, draw(st.integers(1, 8))):
        late = draw(st.sampled_from([0, 0, 1, SECOND // 2, SECOND]))
        nominee = draw(st.sampled_from(["arirang", "arirang", "bolero"]))
        for tick in draw(st.sampled_from(clocks)):
            other = draw(st.sampled_from([nominee] * 6 + ["bolero"]))
            ballots += cast(voter, [OPENS + tick * SECOND + late], nominee=other)
    return draw(st.permutations(ballots))


METHODS = st.builds(
    Lockstep,
    st.integers(1, 3),
    st.integers(1, 3),
    st.integers(2, 4),
    st.integers(1, 3),
    st.sampled_from([0, 200_000, 500_000, 800_000, 1_000_000]),
    st.integers(1, 2),
    st.sampled_from([0, 300_000, 500_000, 1_000_000]),
)


@settings(max_examples=examples(15), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(votes(), METHODS)
def test_any_votes_are_judged_as_by_the_oracle(engine: Evidence, ballots: list[Ballot], method: Lockstep) -> None:
    judged(engine, method, ballots)
