"""Genuine voters: they sleep, their hands are uneven, they keep to the cap, and nobody is made easy to tell."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from plaudit.rulebook.simulation import Fans
from plaudit.rulebook.windows import periods
from plaudit.simulate.habits import people
from plaudit.simulate.parties import countdowns, drives
from plaudit.simulate.scene import scene
from plaudit.simulate.simulate import ATTACKS
from tests.simulate.seasons import DAY, HOUR, NO_ATTACK, OPENS, SECOND, WINDOWS, plan, rule, season


def hours_awake(kind: str) -> dict[int, int]:
    """Give each voter's most hours of one UTC day that hold a ballot."""
    found = season().of(kind)
    hour = pc.divide(found["cast_at"], HOUR)
    hours = pa.table({"voter": found["voter"], "hour": hour}).group_by(["voter", "hour"]).aggregate([])
    days = (
        hours.append_column("day", pc.divide(hours["hour"], 24))
        .group_by(["voter", "day"])
        .aggregate([("hour", "count")])
    )
    most = days.group_by("voter").aggregate([("hour_count", "max")])
    return dict(zip(most["voter"].to_pylist(), most["hour_count_max"].to_pylist(), strict=True))


@pytest.mark.parametrize("kind", ["casual", "devoted", "party", "newcomer", "notified"])
def test_fans_sleep(kind: str) -> None:
    most = hours_awake(kind)

    assert most
    assert max(most.values()) <= 18


def test_a_fan_is_silent_for_most_of_a_night() -> None:
    found = season().of("devoted")
    voter, hour = found["voter"].to_numpy(), found["cast_at"].to_numpy() % DAY // HOUR
    silent = []
    for who in np.unique(voter):
        used = np.unique(hour[voter == who])
        around = np.diff(np.concatenate([used, used[:1] + 24])) - 1
        silent.append(around.max())

    assert min(silent) >= 5  # seven hours of sleep, less what a sitting runs over on either side


def test_insomniacs_and_families_are_awake_longer_than_others() -> None:
    devoted = max(hours_awake("devoted").values())

    assert max([*hours_awake("insomniac").values(), *hours_awake("family").values()]) > devoted - 4


def test_hands_are_uneven_but_one_in_a_hundred_is_not() -> None:
    staged = scene(plan(), [1, 1], rule(), rule().channel, WINDOWS)
    sigma = people(staged, staged.chance("hands"), 20_000).sigma
    even = sigma < 0.4

    assert 0.005 < even.mean() < 0.015
    assert 0.12 <= sigma.min() < 0.14
    assert sigma[even].max() <= 0.25


def test_gaps_are_as_uneven_as_the_hands() -> None:
    gaps = season().gaps("casual", "devoted", "party", pause_seconds=30)
    spread = [gap.std() / gap.mean() for gap in gaps.values() if len(gap) >= 30]

    assert 0.4 < np.median(spread) < 1.2


@pytest.mark.parametrize("name", ["bbma-2018@1", "one-a-day@1"])
def test_few_fans_votes_pass_the_cap(name: str) -> None:
    found = season(name, attacks=NO_ATTACK)
    counting = rule(name)
    cap = counting.channel[0].cap
    assert cap is not None
    starts = [start for start, _ in periods(cap, counting, WINDOWS)]
    day = np.searchsorted(starts, found.ballots["cast_at"].to_numpy(), side="right")
    per_day = (
        pa.table({"voter": found.ballots["voter"], "channel": found.ballots["channel"], "day": day})
        .group_by(["voter", "channel", "day"])
        .aggregate([([], "count_all")])["count_all"]
        .to_numpy()
    )
    over = np.maximum(0, per_day - cap.votes).sum()

    assert 0 < over < 0.2 * len(found.ballots)
    assert (per_day == cap.votes).any()


