"""How people are: where they live, when they sleep, how evenly they tap; and when they find time to vote."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from plaudit.simulate.arrays import People, Sessions
from plaudit.simulate.scene import DAY, HOUR, SECOND

if TYPE_CHECKING:
    from plaudit.simulate.arrays import Floats, Ints
    from plaudit.simulate.scene import Scene

__all__ = ["awake_moments", "cells", "is_awake", "people", "sessions", "split"]

_ZONES: Final = {-8: 8, -6: 8, -5: 10, -3: 10, 0: 8, 1: 12, 3: 5, 5: 8, 7: 12, 8: 9, 9: 10}
"""Hours from UTC, and how many of a hundred fans live there."""
_YEAR: Final = 365 * DAY


def people(scene: Scene, chance: np.random.Generator, count: int) -> People:
    """Give genuine people: sleep of 7 to 9 hours, uneven hands, accounts of all ages."""
    zones = np.array(list(_ZONES))
    parts = np.array(list(_ZONES.values()))
    zone = chance.choice(zones, count, p=parts / parts.sum())
    bedtime = chance.normal(23.75, 1.25, count)
    owls = chance.random(count) < 0.08
    bedtime[owls] = chance.normal(28.5, 1.0, int(owls.sum()))
    sigma = np.maximum(0.4, chance.normal(0.65, 0.12, count))
    even = chance.random(count) < scene.plan.fans.even_ppm / 1_000_000
    sigma[even] = chance.uniform(0.12, 0.25, int(even.sum()))
    age = np.minimum(chance.exponential(4.0, count) * _YEAR, 12 * _YEAR)
    return People(
        nominee=scene.favourites(chance, count),
        asleep_from=((bedtime - zone) % 24 * HOUR).astype(np.int64),
        asleep_for=(np.clip(chance.normal(8.0, 0.5, count), 7.0, 9.0) * HOUR).astype(np.int64),
        gap_seconds=np.maximum(1.2, chance.lognormal(1.5, 0.4, count)),
        sigma=sigma,
        jitter=np.zeros(count),
        pauses=np.where(even, 0.005, 0.03),
        created_at=scene.closes_at - age.astype(np.int64),
        group=np.arange(count),
    )


def awake_moments(found: People, who: Ints, starts: Ints, chance: np.random.Generator, early: Floats) -> Ints:
    """Give a moment of each person's waking hours, in the day that starts then; evenings are fuller.

    early : where positive, so many seconds after the day starts, for those who are awake then
    """
    asleep_for = found.asleep_for[who]
    wakes = (found.asleep_from[who] + asleep_for - starts) % DAY
    drawn = starts + (wakes + (chance.beta(2.2, 1.4, len(who)) * (DAY - asleep_for)).astype(np.int64)) % DAY
    at_once = starts + (early * SECOND).astype(np.int64)
    return np.where((early > 0) & is_awake(found, who, at_once), at_once, drawn)


def is_awake(found: People, who: Ints, moments: Ints) -> Any:
    """Say who is awake at a moment."""
    return (moments - found.asleep_from[who]) % DAY >= found.asleep_for[who]


def cells(scene: Scene, chance: np.random.Generator, count: int, share: float) -> tuple[Ints, Ints]:
    """Give who votes on which day: person and day's number, each day with that chance."""
    who, day = np.nonzero(chance.random((count, len(scene.days))) < share)
    return who, day


def split(quota: Ints, parts: Ints) -> tuple[Ints, Ints]:
    """Split quotas into so many parts, as even as can be: position of the quota, and the part."""
    parts = np.clip(parts, 1, np.maximum(1, quota))
    where = np.repeat(np.arange(len(quota)), parts)
    place = np.arange(len(where)) - np.repeat(np.cumsum(parts) - parts, parts)
    return where, quota[where] // parts[where] + (place < quota[where] % parts[where])


def sessions(
    found: People, who: Ints, starts_at: Ints, length: Ints | int, channel: Ints | int, **more: Ints
) -> Sessions:
    """Give sessions, for each one's own nominee unless told otherwise."""
    size = len(who)
    return Sessions(
        person=who.astype(np.int64),
        starts_at=starts_at.astype(np.int64),
        length=np.broadcast_to(np.asarray(length, np.int64), size).copy(),
        channel=np.broadcast_to(np.asarray(channel, np.int64), size).copy(),
        nominee=more.get("nominee", found.nominee[who]),
        post=more.get("post", np.full(size, -1, np.int64)),
    )
