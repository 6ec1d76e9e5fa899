"""What everybody in a simulated season shares: its days, channels, nominees and official posts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from plaudit.rulebook.counting_rule import Cap
from plaudit.rulebook.windows import periods

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plaudit.rulebook.counting_rule import Channel, CountingRule
    from plaudit.rulebook.simulation import Simulation
    from plaudit.rulebook.windows import Span, VotingWindow
    from plaudit.simulate.arrays import Floats, Ints

__all__ = ["DAY", "HOUR", "SECOND", "Scene", "Stage", "scene"]

SECOND: Final = 1_000_000
HOUR: Final = 3600 * SECOND
DAY: Final = 24 * HOUR
OFFICIAL_A_DAY: Final = 8
"""Posts of a nominee's own account."""


@dataclass(frozen=True)
class Stage:
    """One channel that takes ballots.

    allowance : votes a voter has in a day, in whole votes; 0 where there is no cap
    act : what voters do in it, vote, post or repost
    has_reposts : whether a repost counts; where it does not, few repost
    """

    id: str
    allowance: int
    act: str
    has_reposts: bool


@dataclass(frozen=True)
class Scene:
    """A season as voters see it.

    days : the voting days, cut to the windows
    popularity : each nominee's part of the fans
    """

    plan: Simulation
    opens_at: int
    closes_at: int
    days: Sequence[Span]
    stages: Sequence[Stage]
    popularity: Floats

    def chance(self, who: str) -> np.random.Generator:
        """Give a stream of chance of its own, so that one kind of voter never moves another."""
        return np.random.default_rng([self.plan.seed, *who.encode()])

    def favourites(self, chance: np.random.Generator, people: int) -> Ints:
        """Give each of some people a nominee."""
        found: Ints = chance.choice(len(self.popularity), people, p=self.popularity)
        return found

    def quota(self, chance: np.random.Generator, cells: int, stage: Stage) -> Ints:
        """Give how many ballots devoted voters cast in a channel in a day: to the cap, a few over it."""
        if not stage.allowance:
            return np.clip(chance.lognormal(np.log(60), 0.7, cells), 5, 400).astype(np.int64)
        part = np.where(chance.random(cells) < 0.5, 1.0, chance.uniform(0.5, 1.1, cells))
        ballots: Ints = np.ceil(part * stage.allowance).astype(np.int64)
        return ballots

    def is_open(self, moments: Ints) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        """Say which moments lie between the first opening and the last closing."""
        return (moments >= self.opens_at) & (moments < self.closes_at)

    def official_posts(self) -> Ints:
        """Give when each nominee's own account posts: one row a nominee, in order of time."""
        chance = self.chance("official posts")
        shape = (len(self.popularity), len(self.days) * OFFICIAL_A_DAY)
        days = np.repeat([start for start, _ in self.days], OFFICIAL_A_DAY)
        wakes = chance.integers(0, 24, (shape[0], 1)) * HOUR
        moments: Ints = days + (wakes + chance.integers(0, 12 * HOUR, shape)) % DAY
        return np.sort(moments, axis=1)


def scene(
    plan: Simulation,
    weights: Sequence[int],
    rule: CountingRule,
    channels: Sequence[Channel],
    windows: Sequence[VotingWindow],
) -> Scene:
    """Give the scene of a season; support follows the square root of the nominees' weights."""
    opens_at = min(window.opens_at for window in windows)
    closes_at = max(window.closes_at for window in windows)
    days = [(max(start, opens_at), min(end, closes_at)) for start, end in periods(Cap(1, "day"), rule, windows)]
    roots = np.sqrt(np.maximum(1.0, np.array(weights, dtype=np.float64)))
    stages = [_stage(channel, len(days)) for channel in channels]
    return Scene(plan, opens_at, closes_at, days, stages, roots / roots.sum())


def _stage(channel: Channel, days: int) -> Stage:
    gestures, cap = channel.gestures, channel.cap
    allowance = 0 if cap is None else cap.votes if cap.per == "day" else max(1, cap.votes // days)
    if gestures.vote == "counts":
        return Stage(channel.id, allowance, "vote", has_reposts=False)
    if gestures.post == "counts":
        return Stage(channel.id, allowance, "post", has_reposts=gestures.repost == "counts")
    return Stage(channel.id, allowance, "repost", has_reposts=True)
