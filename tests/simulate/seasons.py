"""Simulated seasons for tests, and what is in their files."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from plaudit.rulebook.counting_rule import CountingRule
from plaudit.rulebook.library import RuleLibrary
from plaudit.rulebook.simulation import Attacks, Fans, Simulation
from plaudit.rulebook.windows import VotingWindow
from plaudit.simulate.simulate import simulate_ballots

if TYPE_CHECKING:
    from numpy.typing import NDArray

OPENS, DAY, HOUR, SECOND = 1526313600000000, 86_400_000_000, 3_600_000_000, 1_000_000
WINDOWS = [VotingWindow("vote", OPENS, OPENS + 6 * DAY, ())]
NOMINEES = [("bts", 900_000), ("exo", 100_000), ("got7", 0)]
USUAL_FANS = Fans()
NO_ATTACK = Attacks()
EVERY_ATTACK = Attacks(*[20_000] * len(Attacks.__struct_fields__))


def rule(name: str = "bbma-2018@1") -> CountingRule:
    found = RuleLibrary().cited(name).rule
    assert isinstance(found, CountingRule)
    return found


def plan(
    seed: int = 1, ballots: int = 4000, voters: int = 900, fans: Fans = USUAL_FANS, attacks: Attacks = NO_ATTACK
) -> Simulation:
    return Simulation(seed, "x", ballots, voters, fans, attacks)


def table(folder: Path) -> pa.Table:
    return pa.concat_tables([pq.read_table(path) for path in sorted(folder.glob("*.parquet"))])


@dataclass(frozen=True)
class Season:
    """The ballots, each with its voter's kind; what is known of voters; and the truth."""

    ballots: pa.Table
    voters: pa.Table
    truth: pa.Table

    def of(self, *kinds: str) -> pa.Table:
        """Give the ballots of some kinds of voter, by voter and time."""
        found = self.ballots.filter(pc.is_in(self.ballots["kind"], pa.array(kinds)))
        return found.sort_by([("voter", "ascending"), ("cast_at", "ascending")])

    def gaps(self, *kinds: str, pause_seconds: int = 60) -> dict[int, NDArray[np.float64]]:
        """Give each voter's gaps in seconds between ballots in one channel, without pauses."""
        of_channels: dict[int, list[NDArray[np.float64]]] = {}
        found = self.of(*kinds)
        for channel in pc.unique(found["channel"]).to_pylist():
            there = found.filter(pc.equal(found["channel"], channel))
            voter, at = there["voter"].to_numpy(), there["cast_at"].to_numpy()
            for who, theirs in zip(*_groups(voter, at), strict=True):
                gap = np.diff(theirs) / SECOND
                of_channels.setdefault(int(who), []).append(gap[gap <= pause_seconds])
        return {who: np.concatenate(parts) for who, parts in of_channels.items()}


def _groups(voter: NDArray[np.int64], at: NDArray[np.int64]) -> tuple[NDArray[np.int64], list[NDArray[np.int64]]]:
    who, first = np.unique(voter, return_index=True)
    return who, np.split(at, first[1:])


@cache
def season(name: str = "bbma-2018@1", ballots: int = 60_000, seed: int = 7, attacks: Attacks = EVERY_ATTACK) -> Season:
    """Make one season, once."""
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        simulate_ballots(plan(seed, ballots, ballots // 3, attacks=attacks), NOMINEES, rule(name), WINDOWS, folder)
        truth = pq.read_table(folder / "about" / "truth.parquet")
        cast = table(folder).join(truth, "voter")
        return Season(cast, pq.read_table(folder / "about" / "voters.parquet"), truth)
