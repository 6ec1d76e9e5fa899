"""Streaming parties, countdowns and drives: genuine fans begin together on cue, hourly or daily."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from plaudit.simulate.arrays import Crowd, joined
from plaudit.simulate.habits import is_awake, people, sessions
from plaudit.simulate.scene import DAY, HOUR, SECOND

if TYPE_CHECKING:
    from plaudit.simulate.scene import Scene

__all__ = ["countdowns", "drives", "parties"]

_COUNTED_DOWN: Final = ((6, 0.6), (0, 0.4))
"""From how many seconds on a countdown's delays have which sigma: the quicker, the closer together."""


def parties(scene: Scene, who: str, ballots: int) -> Crowd:
    """Give the guests of as many parties as make so many ballots.

    A guest comes to a cue if awake, three to nine times in ten, and begins some 20
    to 90 seconds after it: each party has its own delay, and each guest a habit.
    """
    chance = scene.chance(who)
    held: list[Crowd] = []
    wanted, guests = ballots, max(1, int(0.2 * scene.plan.voters))
    while wanted > 0 and guests > 0:
        party = _party(scene, chance, wanted, guests)
        if not party.ballots:
            break
        held.append(party)
        wanted -= party.ballots
        guests -= len(party.people)
    return _together(scene, chance, held)


def countdowns(scene: Scene, who: str, ballots: int) -> Crowd:
    """Give the guests of as many countdown parties as make so many ballots; the last may be cut short.

    A guest comes to a cue three to ten times in ten, at any hour, begins seconds
    after it, and votes at no other time: the hardest fans to tell from a clock.
    """
    fans = scene.plan.fans
    chance = scene.chance(who)
    held: list[Crowd] = []
    wanted = ballots
    while wanted > 0:
        held.append(
            _countdown(scene, chance, fans.countdown_guests, fans.countdown_a_day, fans.countdown_seconds).cut(wanted)
        )
        wanted -= held[-1].ballots
    return _together(scene, chance, held)


def drives(scene: Scene, who: str, ballots: int) -> Crowd:
    """Give newcomers who make their accounts on one cue, and come back to a countdown of their own once a day.

    Half of a drive's accounts are made within three minutes of its cue, in the ten
    days before the vote opens. Whoever has one comes three to ten times in ten, as
    to any countdown. With a farm they share when their accounts were made, for
    whom they vote and the seconds in which they begin; but some stay away each day.
    """
    fans = scene.plan.fans
    chance = scene.chance(who)
    held: list[Crowd] = []
    wanted = ballots
    while wanted > 0:
        made = _countdown(scene, chance, fans.drive_guests, 1, fans.drive_seconds).cut(wanted)
        called_at = scene.opens_at - int(chance.integers(DAY // 2, 10 * DAY))
        after = chance.lognormal(np.log(180), 1.0, len(made.people)) * SECOND
        held.append(replace(made, people=replace(made.people, created_at=called_at + after.astype(np.int64))))
        wanted -= made.ballots
    return _together(scene, chance, held)


_NONE = (np.zeros(0, np.int64), np.zeros(0, np.int64), 0, 0)


def _together(scene: Scene, chance: np.random.Generator, held: list[Crowd]) -> Crowd:
    return joined(held) if held else Crowd(people(scene, chance, 0), sessions(people(scene, chance, 0), *_NONE))


def _countdown(scene: Scene, chance: np.random.Generator, guests: int, a_day: int, seconds: int) -> Crowd:
    channel = int(chance.integers(0, len(scene.stages)))
    allowance = scene.stages[channel].allowance or 100
    # where one vote a day is allowed, a second is over the cap
    found = people(scene, chance, guests)
    found = replace(found, nominee=np.full(len(found), scene.favourites(chance, 1)[0]))
    hours = int(chance.integers(0, 24)) + np.arange(a_day) * 12
    midnight = scene.days[0][1]  # the first day may be cut; the second starts as days do
    cues = np.sort((midnight + (np.arange(-1, len(scene.days))[:, None] * 24 + hours % 24) * HOUR).ravel())
    person, number = np.nonzero(chance.random((len(found), len(cues))) < chance.uniform(0.3, 1.0, len(found))[:, None])
    median = float(seconds)
    sigma = next(sigma for least, sigma in _COUNTED_DOWN if median >= least)
    delay = chance.lognormal(np.log(median), sigma, len(person))
    moments = cues[number] + (delay * SECOND).astype(np.int64)
    made = sessions(found, person, moments, max(1, allowance // (a_day * 10)), channel).chosen(scene.is_open(moments))
    return Crowd(found, made)


def _party(scene: Scene, chance: np.random.Generator, wanted: int, guests: int) -> Crowd:
    channel = int(chance.integers(0, len(scene.stages)))
    allowance = scene.stages[channel].allowance
    cues_a_day = min(int(chance.choice([1, 2, 12])), allowance or 12)
    length = max(1, (allowance or 120) // max(4, cues_a_day)) if cues_a_day < (allowance or 12) else 1
    usual = 0.45 * cues_a_day * len(scene.days) * length
    size = int(
        np.clip(min(chance.lognormal(np.log(scene.plan.fans.party_guests), 0.4), wanted / usual), 30, max(30, guests))
    )
    found = people(scene, chance, size)
    found = replace(found, nominee=np.full(size, scene.favourites(chance, 1)[0]))
    first_hour = int(chance.integers(0, 24))
    hours = first_hour + np.arange(cues_a_day) * (1 if cues_a_day == 12 else 5)
    midnight = scene.days[0][1]  # the first day may be cut; the second starts as days do
    cues = np.sort((midnight + (np.arange(-1, len(scene.days))[:, None] * 24 + hours % 24) * HOUR).ravel())
    comes = chance.random((size, len(cues))) < chance.uniform(0.3, 0.9, size)[:, None]
    person, number = np.nonzero(comes & is_awake(found, np.arange(size)[:, None], cues[None, :]))
    median = chance.uniform(20, 90) * chance.lognormal(0.0, 0.3, size)
    delay = np.maximum(1.5, chance.lognormal(np.log(median[person]), chance.uniform(0.35, 0.6)))
    moments = cues[number] + (delay * SECOND).astype(np.int64)
    lengths = np.maximum(1, (length * chance.uniform(0.6, 1.05, len(person))).round()).astype(np.int64)
    made = sessions(found, person, moments, lengths, channel).chosen(scene.is_open(moments))
    return Crowd(found, made.cut(wanted))
