"""The purge methods on ballots alone, in plain Python: slow, ballot by ballot and voter by voter."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from functools import singledispatch
from itertools import pairwise
from math import isqrt
from typing import TYPE_CHECKING, Any

from plaudit.rulebook.purge_rule import Lockstep, RegularGaps, Sleepless, YoungBurst, YoungClock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.oracles.tally_oracle import Ballot

__all__ = ["Suspect", "knows", "matched"]

SECOND = 1_000_000
HOUR = 3600 * SECOND


@dataclass(frozen=True)
class Suspect:
    """What groups a voter with others, and on what evidence it is matched."""

    grouped: str
    evidence: str


@singledispatch
def matched(method: Any, ballots: Sequence[Ballot], opens_at: int) -> dict[int, Suspect]:
    """Give the voters that a method matches."""
    raise TypeError(f"no oracle for {type(method).__name__}")


@matched.register
def _regular(method: RegularGaps, ballots, opens_at) -> dict[int, Suspect]:  # type: ignore[no-untyped-def]
    instants: dict[tuple[int, str], set[int]] = defaultdict(set)
    for ballot in ballots:
        instants[ballot["voter"], ballot["channel"]].add(ballot["cast_at"])
    best: dict[int, tuple[int, str, str]] = {}
    for (voter, channel), acts in instants.items():
        gaps = [after - before for before, after in pairwise(sorted(acts))]
        between = [gap // 10_000 for gap in gaps if method.tap_seconds < Fraction(gap, SECOND) <= method.pause_seconds]
        if len(between) < method.gaps_least or Fraction(len(between), len(gaps)) < Fraction(method.steady_ppm, 10**6):
            continue
        even = sum(between) ** 2 // len(between)
        uneven = sum(gap * gap for gap in between) - even
        spread = round(Fraction(min(uneven, even) * 10**6, even))
        if spread <= method.spread_ppm**2 // 10**6:
            mean, root = sum(between) // len(between) // 10, isqrt(spread)
            text = (
                f"{len(between):,} gaps of {mean / 10:,.1f} s on average, with a spread of {root / 10:g}%, "
                f"in channel {channel}"
            )
            best[voter] = min(best.get(voter, (spread, channel, text)), (spread, channel, text))
    return {voter: Suspect(str(voter), text) for voter, (_, _, text) in best.items()}


@matched.register
def _sleepless(method: Sleepless, ballots, opens_at) -> dict[int, Suspect]:  # type: ignore[no-untyped-def]
    hours: dict[tuple[int, int], set[int]] = defaultdict(set)
    for ballot in ballots:
        day, within = divmod(ballot["cast_at"], 24 * HOUR)
        hours[ballot["voter"], day].add(within // HOUR)
    awake = {key for key, seen in hours.items() if len(seen) >= method.hours_least}
    found: dict[int, Suspect] = {}
    longest: dict[int, int] = defaultdict(int)
    for voter, first in sorted(awake):
        last = first
        while (voter, last + 1) in awake:
            last += 1
        days = last - first + 1
        if days > longest[voter]:
            longest[voter] = days
            every = sum(len(hours[voter, day]) for day in range(first, last + 1))
            row = "one UTC day" if days == 1 else f"{days} UTC days in a row"
            found[voter] = Suspect(str(voter), f"ballots in {every} of the {days * 24} hours of {row}")
    return {voter: suspect for voter, suspect in found.items() if longest[voter] >= method.days_least}


@matched.register
def _burst(method: YoungBurst, ballots, opens_at) -> dict[int, Suspect]:  # type: ignore[no-untyped-def]
    young = _young(method, ballots, opens_at)
    edges = [method.ballots_least]
    while edges[-1] < 100_000:
        edges.append(-(-edges[-1] * 11 // 10))
    edges = [0, *edges, 2**62, 2**63]
    best: dict[int, tuple[Any, ...]] = {}
    for voter, (nominee, made, count) in young.items():
        if count < method.ballots_least:
            continue
        band = max(place for place, edge in enumerate(edges) if edge <= count)
        for span in (made, made - 1):
            there = [number for name, when, number in young.values() if name == nominee and span <= when <= span + 1]
            for low in (band, band - 1):
                fewest = max(edges[low], method.ballots_least)
                alike = [number for number in there if fewest <= number < edges[low + 2]]
                share = Fraction(len(alike), len(there))
                if len(alike) >= method.voters_least and share >= Fraction(method.alike_ppm, 10**6):
                    cell = (-len(alike), len(there), span, min(alike), max(alike))
                    best[voter] = min(best.get(voter, cell), cell)
    return _bursts(method, best, {voter: nominee for voter, (nominee, _, _) in young.items()})


def _young(
    method: YoungBurst | YoungClock, ballots: Sequence[Ballot], opens_at: int
) -> dict[int, tuple[str, int, int]]:
    """Give young voters: the nominee, the half span in which the account was made, and how many ballots."""
    half = method.made_within_minutes * 60 * SECOND // 2
    of_voter: dict[int, list[Ballot]] = defaultdict(list)
    for ballot in ballots:
        made_at = ballot["account_created_at"]
        if made_at is not None and made_at >= opens_at - method.young_days * 24 * HOUR:
            of_voter[ballot["voter"]].append(ballot)
    young = {}
    for voter, theirs in of_voter.items():
        nominees = [ballot["nominee"] for ballot in theirs]
        favourite = min(set(nominees), key=lambda name: (-nominees.count(name), name))
        young[voter] = (favourite, min(ballot["account_created_at"] for ballot in theirs) // half, len(theirs))
    return young


def _first_of_burst(span: int, spans: set[int]) -> int:
    """Give the first span of those that touch this one, and one another."""
    while before := [one for one in spans if span - 2 <= one < span]:
        span = min(before)
    return span


def _bursts(method: YoungBurst, best: dict[int, tuple[Any, ...]], nominees: dict[int, str]) -> dict[int, Suspect]:
    found = {}
    for voter, (alike, there, span, fewest, most) in best.items():
        nominee = nominees[voter]
        spans = {cell[2] for other, cell in best.items() if nominees[other] == nominee}
        found[voter] = Suspect(
            f"{nominee} {_first_of_burst(span, spans)}",
            f"one of {-alike} accounts with {fewest} to {most} ballots each, of {there} "
            f"made within {method.made_within_minutes} minutes that vote for {nominee}",
        )
    return found


@matched.register
def _clock(method: YoungClock, ballots, opens_at) -> dict[int, Suspect]:  # type: ignore[no-untyped-def]
    young = _young(method, ballots, opens_at)
    came: dict[int, dict[int, int]] = defaultdict(dict)
    for ballot in ballots:
        day, at = ballot["cast_at"] // (24 * HOUR), ballot["cast_at"]
        came[ballot["voter"]][day] = min(at, came[ballot["voter"]].get(day, at))
    best: dict[int, tuple[Any, ...]] = {}
    for voter, (nominee, made, _) in young.items():
        for span in (made, made - 1):
            cell = [who for who, (name, when, _) in young.items() if name == nominee and span <= when <= span + 1]
            crowds = [_crowd(method, at, [came[who] for who in cell]) for at in came[voter].values()]
            shared = [crowd for crowd in crowds if crowd]
            if len(shared) >= method.days_least and Fraction(len(shared), len(crowds)) * 10**6 >= method.share_ppm:
                mark = (-len(shared), -min(shared), len(cell), span)
                best[voter] = min(best.get(voter, mark), mark)
    found = {}
    for voter, (shared_days, fewest, there, span) in best.items():
        nominee = young[voter][0]
        spans = {mark[3] for other, mark in best.items() if young[other][0] == nominee}
        found[voter] = Suspect(
            f"{nominee} {_first_of_burst(span, spans)}",
            f"on {-shared_days} of {len(came[voter])} days, the first ballot came within the same "
            f"{method.within_seconds} seconds as those of at least {-fewest - 1} others, of {there} "
            f"accounts made within {method.made_within_minutes} minutes that vote for {nominee}",
        )
    return found


def _crowd(method: YoungClock, at: int, others: list[dict[int, int]]) -> int:
    """Give how many came within the same moment as somebody, if they are enough; else 0."""
    half = method.within_seconds * SECOND // 2
    most = 0
    for first in (at // half - 1, at // half):
        crowd = sum(any(first <= one // half <= first + 1 for one in days.values()) for days in others)
        if crowd >= method.voters_least and Fraction(crowd, len(others)) * 10**6 >= method.alike_ppm:
            most = max(most, crowd)
    return most


@matched.register
def _lockstep(method: Lockstep, ballots, opens_at) -> dict[int, Suspect]:  # type: ignore[no-untyped-def]
    of_voter: dict[int, list[Ballot]] = defaultdict(list)
    for ballot in sorted(ballots, key=lambda ballot: (ballot["cast_at"], ballot["ballot"])):
        of_voter[ballot["voter"]].append(ballot)
    found: dict[int, tuple[Any, ...]] = {}
    for grid in (0, 1):
        occasions = {voter: _occasions(method, theirs, grid) for voter, theirs in of_voter.items()}
        together = _together(method, occasions)
        for voter, theirs in occasions.items():
            runs = _runs(method, theirs)
            names = [run[0][1] for run in runs if run in together]
            if names:
                nominee = min(set(names), key=lambda name: (-names.count(name), name))
                mark = (-len(names), grid, nominee, len(runs))
                found[voter] = min(found.get(voter, mark), mark)
    suspects = {}
    for voter, (shared, _grid, nominee, every) in found.items():
        if -shared >= method.times_least and Fraction(-shared, every) >= Fraction(method.share_ppm, 10**6):
            text = (
                f"{-shared} of {every} runs of {method.run} starts shared with at least {method.others_least} other "
                f"voters within {method.within_seconds} seconds, mostly for {nominee}"
            )
            suspects[voter] = Suspect(nominee, text)
    return suspects


def _together(method: Lockstep, occasions: dict[int, list[Any]]) -> set[Any]:
    """Give the runs that enough others share, and enough of those who began in the least crowded moment."""
    sharers: dict[Any, set[int]] = defaultdict(set)
    begun: dict[Any, set[int]] = defaultdict(set)
    for voter, theirs in occasions.items():
        for occasion in theirs:
            begun[occasion].add(voter)
        for run in _runs(method, theirs):
            sharers[run].add(voter)
    found = set()
    for run, voters in sharers.items():
        others, least = len(voters) - 1, min(len(begun[occasion]) for occasion in run) - 1
        if others >= method.others_least and others * 10**6 >= least * method.crowd_ppm:
            found.add(run)
    return found


def _runs(method: Lockstep, occasions: list[Any]) -> list[Any]:
    return [tuple(occasions[at : at + method.run]) for at in range(len(occasions) - method.run + 1)]


def _occasions(method: Lockstep, ballots: list[Ballot], grid: int) -> list[Any]:
    length = method.within_seconds * SECOND
    occasions, before = [], None
    for ballot in ballots:
        if before is None or ballot["cast_at"] - before > method.pause_seconds * SECOND:
            occasions.append(((ballot["cast_at"] + grid * length // 2) // length, ballot["nominee"]))
        before = ballot["cast_at"]
    return occasions


def knows(method: Any) -> bool:
    """Say whether there is an oracle for a method here."""
    return matched.dispatch(type(method)) is not matched.dispatch(object)
