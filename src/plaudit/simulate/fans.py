"""Genuine fans: casual, devoted, sleepless for their own reasons, at parties, newly come, notified.

Each function gives a crowd with about so many ballots, and never more; casual fans
fill what is left, so they give exactly as many as asked.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from plaudit.simulate.arrays import Crowd, chained
from plaudit.simulate.habits import awake_moments, cells, is_awake, people, sessions, split
from plaudit.simulate.scene import DAY, HOUR, OFFICIAL_A_DAY, SECOND

if TYPE_CHECKING:
    from plaudit.simulate.arrays import Sessions
    from plaudit.simulate.scene import Scene

__all__ = ["casual", "devoted", "family", "insomniac", "newcomers", "notified"]

_OUTSIDE_SHARE: Final = 0.002
"""Of casual sessions, those that come up to an hour too early or too late."""


def devoted(
    scene: Scene, who: str, ballots: int, *, sittings_a_day: float = 2.5, sleep: tuple[float, float] | None = None
) -> Crowd:
    """Give fans who vote daily in every channel, to the cap, in a few sittings; some begin as the day does."""
    chance = scene.chance(who)
    daily = sum(0.9 * (stage.allowance or 75) for stage in scene.stages)
    count = 1 + min(int(1.3 * ballots / (daily * len(scene.days))), int(0.3 * scene.plan.voters))
    found = people(scene, chance, count)
    if sleep:
        found = replace(found, asleep_for=(chance.uniform(*sleep, count) * HOUR).astype(np.int64))
    parts = []
    for channel, stage in enumerate(scene.stages):
        person, day = cells(scene, chance, count, 0.92)
        grazes = chance.random(count) < 0.02
        sittings = 1 + chance.poisson(np.where(grazes[person], 15.0, sittings_a_day - 1))
        cell, length = split(scene.quota(chance, len(person), stage), sittings)
        rushes = chance.random(len(cell)) < 0.05
        early = np.where(rushes, chance.lognormal(np.log(180), 1.0, len(cell)), 0)
        starts = np.array([start for start, _ in scene.days])[day[cell]]
        ends = np.array([end for _, end in scene.days])[day[cell]]
        moments = awake_moments(found, person[cell], starts, chance, early)
        parts.append(sessions(found, person[cell], moments, length, channel).chosen(moments < ends))
    return Crowd(found, chained(parts).by_person().cut(ballots))


def insomniac(scene: Scene, who: str, ballots: int) -> Crowd:
    """Give devoted fans who sleep two and a half to four and a half hours, and vote in many sittings."""
    return devoted(scene, who, ballots, sittings_a_day=14.0, sleep=(2.5, 4.5))


def family(scene: Scene, who: str, ballots: int) -> Crowd:
    """Give accounts that several people use, so that somebody is awake for all but a few hours."""
    return devoted(scene, who, ballots, sittings_a_day=12.0, sleep=(1.0, 6.0))


def newcomers(scene: Scene, who: str, ballots: int) -> Crowd:
    """Give accounts made because of the vote, in the hour after one of three announcements.

    Nine in ten are for the nominee of their announcement. Two in three vote on one
    day alone, minutes after they came or when the vote opens; the rest come back.
    """
    chance = scene.chance(who)
    stage = scene.stages[0]
    usual = 3.0 if stage.allowance == 0 or stage.allowance >= 10 else 1.0
    count = 1 + min(int(0.8 * ballots / usual), int(0.2 * scene.plan.voters))
    told_at = np.array([scene.opens_at - 36 * HOUR, scene.opens_at, (scene.opens_at + scene.closes_at) // 2])
    call = chance.choice(3, count, p=[0.3, 0.4, 0.3])
    created_at = told_at[call] + (np.minimum(chance.exponential(0.33, count), 6.0) * HOUR).astype(np.int64)
    found = people(scene, chance, count)
    of_call = scene.favourites(chance, 3)[call]
    follows = chance.random(count) < 0.9
    found = replace(found, created_at=created_at, nominee=np.where(follows, of_call, found.nominee))
    first = created_at + (chance.lognormal(np.log(240), 1.0, count) * SECOND).astype(np.int64)
    early = first < scene.opens_at
    start = np.full(count, scene.opens_at)
    first[early] = awake_moments(found, np.arange(count), start, chance, np.zeros(count))[early]
    returns = np.nonzero(chance.random(count) < 0.33)[0]
    later, day = cells(scene, chance, len(returns), 0.6)
    later, midnight = returns[later], np.array([start for start, _ in scene.days])[day]
    again = awake_moments(found, later, midnight, chance, np.zeros(len(later)))
    is_after = again > first[later] + DAY // 2
    person = np.concatenate([np.arange(count), later[is_after]])
    moments = np.concatenate([first, again[is_after]])
    length = np.maximum(1, np.minimum(chance.lognormal(np.log(usual), 0.8, len(person)), stage.allowance or 1000))
    if usual == 1.0:
        length[:] = 1
    channel = chance.integers(0, len(scene.stages), count)[person]
    found_sessions = sessions(found, person, moments, length.astype(np.int64), channel).chosen(scene.is_open(moments))
    return Crowd(found, found_sessions.by_person().cut(ballots))


def notified(scene: Scene, who: str, ballots: int) -> Crowd:
    """Give fans whom a notification tells of official posts, and who pass on many of them while awake.

    Some hold the phone in their hand: the median delay is 15 seconds to 4 minutes.
    """
    chance = scene.chance(who)
    channels = [number for number, stage in enumerate(scene.stages) if stage.has_reposts]
    published = scene.official_posts()
    posts = published.shape[1]
    count = min(int(2.2 * ballots / (0.55 * posts)) + 1, max(1, int(0.05 * scene.plan.voters))) if channels else 0
    found = people(scene, chance, count)
    passes_on = chance.uniform(0.2, 0.8, count)
    person, number = np.nonzero(chance.random((count, posts)) < passes_on[:, None])
    quickness = np.exp(chance.uniform(np.log(15), np.log(240), count))
    delay = chance.lognormal(np.log(quickness[person]), 0.9)
    moments = published[found.nominee[person], number] + (np.maximum(2.0, delay) * SECOND).astype(np.int64)
    post = found.nominee[person] * (len(scene.days) * OFFICIAL_A_DAY) + number
    channel = np.array(channels or [0])[chance.integers(0, max(1, len(channels)), count)][person]
    made = sessions(found, person, moments, 1, channel, post=post).chosen(
        is_awake(found, person, moments) & scene.is_open(moments)
    )
    return Crowd(found, made.cut(ballots))


def casual(scene: Scene, who: str, ballots: int, count: int) -> Crowd:
    """Give fans who come once or a few times, with exactly so many ballots."""
    chance = scene.chance(who)
    found = people(scene, chance, count)
    parts: list[Sessions] = []
    wanted = ballots
    least = min((stage.allowance or 100) for stage in scene.stages)
    while wanted > 0:
        size = 100 + int(1.5 * wanted / (3.0 if least > 5 else 1.0))
        person = (chance.random(size) ** (1.5 if least > 5 else 1.1) * count).astype(np.int64)
        day = chance.integers(0, len(scene.days), size)
        starts = np.array([start for start, _ in scene.days])[day]
        moments = awake_moments(found, person, starts, chance, np.zeros(size))
        length = (
            np.minimum(np.ceil(chance.exponential(2.5, size)), 40) if least > 5 else 1 + (chance.random(size) < 0.02)
        )
        more = sessions(found, person, moments, length.astype(np.int64), chance.integers(0, len(scene.stages), size))
        parts.append(more.chosen(moments < np.array([end for _, end in scene.days])[day]).cut(wanted))
        wanted -= int(parts[-1].length.sum())
    made = chained(parts)
    stray = np.nonzero(chance.random(len(made)) < _OUTSIDE_SHARE)[0]
    off = chance.integers(1, HOUR, len(stray))
    before = chance.random(len(stray)) < 0.5
    made.starts_at[stray] = np.where(before, scene.opens_at - off, scene.closes_at + off)
    return Crowd(found, made)
