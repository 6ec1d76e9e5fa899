"""Accounts that are closed or suspended: only those the rule names, only those that voted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plaudit.rulebook.purge_rule import AccountState
from tests.audit.seeing import fact, found
from tests.profiles import examples
from tests.tally.cases import ballot

if TYPE_CHECKING:
    from plaudit.store.evidence import Evidence

STATES = ("closed", "suspended")


@given(
    st.dictionaries(st.integers(1, 8), st.sampled_from(STATES)),
    st.lists(st.integers(1, 8), max_size=10),
    st.sampled_from([STATES, ("closed",), ("suspended",)]),
)
@settings(max_examples=examples(20))
def test_ballots_taken_are_all_of_the_accounts_in_that_state(
    engine: Evidence, states: dict[int, str], voted: list[int], named: tuple[str, ...]
) -> None:
    ballots = [ballot(number, number, voter=voter) for number, voter in enumerate(voted)]
    gone = {voter for voter, state in states.items() if state in named and voter in voted}

    given_gone = found(engine, AccountState(named), ballots, [fact(voter, "state", of) for voter, of in states.items()])  # type: ignore[arg-type]

    assert given_gone.evidence == {voter: f"the account is {states[voter]}" for voter in gone}
    assert given_gone.cases == {frozenset({voter}) for voter in gone}
    assert given_gone.taken == {number for number, voter in enumerate(voted) if voter in gone}


@pytest.mark.parametrize("kind", ["linked", "network"])
def test_another_fact_of_that_name_is_no_state(engine: Evidence, kind: str) -> None:
    assert found(engine, AccountState(("closed",)), [ballot(1, 1)], [fact(1, kind, "closed")]).voters == set()
