from __future__ import annotations

from itertools import cycle, islice
from typing import TYPE_CHECKING, Any

import pytest

from plaudit.base.weeks import to_instant
from plaudit.rulebook.counting_rule import CountingRule
from plaudit.rulebook.purge_rule import PurgeRule
from plaudit.rulebook.windows import VotingWindow
from tests.audit.seeing import found
from tests.oracles import purge_oracle
from tests.oracles.test_vectors_oracle import RULES, ballots_of, of_kind, read, windows_of
from tests.tally.cases import ballot

if TYPE_CHECKING:
    from plaudit.store.evidence import Evidence
    from tests.oracles.tally_oracle import Ballot

KNOWN = {"what", "counting", "window", "ballot", "series", "fact", "expect", "expect_ballots", "expect_cases"}
"""A series is a voter's, or each of several voters', ballots; gaps are taken in turn, over and over."""


def voters_of(given: dict[str, Any]) -> range:
    first, last = given["voters"] if "voters" in given else (given["voter"], given["voter"])
    return range(first, last + 1)


def in_series(given: dict[str, Any]) -> list[Ballot]:
    """Give a series' ballots, not yet numbered."""
    found: list[Ballot] = []
    for place, voter in enumerate(voters_of(given)):
        instant = to_instant(given["from"]) + place * microseconds(given.get("later_seconds", 0))
        made_at = given.get("account_created_at")
        if made_at is not None:
            made_at = to_instant(made_at) + place * microseconds(given.get("made_later_seconds", 0))
        for gap in islice(cycle(given["gaps_seconds"]), given["ballots"]):
            found.append(
                ballot(
                    0,
                    instant,
                    voter=voter,
                    channel=given["channel"],
                    nominee=given["nominee"],
                    account_created_at=made_at,
                )
            )
            instant += microseconds(gap)
    return found


def microseconds(seconds: float) -> int:
    return round(seconds * 1_000_000)


def all_ballots(vector: dict[str, Any]) -> list[Ballot]:
    single = [ballot(one.pop("ballot"), one.pop("cast_at"), **one) for one in ballots_of(vector)]
    every = single + [one for given in vector.get("series", ()) for one in in_series(given)]
    every.sort(key=lambda one: one["cast_at"])
    return [{**one, "ballot": number} for number, one in enumerate(every)]


def windows(vector: dict[str, Any]) -> list[VotingWindow]:
    return [VotingWindow(*window) for window in windows_of(vector)]


def facts(vector: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"source": "vector", "row": row, **given} for row, given in enumerate(vector.get("fact", ()))]


def rule_of(path: str) -> PurgeRule:
    rule = RULES[path.split("/", maxsplit=1)[0]]
    assert isinstance(rule, PurgeRule)
    return rule


def expected(vector: dict[str, Any]) -> dict[int, str]:
    return {voter: wanted["evidence"] for wanted in vector.get("expect", ()) for voter in voters_of(wanted)}


@pytest.mark.parametrize("path", of_kind(PurgeRule))
def test_voters_matched_are_the_vectors(engine: Evidence, path: str) -> None:
    vector = read(path)
    counting = RULES[vector.get("counting", "bbma-2018@1")]
    assert isinstance(counting, CountingRule)

    told = found(engine, rule_of(path).method, all_ballots(vector), facts(vector), counting, windows(vector))

    assert told.evidence == expected(vector)
    assert len(told.taken) == vector["expect_ballots"]
    assert len(told.cases) == vector.get("expect_cases", len(told.cases))


@pytest.mark.parametrize("path", of_kind(PurgeRule))
def test_oracle_gives_the_vectors(path: str) -> None:
    vector, method = read(path), rule_of(path).method
    if not purge_oracle.knows(method):
        pytest.skip("its oracle stands beside its own tests")

    opens_at = min(window.opens_at for window in windows(vector))
    told = purge_oracle.matched(method, all_ballots(vector), opens_at)

    assert {voter: suspect.evidence for voter, suspect in told.items()} == expected(vector)


@pytest.mark.parametrize("path", of_kind(PurgeRule))
def test_vectors_hold_known_keys_only(path: str) -> None:
    assert set(read(path)) <= KNOWN
    assert "expect_ballots" in read(path)
