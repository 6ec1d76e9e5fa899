"""A synthetic season, from a seed: fans, attackers, and the truth about who was which.

Nothing here is or imitates a real person's vote. The files say so in their
metadata, and the season must declare the source synthetic.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
import pyarrow as pa
from msgspec.structs import asdict

from plaudit.base.errors import OutOfTurn, RuleInvalid
from plaudit.simulate import attackers
from plaudit.simulate.arrays import joined
from plaudit.simulate.facts import facts
from plaudit.simulate.fans import casual, devoted, family, insomniac, newcomers, notified
from plaudit.simulate.files import write_files
from plaudit.simulate.parties import countdowns, drives, parties
from plaudit.simulate.posts import addresses, passed_on
from plaudit.simulate.scene import scene
from plaudit.simulate.taps import taps

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from plaudit.rulebook.counting_rule import CountingRule
    from plaudit.rulebook.simulation import Fans, Simulation
    from plaudit.rulebook.windows import VotingWindow
    from plaudit.simulate.arrays import Crowd, Ints
    from plaudit.simulate.scene import Scene

__all__ = ["ATTACKS", "CRUDE", "FANS", "simulate_ballots"]

Maker: TypeAlias = "Callable[[Scene, str, int], Crowd]"

FANS: Final[dict[str, Maker]] = {
    "devoted": devoted,
    "insomniac": insomniac,
    "family": family,
    "party": parties,
    "countdown": countdowns,
    "drive": drives,
    "newcomer": newcomers,
    "notified": notified,
}
"""Kinds of genuine voters; casual fans cast what these leave."""
ATTACKS: Final[dict[str, Maker]] = {
    name: getattr(attackers, name)
    for name in ("farm", "script", "rented", "replayed", "clique", "seller", "sleepless", "second", "patient")
}
CRUDE: Final = frozenset({"farm", "script", "replayed", "clique", "sleepless"})
"""Attacks that take no pains to look human."""
_TWO_TAGS_SHARE: Final = 0.004
_OTHER_NOMINEE_SHARE: Final = 0.001
_REPOST_SHARE: Final = 0.55
_VOID_REPOST_SHARE: Final = 0.05
"""Of the acts in a channel of posts, those that are reposts, where they count and where not."""


def simulate_ballots(
    plan: Simulation,
    nominees: Sequence[tuple[str, int]],
    rule: CountingRule,
    windows: Sequence[VotingWindow],
    folder: Path,
) -> int:
    """Write synthetic ballots as Parquet, one file per day of the vote, and give their number.

    `about/voters.parquet` holds what a source could say of voters, and
    `about/truth.parquet` what each one is; no season reads the truth.

    Parameters
    ----------
    nominees : each with a weight, say its chart points; support follows its square root
    folder : emptied of the synthetic files of an earlier run first

    Raises
    ------
    RuleInvalid : the rule counts no ballots, so there is nothing to simulate.
    OutOfTurn : nobody is nominated, or the folder holds Parquet that is not synthetic.
    """
    channels = [channel for channel in rule.channel if channel.counts == "ballots"]
    if not channels or not windows:
        raise RuleInvalid(f"{rule.name} counts no ballots", "simulate a season whose counting rule does")
    if not nominees:
        raise OutOfTurn("nobody is nominated, so there is nobody to vote for", "see: plaudit nominate SEASON")
    staged = scene(plan, [weight for _, weight in nominees], rule, channels, windows)
    crowds = _crowds(staged)
    kinds = list(crowds)
    everybody = joined(list(crowds.values()))
    kind = np.repeat(np.arange(len(kinds)), [len(crowd.people) for crowd in crowds.values()])
    voter = _pseudonyms(np.arange(len(kind)), plan.seed)
    ballots = _ballots(staged, everybody, kind < len(FANS) + 1, voter, [name for name, _ in nominees])
    votes = np.unique(everybody.sessions.person)
    truth = {
        "voter": pa.array(voter[votes], pa.int64()),
        "kind": _words(kind[votes], kinds),
        "is_genuine": pa.array(kind[votes] < len(FANS) + 1),
    }
    known = facts(staged, everybody.people, kind, kinds, voter, votes)
    write_files(ballots, {"truth": pa.table(truth).sort_by("voter"), "voters": known}, plan.seed, folder)
    return len(ballots)


def _ballots(
    staged: Scene, everybody: Crowd, is_fan: NDArray[np.bool_], voter: Ints, nominees: Sequence[str]
) -> pa.Table:
    """Give every ballot in order of time."""
    chance, made = staged.chance("ballots"), everybody.sessions
    cast_at, session = taps(everybody, chance)
    order = np.argsort(cast_at, kind="stable")
    cast_at, session = cast_at[order], session[order]
    del order
    person, channel, nominee, post = (
        made.person[session],
        made.channel[session],
        made.nominee[session],
        made.post[session],
    )
    is_post = np.array([stage.act != "vote" for stage in staged.stages])[channel]
    posters = {True: _REPOST_SHARE, False: _VOID_REPOST_SHARE}
    usual = {"vote": 0.0, "repost": 1.0}
    reposts = np.array([usual.get(stage.act, posters[stage.has_reposts]) for stage in staged.stages])
    passes_on = (post >= 0) | (chance.random(len(session)) < reposts[channel])
    chosen = np.nonzero(passes_on & (post < 0))[0]
    post[chosen] = passed_on(staged, chance, cast_at[chosen], nominee[chosen])
    address, again = addresses(post, person)
    passes_on[again] = False  # nobody passes a post on twice; these write one of their own
    fan = is_fan[person]
    nominee[fan & (post < 0) & (chance.random(len(session)) < _OTHER_NOMINEE_SHARE)] = len(nominees)
    tags = 1 + (fan & is_post & ~passes_on & (chance.random(len(session)) < _TWO_TAGS_SHARE))
    columns = {
        "cast_at": pa.array(cast_at, pa.int64()),
        "channel": _words(channel, [stage.id for stage in staged.stages]),
        "nominee": _words(nominee, [*nominees, "write-in"]),
        "voter": pa.array(voter[person], pa.int64()),
        "votes": pa.array(np.ones(len(session), np.int32)),
        "gesture": _words(np.where(is_post, 1 + passes_on, 0), ["vote", "post", "repost"]),
        "tags": pa.array(tags.astype(np.int16)),
        "account_created_at": pa.array(everybody.people.created_at[person], pa.int64()),
        "post": address.cast(pa.string()),
    }
    return pa.table(columns)


def _crowds(staged: Scene) -> dict[str, Crowd]:
    """Give each kind's crowd, casual fans first; together they cast the plan's ballots."""
    plan = staged.plan
    shared_out = ("devoted", "party", "countdown", "drive", "newcomer", "notified")
    for part in (
        sum(getattr(plan.fans, f"{name}_ppm") for name in shared_out),
        sum(asdict(plan.attacks).values()),
    ):
        if part > 1_000_000:
            raise RuleInvalid(
                f"[simulate] gives away {part} parts of a million", "let the parts add up to at most a million"
            )
    made: dict[str, Crowd] = {}
    for name, make in ATTACKS.items():
        made[name] = make(staged, name, plan.ballots * getattr(plan.attacks, f"{name}_ppm") // 1_000_000)
    genuine = plan.ballots - sum(crowd.ballots for crowd in made.values())
    fans_made = {name: make(staged, name, ballots) for name, make, ballots in _fans(plan.fans, genuine)}
    rest = genuine - sum(crowd.ballots for crowd in fans_made.values())
    others = sum(len(crowd.people) for crowd in fans_made.values())
    return {"casual": casual(staged, "casual", rest, max(1, plan.voters - others)), **fans_made, **made}


def _fans(parts: Fans, genuine: int) -> list[tuple[str, Maker, int]]:
    """Give the kinds of fans but the casual ones, and how many ballots each casts."""
    of_devoted = {"insomniac": parts.insomniac_ppm, "family": parts.family_ppm}
    of_devoted["devoted"] = max(0, 1_000_000 - sum(of_devoted.values()))
    shares = {name: parts.devoted_ppm * part // 1_000_000 for name, part in of_devoted.items()}
    shares |= {name: getattr(parts, f"{name}_ppm") for name in ("party", "countdown", "drive", "newcomer", "notified")}
    return [(name, make, genuine * shares[name] // 1_000_000) for name, make in FANS.items()]


def _pseudonyms(voter: Ints, seed: int) -> Ints:
    """Spread voters' numbers over 63 bits (splitmix64), as keyed pseudonyms are."""
    with np.errstate(over="ignore"):
        mixed = voter.astype(np.uint64) + np.uint64(seed % 2**63) * np.uint64(0x9E3779B97F4A7C15)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return ((mixed ^ (mixed >> np.uint64(31))) >> np.uint64(1)).astype(np.int64)


def _words(codes: Ints, words: Sequence[str]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), pa.array(list(words))).cast(pa.string())
