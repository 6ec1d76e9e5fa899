"""Voters behind one network: how many, and whom the rule names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from plaudit.rulebook.library import RuleLibrary
from plaudit.rulebook.purge_rule import OneNetwork, PurgeRule
from tests.audit.seeing import fact, found
from tests.profiles import examples
from tests.tally.cases import ballot

if TYPE_CHECKING:
    from plaudit.store.evidence import Evidence


@given(
    st.sets(st.tuples(st.integers(1, 8), st.sampled_from("abc")), max_size=18),
    st.lists(st.integers(1, 8), max_size=10),
    st.integers(1, 4),
)
@settings(max_examples=examples(25))
def test_crowded_networks_are_those_of_counting_by_hand(
    engine: Evidence, behind: set[tuple[int, str]], voted: list[int], voters_most: int
) -> None:
    ballots = [ballot(number, number, voter=voter) for number, voter in enumerate(voted)]
    crowds = {network: {voter for voter, of in behind if of == network} & set(voted) for network in "abc"}
    crowded = {network: voters for network, voters in crowds.items() if len(voters) > voters_most}
    most = {
        voter: min((-len(voters), network) for network, voters in crowded.items() if voter in voters)
        for voter in set().union(*crowded.values())
    }

    given_crowds = found(
        engine, OneNetwork(voters_most), ballots, [fact(voter, "network", network) for voter, network in sorted(behind)]
    )

    assert given_crowds.evidence == {voter: f"{-size} voters behind one network" for voter, (size, _) in most.items()}
    networks = {network for _, network in most.values()}
    assert given_crowds.cases == {frozenset(voter for voter in most if most[voter][1] == of) for of in networks}


def test_a_network_of_people_who_did_not_vote_here_is_no_crowd(engine: Evidence) -> None:
    facts = [fact(voter, "network", "n1") for voter in range(9)]

    assert found(engine, OneNetwork(2), [ballot(1, 1, voter=1), ballot(2, 2, voter=2)], facts).voters == set()


def test_the_shipped_rule_flags_and_sets_nothing_aside() -> None:
    rule = RuleLibrary().cited("one-network@1").rule
    assert isinstance(rule, PurgeRule)

    assert rule.does == "flag only"
