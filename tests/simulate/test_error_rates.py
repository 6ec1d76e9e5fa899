"""The shipped purge rules on seasons no threshold was chosen on: few genuine votes lost, crude attacks caught."""

from __future__ import annotations

import pytest
from benchmarks.audit import APART, MIXES, PURGES, Measured, measure, purge_rules

from plaudit.simulate.simulate import ATTACKS, CRUDE

pytestmark = pytest.mark.rates

SEED = 10_000_000
MIX = {mix.name: mix for mix in MIXES}


@pytest.fixture(scope="module")
def attacked() -> Measured:
    return measure(MIX["all, large shares"], "bbma-2018@1", SEED, purge_rules())


@pytest.mark.parametrize(
    ("mix", "rule"),
    [
        ("no attack, small", "bbma-2018@1"),
        ("countdowns, 300 guests, 3 s, 2 a day", "one-a-day@1"),
        ("drives, 300 guests, 3 s", "one-a-day@1"),
        ("drives, 300 guests, 3 s", "bbma-2018@1"),
    ],
)
def test_a_season_without_attackers_keeps_its_votes(mix: str, rule: str) -> None:
    found = measure(MIX[mix], rule, SEED + 1, purge_rules())

    assert found.lost <= 0.001
    assert not set(found.votes) & set(ATTACKS)


def test_a_season_under_attack_keeps_its_genuine_votes(attacked: Measured) -> None:
    assert attacked.lost <= 0.001
    assert set(ATTACKS) < set(attacked.votes)


@pytest.mark.parametrize("attack", sorted(CRUDE))
def test_a_crude_attack_is_caught(attacked: Measured, attack: str) -> None:
    assert attacked.part([attack]) >= 0.95


def test_a_farm_with_one_vote_a_day_is_caught_beside_a_drive() -> None:
    found = measure(MIX["drives, 300 guests, 3 s, farms"], "one-a-day@1", SEED + 2, purge_rules())

    assert found.part(["farm"]) >= 0.95
    assert found.lost <= 0.001
    assert found.votes["drive"]["count"] > 10_000


def test_the_patient_attacker_is_not_caught(attacked: Measured) -> None:
    assert attacked.part(["patient"]) < 0.5


def test_every_rule_is_measured(attacked: Measured) -> None:
    rules = {*PURGES, *APART}

    assert rules < set(attacked.votes["casual"])
    for name in rules - {"linked-accounts@1"}:
        assert sum(row[name] for row in attacked.votes.values()) > 0, name
