"""Attackers: each kind does what it is called for, and the patient one nothing that a fan does not."""

from __future__ import annotations

import numpy as np
import pyarrow.compute as pc
import pytest

from plaudit.simulate.simulate import ATTACKS, FANS
from tests.simulate.seasons import HOUR, NO_ATTACK, SECOND, rule, season


@pytest.mark.parametrize("kind", sorted(ATTACKS))
def test_an_attack_casts_about_its_part_and_never_more(kind: str) -> None:
    ballots = len(season().of(kind))

    assert 0.6 * 0.02 * 60_000 < ballots <= 0.02 * 60_000


def test_no_attack_is_declared_and_none_is_made() -> None:
    found = season(attacks=NO_ATTACK)

    assert set(found.truth["kind"].to_pylist()) == {"casual", *FANS} - {"countdown", "drive"}  # made where a plan asks
    assert all(found.truth["is_genuine"].to_pylist())


def test_a_farm_is_made_in_a_burst_and_keeps_one_clock() -> None:
    found = season().of("farm")
    made_at = np.unique(found["account_created_at"].to_numpy())
    voter, at = found["voter"].to_numpy(), found["cast_at"].to_numpy()
    begins = np.ones(len(at), np.bool_)
    begins[1:] = (voter[1:] != voter[:-1]) | (np.diff(at) > 12 * HOUR)

    assert np.diff(made_at).max() < 2 * 60 * SECOND
    assert np.ptp(at[begins] % (24 * HOUR)) < 8 * SECOND


def test_a_script_is_more_even_than_the_most_even_hand() -> None:
    def even(*kinds: str) -> float:
        gaps = season().gaps(*kinds)
        return float(np.median([gap.std() / gap.mean() for gap in gaps.values() if len(gap) >= 30]))

    assert even("script") < 0.12 < even("devoted")


def test_replays_reach_many_accounts_in_the_same_seconds() -> None:
    def crowded(kind: str) -> float:
        found = season().of(kind)
        moment = found["cast_at"].to_numpy() // (5 * SECOND)
        _, place, ballots = np.unique(moment, return_inverse=True, return_counts=True)
        return float((ballots[place] >= 5).mean())

    assert crowded("replayed") > 0.7
    assert crowded("seller") < 0.2


def test_a_clique_is_quick_and_keeps_to_itself() -> None:
    found = season().of("clique")
    posts = found.group_by("post").aggregate([("cast_at", "min"), ("cast_at", "max"), ("voter", "count")])
    others = season().ballots.filter(pc.not_equal(season().ballots["kind"], "clique"))

    assert pc.max(pc.subtract(posts["cast_at_max"], posts["cast_at_min"])).as_py() < 8 * SECOND
    assert pc.max(posts["voter_count"]).as_py() <= 14
    assert not set(posts["post"].to_pylist()) & set(others["post"].to_pylist())


def test_a_rule_without_reposts_has_no_cliques() -> None:
    assert len(season("one-a-day@1").of("clique")) == 0


def test_sleepless_bots_vote_around_the_clock() -> None:
    found = season().of("sleepless")
    voter, hour = found["voter"].to_numpy(), found["cast_at"].to_numpy() % (24 * HOUR) // HOUR

    hours = [len(np.unique(hour[voter == who])) for who in np.unique(voter)]
    assert sum(number == 24 for number in hours) >= len(hours) - 1  # the last one may be cut short


def test_sellers_serve_several_buyers() -> None:
    sold = season().of("seller").group_by("voter").aggregate([("nominee", "count_distinct")])

    assert pc.max(sold["nominee_count_distinct"]).as_py() >= 2


def test_second_accounts_are_linked_where_known() -> None:
    found = season()
    theirs = found.truth.filter(pc.equal(found.truth["kind"], "second"))["voter"]
    known = found.voters.filter(pc.is_in(found.voters["voter"], theirs))

    assert len(known) >= 2
    assert known["linked"].null_count == 0


def test_the_patient_attacker_is_a_devoted_fan_to_look_at() -> None:
    patient, devoted = (season(ballots=200_000).of(kind) for kind in ("patient", "devoted"))

    def daily(ballots: object) -> float:
        return len(ballots) / len(pc.unique(ballots["voter"]))  # type: ignore[arg-type, index]

    assert daily(patient) == pytest.approx(daily(devoted), rel=0.25)
    assert rule().channel[0].cap is not None