def test_newcomers_come_in_bursts_and_vote_after_they_came() -> None:
    found = season().of("newcomer")
    made_at = np.unique(found["account_created_at"].to_numpy())

    assert (found["cast_at"].to_numpy() > found["account_created_at"].to_numpy()).all()
    assert made_at.min() > OPENS - 3 * DAY
    assert len(np.unique(made_at // (6 * HOUR))) <= 6


def test_party_guests_begin_within_minutes_of_a_full_hour() -> None:
    gaps = season().of("party")
    voter, at = gaps["voter"].to_numpy(), gaps["cast_at"].to_numpy()
    begins = np.ones(len(at), np.bool_)
    begins[1:] = (voter[1:] != voter[:-1]) | (np.diff(at) > 15 * 60 * SECOND)
    past_hour = at[begins] % HOUR / SECOND

    assert np.quantile(past_hour, 0.8) < 300
    assert np.quantile(past_hour, 0.05) > 5


@pytest.mark.parametrize(("seconds", "within"), [(3, 6), (8, 25)])
def test_guests_of_a_countdown_begin_seconds_after_it(seconds: int, within: int) -> None:
    counted = Fans(countdown_ppm=500_000, countdown_guests=100, countdown_a_day=2, countdown_seconds=seconds)
    staged = scene(plan(fans=counted), [1, 1], rule(), rule().channel, WINDOWS)
    made = countdowns(staged, "countdown", 20_000)
    past_hour = made.sessions.starts_at % HOUR / SECOND

    assert made.ballots == 20_000
    assert np.median(past_hour) == pytest.approx(seconds, rel=0.1)
    assert np.quantile(past_hour, 0.95) < within
    assert np.bincount(made.sessions.person).max() <= 2 * 7


@pytest.mark.parametrize(("guests", "seconds"), [(60, 3), (300, 8)])
def test_guests_of_a_drive_are_made_together_come_together_and_stay_away_now_and_then(
    guests: int, seconds: int
) -> None:
    driven = Fans(drive_ppm=500_000, drive_guests=guests, drive_seconds=seconds)
    staged = scene(plan(fans=driven), [1, 1], rule(), rule().channel, WINDOWS)
    made = drives(staged, "drive", 6 * guests * 10)
    first = made.people.created_at[:guests]
    comes = np.bincount(made.sessions.person, minlength=len(made.people))[:guests]
    past_hour = made.sessions.starts_at % HOUR / SECOND

    assert OPENS - 10 * DAY < first.min() < first.max() < OPENS
    assert np.median(np.abs(first - np.median(first))) < 5 * 60 * SECOND
    assert len(set(made.people.nominee[:guests])) == 1
    assert np.median(past_hour) == pytest.approx(seconds, rel=0.15)
    assert comes.max() <= len(staged.days)
    assert 0.1 < (comes >= len(staged.days) - 1).mean() < 0.5


def test_there_are_no_drives_unless_they_are_asked_for() -> None:
    assert not len(season().of("drive"))


def test_nobody_passes_a_post_on_twice() -> None:
    ballots = season().ballots
    reposts = ballots.filter(pc.equal(ballots["gesture"], "repost"))
    pairs = reposts.group_by(["voter", "post"]).aggregate([([], "count_all")])

    assert len(reposts) > 1000
    assert pc.max(pairs["count_all"]).as_py() == 1
    assert pc.all(pc.not_equal(reposts["post"], "")).as_py()


def test_notified_fans_follow_official_posts() -> None:
    found = season().of("notified")

    assert set(found["gesture"].to_pylist()) == {"repost"}
    assert len(pc.unique(found["post"])) < len(found) / 4


def test_the_truth_knows_every_voter_once() -> None:
    found = season()

    assert set(found.truth["voter"].to_pylist()) == set(found.ballots["voter"].to_pylist())
    assert len(found.truth) == len(pc.unique(found.truth["voter"]))
    assert found.ballots["kind"].null_count == 0
    genuine = {row["kind"]: row["is_genuine"] for row in found.truth.to_pylist()}
    assert {kind for kind, is_genuine in genuine.items() if not is_genuine} == set(ATTACKS)


def test_facts_are_of_a_part_of_the_voters_and_never_of_others() -> None:
    found = season()
    known = set(found.voters["voter"].to_pylist())

    assert known < set(found.truth["voter"].to_pylist())
    assert 0.55 < len(known) / len(found.truth) < 0.65
    assert set(found.voters["state"].to_pylist()) == {None, "suspended", "closed"}
    assert found.voters["network"].null_count == 0


def test_a_new_kind_of_fan_moves_no_attackers_network() -> None:
    found = season()
    farm = set(found.of("farm")["voter"].to_pylist())
    networks = {row["network"] for row in found.voters.to_pylist() if row["voter"] in farm}

    assert networks == {"prefix-c00000000"}
