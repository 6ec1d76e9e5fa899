"""Repost cliques: who is joined, who is not, and crowds that never are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plaudit.audit.clique import PRUNINGS, REACH
from plaudit.audit.co_action import MICROSECONDS
from plaudit.rulebook.library import RuleLibrary
from plaudit.rulebook.purge_rule import PurgeRule, RepostClique
from tests.audit.seeing import Found, found
from tests.audit.test_co_action import pairs_of
from tests.profiles import examples
from tests.tally.cases import ballot

if TYPE_CHECKING:
    from plaudit.store.evidence import Evidence
    from tests.oracles.tally_oracle import Ballot

POST_SECONDS = 3600


def reposts(groups: dict[int, list[tuple[int, int]]], more: dict[str, object] | None = None) -> list[Ballot]:
    """Give a ballot for each post, voter and delay in seconds."""
    acts = [(post, voter, delay) for post, given in groups.items() for voter, delay in given]
    return [
        ballot(
            number,
            (post * POST_SECONDS + delay) * MICROSECONDS,
            voter=voter,
            gesture="repost",
            post=f"at://post/{post}",
            **(more or {}),
        )
        for number, (post, voter, delay) in enumerate(acts)
    ]


def members(ballots: list[Ballot], method: RepostClique) -> set[int]:
    """Prune and gather in plain Python, the same number of times over."""
    numbers = {post: number for number, post in enumerate(sorted({one["post"] for one in ballots}))}
    acts = [(one["voter"], numbers[one["post"]], one["cast_at"]) for one in ballots if one["gesture"] == "repost"]
    joined: dict[int, set[int]] = {}
    for one, other, _times in pairs_of(acts, method.within_seconds, method.times_least):
        joined.setdefault(one, set()).add(other)
        joined.setdefault(other, set()).add(one)
    for _round in range(PRUNINGS):
        staying = {voter for voter, others in joined.items() if len(others) >= method.members_least - 2}
        joined = {voter: joined[voter] & staying for voter in staying if joined[voter] & staying}
    case = {voter: voter for voter in joined}
    for _round in range(REACH):
        case = {voter: min([case[voter], *(case[other] for other in joined[voter])]) for voter in joined}
    sizes = [list(case.values()).count(of) for of in case.values()]
    return {voter for voter, size in zip(case, sizes, strict=True) if size >= method.members_least}


@given(
    st.lists(st.tuples(st.integers(1, 4), st.integers(1, 9), st.integers(0, 7)), max_size=60),
    st.integers(1, 3),
    st.integers(1, 3),
    st.integers(3, 5),
)
@settings(max_examples=examples(50))
def test_members_are_those_of_pruning_by_hand(
    engine: Evidence, acts: list[tuple[int, int, int]], within_seconds: int, times_least: int, members_least: int
) -> None:
    method = RepostClique(within_seconds, times_least, members_least)
    groups: dict[int, list[tuple[int, int]]] = {}
    for post, voter, delay in acts:
        groups.setdefault(post, []).append((voter, delay))
    ballots = reposts(groups)

    given_cliques = found(engine, method, ballots)

    assert given_cliques.voters == members(ballots, method)
    assert given_cliques.taken == {one["ballot"] for one in ballots if one["voter"] in given_cliques.voters}


def clique(size: int, missing: set[frozenset[int]] = frozenset()) -> dict[int, list[tuple[int, int]]]:  # type: ignore[assignment]
    """Give five posts for every two members but those missing."""
    groups, post = {}, 0
    for one in range(1, size + 1):
        for other in range(one + 1, size + 1):
            for _time in range(5 if frozenset({one, other}) not in missing else 0):
                post += 1
                groups[post] = [(one, 0), (other, 1)]
    return groups


@pytest.mark.parametrize(
    ("size", "missing", "expected"),
    [
        (5, [], {1, 2, 3, 4, 5}),
        (5, [(1, 2), (3, 4)], {1, 2, 3, 4, 5}),
        (4, [], set()),
        (6, [(1, 2), (1, 3), (1, 4), (1, 5)], {2, 3, 4, 5, 6}),
    ],
    ids=["each joined to all", "each to all but one", "too few", "one joined to one of them"],
)
def test_a_clique_is_joined_to_all_but_one(
    engine: Evidence, size: int, missing: list[tuple[int, int]], expected: set[int]
) -> None:
    ballots = reposts(clique(size, {frozenset(pair) for pair in missing}))

    assert found(engine, RepostClique(3, 5, 5), ballots).voters == expected


def test_cliques_that_share_no_account_are_cases_of_their_own(engine: Evidence) -> None:
    groups = {post: [(first + voter, voter % 3) for voter in range(5)] for post, first in enumerate([10, 20] * 6)}

    assert found(engine, RepostClique(3, 5, 5), reposts(groups)).cases == {
        frozenset(range(10, 15)),
        frozenset(range(20, 25)),
    }


def test_evidence_says_with_how_many_and_how_often(engine: Evidence) -> None:
    given_clique = found(
        engine, RepostClique(3, 5, 5), reposts({post: [(v, 0) for v in range(5)] for post in range(7)})
    )

    assert given_clique.evidence[0] == (
        "reposted the same posts within 3 seconds of 4 others in a clique of 5 accounts, "
        "and up to 7 posts together with one of them"
    )


@pytest.mark.parametrize("more", [{"gesture": "vote"}, {"gesture": "quote"}, {"post": ""}])
def test_only_reposts_of_a_known_post_join(engine: Evidence, more: dict[str, object]) -> None:
    groups = {post: [(voter, 0) for voter in range(6)] for post in range(9)}
    ballots: list[Ballot] = [{**one, **more} for one in reposts(groups)]

    assert found(engine, RepostClique(3, 5, 5), ballots) == Found({}, set(), set())


def shipped() -> RepostClique:
    rule = RuleLibrary().cited("repost-clique@1").rule
    assert isinstance(rule, PurgeRule)
    assert isinstance(rule.method, RepostClique)
    return rule.method


def fans(seed: int, posts: int, median_seconds: int, spread: float) -> dict[int, list[tuple[int, int]]]:
    """Give 300 fans with notifications on, who repost every post."""
    chance = np.random.default_rng(seed)
    delays = np.exp(chance.normal(np.log(median_seconds), spread, (posts, 300))).astype(int)
    return {post: list(enumerate(of_post.tolist())) for post, of_post in enumerate(delays)}


@pytest.mark.parametrize(("seed", "spread"), [(1, 1.0), (2, 1.0), (3, 0.7), (4, 1.5)])
def test_fans_with_notifications_on_are_never_joined(engine: Evidence, seed: int, spread: float) -> None:
    assert found(engine, shipped(), reposts(fans(seed, 200, 60, spread))).voters == set()


def test_a_script_among_those_fans_is_found_alone(engine: Evidence) -> None:
    groups = fans(5, 100, 60, 1.0)
    for post, delays in groups.items():
        if post % 2:
            groups[post] = [*delays, *((1000 + voter, (voter + post) % 3) for voter in range(8))]

    assert found(engine, shipped(), reposts(groups)).cases == {frozenset(range(1000, 1008))}
