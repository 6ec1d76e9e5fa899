"""Sessions unrolled into ballots: one instant after the other, as a hand or a machine taps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from plaudit.simulate.scene import SECOND

if TYPE_CHECKING:
    from plaudit.simulate.arrays import Crowd, Ints

__all__ = ["taps"]


def taps(crowd: Crowd, chance: np.random.Generator) -> tuple[Ints, Ints]:
    """Give each ballot's instant and the position of its session.

    A hand's gaps are lognormal around its median, and a few are pauses of five to
    forty times as long; a machine's are its period, give or take its jitter.
    """
    made, found = crowd.sessions, crowd.people
    session = np.repeat(np.arange(len(made)), made.length)
    person = made.person[session]
    gap = np.exp(chance.standard_normal(len(session)) * found.sigma[person])
    gap *= 1 + found.jitter[person] * (2 * chance.random(len(session)) - 1)
    pauses = chance.random(len(session)) < found.pauses[person]
    gap[pauses] *= chance.uniform(5, 40, int(pauses.sum()))
    gap *= found.gap_seconds[person] * SECOND
    since = np.cumsum(gap.astype(np.int64))
    first = np.cumsum(made.length) - made.length
    return made.starts_at[session] + since - np.repeat(since[first], made.length), session
