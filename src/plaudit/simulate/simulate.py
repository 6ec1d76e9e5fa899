"""Synthetic ballots, from a seed: heavy-tailed voters, some over the cap, some void.

Nothing here is or imitates a real person's vote. The files say so in their
metadata, and the season must declare the source synthetic.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from plaudit.base.errors import OutOfTurn, RuleInvalid

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from plaudit.rulebook.counting_rule import CountingRule
    from plaudit.rulebook.season import Simulation
    from plaudit.rulebook.windows import VotingWindow

__all__ = ["simulate_ballots"]

DAY_MICROSECONDS: Final = 86_400_000_000
_DEVOTED_SHARE: Final = 0.0015
"""Of the voters, those who vote all day long; with 20 to 180 ballots a day and channel."""
_OUTSIDE_SHARE: Final = 0.002
_TWO_TAGS_SHARE: Final = 0.004
_OTHER_NOMINEE_SHARE: Final = 0.001
_REPOST_SHARE: Final = 0.55
_HOURS: Final = np.array([2, 1, 1, 1, 1, 2, 3, 4, 4, 4, 5, 5, 6, 6, 6, 7, 8, 9, 10, 10, 9, 7, 5, 3], dtype=np.float64)
"""How the votes of a day fall on its hours."""


def simulate_ballots(
    plan: Simulation,
    nominees: Sequence[tuple[str, int]],
    rule: CountingRule,
    windows: Sequence[VotingWindow],
    folder: Path,
) -> int:
    """Write synthetic ballots as Parquet, one file per day of the vote, and give their number.

    Parameters
    ----------
    nominees : each with a weight, say its chart points; support follows its square root
    folder : emptied of the synthetic ballots of an earlier run first

    Raises
    ------
    RuleInvalid : the rule counts no ballots, so there is nothing to simulate.
    OutOfTurn : nobody is nominated, or the folder holds Parquet that is not synthetic.
    """
    channels = [channel.id for channel in rule.channel if channel.counts == "ballots"]
    if not channels or not windows:
        raise RuleInvalid(f"{rule.name} counts no ballots", "simulate a season whose counting rule does")
    if not nominees:
        raise OutOfTurn("nobody is nominated, so there is nobody to vote for", "see: plaudit nominate SEASON")
    chance = np.random.default_rng(plan.seed)
    opens_at = min(window.opens_at for window in windows)
    closes_at = max(window.closes_at for window in windows)
    voter = _voters(chance, plan, days=max(1, (closes_at - opens_at) // DAY_MICROSECONDS), channels=len(channels))
    rows = len(voter)
    cast_at = _moments(chance, rows, opens_at, closes_at)
    nominee = _favourites(chance, plan.voters, nominees)[voter]
    other = chance.random(rows) < _OTHER_NOMINEE_SHARE
    nominee[other] = len(nominees)
    channel = chance.integers(0, len(channels), rows)
    is_post = np.array([rule.channel_named(name).gestures.post == "counts" for name in channels])[channel]  # type: ignore[union-attr]
    gesture = np.where(is_post, 1 + (chance.random(rows) < _REPOST_SHARE), 0)
    tags = 1 + (is_post & (chance.random(rows) < _TWO_TAGS_SHARE))
    order = np.argsort(cast_at, kind="stable")
    columns = {
        "cast_at": pa.array(cast_at[order], pa.int64()),
        "channel": _words(channel[order], channels),
        "nominee": _words(nominee[order], [*(name for name, _ in nominees), "write-in"]),
        "voter": pa.array(_pseudonyms(voter[order], plan.seed), pa.int64()),
        "votes": pa.array(np.ones(rows, np.int32)),
        "gesture": _words(gesture[order], ["vote", "post", "repost"]),
        "tags": pa.array(tags[order].astype(np.int16)),
    }
    _write(pa.table(columns).replace_schema_metadata({"plaudit": "synthetic", "seed": str(plan.seed)}), folder)
    return rows


def _voters(chance: np.random.Generator, plan: Simulation, *, days: int, channels: int) -> NDArray[np.int64]:
    """Give one voter per ballot: a few devoted ones with many, the rest heavy-tailed."""
    devoted = max(1, int(plan.voters * _DEVOTED_SHARE))
    per_voter = chance.integers(20, 180, devoted) * days * channels
    of_devoted = np.repeat(np.arange(devoted), per_voter)[: plan.ballots // 2]
    casual = (chance.random(plan.ballots - len(of_devoted)) ** 1.5 * max(1, plan.voters - devoted)).astype(np.int64)
    return np.concatenate([of_devoted, devoted + casual])


def _moments(chance: np.random.Generator, rows: int, opens_at: int, closes_at: int) -> NDArray[np.int64]:
    """Give instants by the hours' weights, cut to the window, a few of them just outside it."""
    days = (closes_at - opens_at) // DAY_MICROSECONDS + 1
    hour = chance.choice(24, rows, p=_HOURS / _HOURS.sum())
    within = chance.integers(0, 3_600_000_000, rows)
    moment = opens_at + chance.integers(0, days, rows) * DAY_MICROSECONDS + hour * 3_600_000_000 + within
    late = moment >= closes_at
    moment[late] = chance.integers(opens_at, closes_at, int(late.sum()))
    outside = chance.random(rows) < _OUTSIDE_SHARE
    early_or_late = chance.integers(1, 3_600_000_000, int(outside.sum()))
    before = chance.random(int(outside.sum())) < 0.5
    moment[outside] = np.where(before, opens_at - early_or_late, closes_at + early_or_late)
    return moment


def _favourites(chance: np.random.Generator, voters: int, nominees: Sequence[tuple[str, int]]) -> NDArray[np.int64]:
    weights = np.sqrt(np.array([max(1, weight) for _, weight in nominees], dtype=np.float64))
    return chance.choice(len(nominees), voters + 1, p=weights / weights.sum())


def _pseudonyms(voter: NDArray[np.int64], seed: int) -> NDArray[np.int64]:
    """Spread voters' numbers over 63 bits (splitmix64), as keyed pseudonyms are."""
    with np.errstate(over="ignore"):
        mixed = voter.astype(np.uint64) + np.uint64(seed % 2**63) * np.uint64(0x9E3779B97F4A7C15)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return ((mixed ^ (mixed >> np.uint64(31))) >> np.uint64(1)).astype(np.int64)


def _words(codes: NDArray[np.int64], words: Sequence[str]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), pa.array(list(words))).cast(pa.string())


def _write(ballots: pa.Table, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    earlier = sorted(folder.glob("*.parquet"))
    for path in earlier:
        if (pq.read_schema(path).metadata or {}).get(b"plaudit") != b"synthetic":
            raise OutOfTurn(f"{path} is not synthetic and would be removed", "give simulated ballots their own folder")
    for path in earlier:
        path.unlink()
    day = np.asarray(ballots["cast_at"]) // DAY_MICROSECONDS
    for number in np.unique(day):
        name = np.datetime64(int(number), "D")
        first, last = np.searchsorted(day, [number, number + 1])
        pq.write_table(ballots.slice(first, last - first), folder / f"{name}.parquet", compression="zstd")
