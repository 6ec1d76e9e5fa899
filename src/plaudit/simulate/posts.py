"""Which post each repost passes on: an official one, a recent one of another fan, or a clique's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from plaudit.simulate.scene import OFFICIAL_A_DAY

if TYPE_CHECKING:
    from plaudit.simulate.arrays import Ints
    from plaudit.simulate.scene import Scene

__all__ = ["addresses", "passed_on"]

_FANS_POSTS: Final = 1_000_000_000
_OFFICIAL_SHARE: Final = 0.2


def passed_on(scene: Scene, chance: np.random.Generator, cast_at: Ints, nominee: Ints) -> Ints:
    """Give the number of a post of the same nominee that was there at that instant.

    One in five is the latest official post; the others are fans' own, mostly recent.
    """
    pool = max(50, len(cast_at) // 10)
    part = np.clip((cast_at - scene.opens_at) / (scene.closes_at - scene.opens_at), 0, 1)
    lag = np.minimum(chance.pareto(0.8, len(cast_at)) * pool / 500, pool).astype(np.int64)
    post: Ints = _FANS_POSTS + nominee * pool + np.maximum(0, (part * pool).astype(np.int64) - lag)
    official = chance.random(len(cast_at)) < _OFFICIAL_SHARE
    for number, published in enumerate(scene.official_posts()):
        which = np.nonzero(official & (nominee == number))[0]
        latest = np.searchsorted(published, cast_at[which], side="right") - 1
        there = latest >= 0
        post[which[there]] = number * (len(scene.days) * OFFICIAL_A_DAY) + latest[there]
    return post


def addresses(post: Ints, voter: Ints) -> tuple[pa.Array, Ints]:
    """Give each post's address, empty for -1, and the rows in which a voter passes one on again.

    Rows are in order of time, so the first time is the one that is kept.
    """
    rows = np.nonzero(post >= 0)[0]
    numbers, place = np.unique(post[rows], return_inverse=True)
    names = pa.array([*(f"https://social.example/{number}" for number in numbers.tolist()), ""])
    once = np.unique(voter[rows] * len(names) + place, return_index=True)[1]
    again = np.ones(len(rows), np.bool_)
    again[once] = False
    place[again] = len(numbers)
    code = np.full(len(post), len(numbers), np.int32)
    code[rows] = place
    return pa.DictionaryArray.from_arrays(pa.array(code), names), rows[again]
