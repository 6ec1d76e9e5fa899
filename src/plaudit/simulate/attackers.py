"""Attackers, each kind a crowd of accounts; none gives more ballots than asked.

The crude ones do not know the cap and go over it; the others spend it and stop.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from plaudit.simulate.arrays import Crowd, chained
from plaudit.simulate.fans import devoted
from plaudit.simulate.habits import awake_moments, cells, people, sessions, split
from plaudit.simulate.scene import DAY, HOUR, SECOND

if TYPE_CHECKING:
    from plaudit.simulate.arrays import Floats, Ints, People
    from plaudit.simulate.scene import Scene

__all__ = ["clique", "farm", "patient", "rented", "replayed", "script", "second", "seller", "sleepless"]

CLIQUE_POSTS: Final = 2_000_000_000
"""Numbers from here on are posts of cliques."""
_REPLAYS: Final = 8
"""Bursts of replayed requests a day."""


def farm(scene: Scene, who: str, ballots: int) -> Crowd:
    """Give accounts made one after the other, seconds apart, that vote daily by one clock within eight seconds."""
    chance = scene.chance(who)
    channel, daily = _place(scene, chance)
    count = max(30, ballots // (len(scene.days) * daily) + 1)
    found = _machines(scene, chance, count, gap=np.full(count, 2.0), jitter=np.full(count, 0.5))
    begun_at = scene.opens_at - int(chance.integers(DAY, 20 * DAY))
    found = replace(found, created_at=begun_at + np.cumsum(chance.exponential(8 * SECOND, count)).astype(np.int64))
    clock = int(chance.integers(0, 24 * 60)) * 60 * SECOND
    person, day = cells(scene, chance, count, 1.0)
    starts = _starts(scene, clock)[day] + chance.integers(0, 8 * SECOND, len(person))
    return _crowd(scene, found, person, starts, _even(ballots, count, scene, daily), channel, ballots)


def script(scene: Scene, who: str, ballots: int) -> Crowd:
    """Give a few accounts that send ballots at a period that trembles by up to a fifth."""
    chance = scene.chance(who)
    channel, daily = _place(scene, chance, least=60)
    count = max(3, ballots // (len(scene.days) * daily) + 1)
    found = _machines(scene, chance, count, gap=chance.uniform(3, 40, count), jitter=chance.uniform(0, 0.2, count))
    person, day = cells(scene, chance, count, 1.0)
    quota = (daily * chance.uniform(0.8, 1.4, len(person))).astype(np.int64)
    cell, length = split(quota, np.full(len(quota), 2))
    turn = np.arange(len(cell)) % 2 * DAY // 2  # one process an account: its sittings never overlap
    starts = _starts(scene, 0)[day[cell]] + turn + chance.integers(0, 9 * HOUR, len(cell))
    return _crowd(scene, found, person[cell], starts, length, channel, ballots)


def rented(scene: Scene, who: str, ballots: int) -> Crowd:
    """Give old accounts with human gaps that begin within three seconds of each other, several times a day."""
    chance = scene.chance(who)
    channel, daily = _place(scene, chance)
    count = max(20, int(1.2 * ballots / (len(scene.days) * daily)) + 1)
    daily = _even(1.2 * ballots, count, scene, daily)
    found = people(scene, chance, count)
    hand = np.arange(count) // 60
    found = replace(found, nominee=np.full(count, scene.favourites(chance, 1)[0]), group=hand)
    rounds = min(4, daily)
    driven = np.sort(chance.integers(0, DAY, (hand[-1] + 1, len(scene.days), rounds)), axis=2)
    person, cue = np.nonzero(chance.random((count, len(scene.days) * rounds)) < 0.92)
    day, number = cue // rounds, cue % rounds
    starts = _starts(scene, 0)[day] + driven[hand[person], day, number]
    starts += chance.integers(0, 3 * SECOND, len(person))
    return _crowd(scene, found, person, starts, np.full(len(person), daily // rounds), channel, ballots)


def replayed(scene: Scene, who: str, ballots: int) -> Crowd:
    """Give stolen accounts: one ballot a day of their owners, and what was recorded of them sent again in bursts.

    One machine sends a request every twentieth of a second, for forty accounts in
    turn, eight times a day.
    """
    chance = scene.chance(who)
    channel, daily = _place(scene, chance, least=40)
    count = max(20, ballots // (len(scene.days) * daily) + 1)
    daily = max(_REPLAYS, _even(ballots, count, scene, daily))
    found = _machines(scene, chance, count, gap=np.full(count, 0.05 * min(count, 40)), jitter=np.full(count, 0.05))
    bursts = np.sort(chance.integers(0, DAY - HOUR, (count // 40 + 1, len(scene.days), _REPLAYS)), axis=2)
    person, number = np.nonzero(chance.random((count, len(scene.days) * _REPLAYS)) < 0.95)
    day = number // _REPLAYS
    again = _starts(scene, 0)[day] + bursts[person // 40, day, number % _REPLAYS] + person % 40 * (SECOND // 20)
    owner, own_day = cells(scene, chance, count, 0.8)
    own = awake_moments(found, owner, _starts(scene, 0)[own_day], chance, np.zeros(len(owner)))
    lengths = np.concatenate([np.full(len(person), daily // _REPLAYS), np.ones(len(owner), np.int64)])
    return _crowd(
        scene, found, np.concatenate([person, owner]), np.concatenate([again, own]), lengths, channel, ballots
    )


def clique(scene: Scene, who: str, ballots: int) -> Crowd:
    """Give groups of eight to fourteen accounts that pass each other's posts on within eight seconds."""
    chance = scene.chance(who)
    channels = [number for number, stage in enumerate(scene.stages) if stage.has_reposts]
    if not channels:
        return Crowd(people(scene, chance, 0), chained([]))
    channel = int(chance.choice(channels))
    daily = min(40, scene.stages[channel].allowance or 40)
    sizes = chance.integers(8, 15, max(1, int(ballots / (len(scene.days) * daily * 11))))
    daily = _even(ballots / 0.9, int(sizes.sum()), scene, daily)  # no clique is cut in two
    found = people(scene, chance, int(sizes.sum()))
    group = np.repeat(np.arange(len(sizes)), sizes)
    found = replace(found, nominee=np.full(len(found), scene.favourites(chance, 1)[0]), group=group)
    posts = daily * len(scene.days)
    published = _starts(scene, 0)[np.arange(posts) // daily] + chance.integers(0, DAY, (len(sizes), posts))
    person, number = np.nonzero(chance.random((len(found), posts)) < 0.9)
    moments = published[group[person], number] + chance.integers(SECOND, 8 * SECOND, len(person))
    post = CLIQUE_POSTS + group[person] * 100_000 + number
    made = sessions(found, person, moments, 1, channel, post=post).chosen(scene.is_open(moments))
    return Crowd(found, made.cut(ballots))


def seller(scene: Scene, who: str, ballots: int) -> Crowd:
    """Give many accounts, old and with human gaps, that serve two buyers a day in blocks of four hours."""
    chance = scene.chance(who)
    channel, daily = _place(scene, chance)
    count = max(40, int(1.1 * ballots / (len(scene.days) * daily)) + 1)
    daily = _even(1.1 * ballots, count, scene, daily)
    found = people(scene, chance, count)
    blocks = min(2, daily)
    buyer = scene.favourites(chance, len(scene.days) * blocks)
    hour = chance.integers(0, 20 // blocks, len(buyer)) + np.tile(np.arange(blocks) * 12, len(scene.days))
    person, block = np.nonzero(chance.random((count, len(buyer))) < 0.95)
    starts = _starts(scene, 0)[block // blocks] + hour[block] * HOUR + chance.integers(0, 4 * HOUR, len(person))
    made = sessions(found, person, starts, daily // blocks, channel, nominee=buyer[block])
    return Crowd(found, made.chosen(scene.is_open(starts)).cut(ballots))


def sleepless(scene: Scene, who: str, ballots: int) -> Crowd:
    """Give bots with human gaps that vote in nearly every hour, day and night."""
    chance = scene.chance(who)
    channel, daily = _place(scene, chance, least=48)
    count = max(3, ballots // (len(scene.days) * daily) + 1)
    found = people(scene, chance, count)
    found = replace(found, nominee=np.full(count, scene.favourites(chance, 1)[0]), pauses=np.zeros(count))
    person, hour = np.nonzero(chance.random((count, len(scene.days) * 24)) < 0.98)
    starts = _starts(scene, 0)[hour // 24] + hour % 24 * HOUR + chance.integers(0, 55 * 60 * SECOND, len(person))
    length = daily // 24 + (chance.random(len(person)) < daily % 24 / 24)
    return _crowd(scene, found, person, starts, length, channel, ballots)


def second(scene: Scene, who: str, ballots: int) -> Crowd:
    """Give people who vote with three accounts of their own, each to the cap."""
    return _by_hand(devoted(scene, who, ballots), 3)


def patient(scene: Scene, who: str, ballots: int) -> Crowd:
    """Give one hand's many accounts, each of which does what a devoted fan does, from a network of its own."""
    made = devoted(scene, who, ballots)
    one = np.full(len(made.people), scene.favourites(scene.chance(f"{who}, for whom"), 1)[0])
    return Crowd(
        replace(made.people, nominee=one),
        replace(made.sessions, nominee=one[made.sessions.person]),
    )


def _by_hand(made: Crowd, accounts: int) -> Crowd:
    """Let so many accounts in a row be one person's."""
    hand = np.arange(len(made.people)) // accounts
    first = hand * accounts
    names = ("nominee", "asleep_from", "asleep_for", "gap_seconds", "sigma", "pauses")
    alike = {name: getattr(made.people, name)[first] for name in names}
    found = replace(made.people, group=hand, **alike)
    return Crowd(found, replace(made.sessions, nominee=found.nominee[made.sessions.person]))


def _place(scene: Scene, chance: np.random.Generator, least: int = 1) -> tuple[int, int]:
    """Give a channel, and how many ballots an account casts there in a day: the allowance, or at least so many."""
    channel = int(chance.integers(0, len(scene.stages)))
    return channel, max(least, scene.stages[channel].allowance or 80)


def _starts(scene: Scene, clock: int) -> Ints:
    """Give an instant on each day; the first day may be cut at its start, and counts from the second."""
    starts = np.array([start for start, _ in scene.days])
    if len(starts) > 1:
        starts[0] = starts[1] - DAY
    return starts + clock


def _even(ballots: float, count: int, scene: Scene, daily: int) -> int:
    """Give how many ballots each account casts in a day, where few ballots fall on many accounts."""
    return int(np.clip(ballots // (count * len(scene.days)), 1, daily))


def _machines(scene: Scene, chance: np.random.Generator, count: int, gap: Floats, jitter: Floats) -> People:
    return replace(
        people(scene, chance, count),
        nominee=np.full(count, scene.favourites(chance, 1)[0]),
        gap_seconds=gap,
        sigma=np.zeros(count),
        jitter=jitter,
        pauses=np.zeros(count),
    )


def _crowd(
    scene: Scene, found: People, person: Ints, starts: Ints, length: Ints | int, channel: int, ballots: int
) -> Crowd:
    made = sessions(found, person, starts, length, channel).chosen(scene.is_open(starts))
    return Crowd(found, made.by_person().cut(ballots))
