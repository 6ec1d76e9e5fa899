"""Linked accounts against the slow count: the person counted as one voter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plaudit.rulebook.counting_rule import Cap
from plaudit.rulebook.purge_rule import LinkedAccounts
from tests.audit.seeing import EVERY, fact, found
from tests.oracles import tally_oracle
from tests.profiles import examples
from tests.tally.cases import NOMINEES, Case, ballot, cases

if TYPE_CHECKING:
    from plaudit.rulebook.counting_rule import CountingRule
    from plaudit.store.evidence import Evidence
    from tests.oracles.tally_oracle import Ballot


def beyond(case: Case, person: dict[int, str], accounts_least: int) -> set[int]:
    """Give the ballots of which nothing counts once each person is one voter."""
    accounts: dict[str, set[int]] = {}
    channels = {channel.id for channel in case.rule.channel if channel.counts == "ballots"}
    for one in case.ballots:
        if one["voter"] in person and one["channel"] in channels:
            accounts.setdefault(person[one["voter"]], set()).add(one["voter"])
    sharing = {name for name, of in accounts.items() if len(of) >= accounts_least}
    theirs = [{**one, "voter": person[one["voter"]]} for one in case.ballots if person.get(one["voter"]) in sharing]
    known = {*NOMINEES, "nobody"}  # the audit does not know who is nominated
    left = [
        one for one in theirs if tally_oracle.before_the_cap(one, known, case.rule, list(case.windows), set()) is None
    ]
    fates = tally_oracle.capped(left, case.rule, list(case.windows))
    return {number for number, of in fates.items() if all(fate.outcome != "counted" for fate in of)}


@given(
    cases(),
    st.dictionaries(st.sampled_from([1, 2, 1 + 2**40]), st.sampled_from(["p1", "p1", "p2"])),
    st.integers(2, 3),
)
@settings(max_examples=examples(40), suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_ballots_taken_are_those_beyond_one_allowance(
    engine: Evidence, case: Case, person: dict[int, str], accounts_least: int
) -> None:
    facts = [fact(voter, "linked", name) for voter, name in person.items()]

    taken = found(engine, LinkedAccounts(accounts_least), case.ballots, facts, case.rule, case.windows).taken

    assert taken == beyond(case, person, accounts_least)


def ballots(*voters: int, **more: object) -> list[Ballot]:
    return [ballot(number, number, voter=voter, **more) for number, voter in enumerate(voters)]


def counting(cap: Cap, **more: object) -> CountingRule:
    channel = msgspec.structs.replace(EVERY.channel[0], cap=cap)
    return msgspec.structs.replace(EVERY, channel=(channel,), **more)


LINKED = [fact(voter, "linked", "p1") for voter in (1, 2, 3)]


@pytest.mark.parametrize(
    ("keep", "expected"), [("first", {2, 3}), ("last", {0, 1})], ids=["the first count", "the last count"]
)
def test_the_counting_rule_says_which_ballots_are_beyond(engine: Evidence, keep: str, expected: set[int]) -> None:
    rule = counting(Cap(2, "vote"), keep=keep)

    assert found(engine, LinkedAccounts(2), ballots(1, 2, 1, 3), LINKED, rule).taken == expected


def test_accounts_that_stay_within_one_allowance_are_no_suspects(engine: Evidence) -> None:
    assert found(engine, LinkedAccounts(2), ballots(1, 2), LINKED, counting(Cap(2, "vote"))).voters == set()


def test_one_account_over_its_own_cap_is_left_to_the_count(engine: Evidence) -> None:
    assert found(engine, LinkedAccounts(2), ballots(1, 1, 1), LINKED, counting(Cap(2, "vote"))).voters == set()


def test_evidence_says_how_many_accounts_and_votes(engine: Evidence) -> None:
    given_evasion = found(engine, LinkedAccounts(2), ballots(1, 2, 3, votes=2), LINKED, counting(Cap(3, "day")))

    assert set(given_evasion.evidence.values()) == {"3 accounts of one person, with 2 votes beyond one allowance"}
    assert given_evasion.cases == {frozenset({1, 2, 3})}
    assert given_evasion.taken == {2}


def test_a_channel_without_a_cap_has_nothing_to_share(engine: Evidence) -> None:
    channel = msgspec.structs.replace(EVERY.channel[0], cap=None)
    rule = msgspec.structs.replace(EVERY, channel=(channel,))

    assert found(engine, LinkedAccounts(2), ballots(1, 2, 3), LINKED, rule).taken == set()
