"""Lockstep: voters who begin to vote for the same nominees in the same seconds, again and again.

No two voters are ever compared. What a voter began, run after run, is put into
words ("at moments 7, 19, 31, 40 and 52, for this nominee"), and equal words are
counted: the cost grows with the ballots, not with their pairs. Moments are cut
on two grids, half a moment apart, so that no edge parts those who began together.

In a crowd, sharing a run with a few others is chance. So the others who share it are
held against all who began for that nominee in the run's least crowded moment.

Most voters share no run with anybody. So the runs of all are counted first by a
number that equal runs share, whatever the nominee; only the voters whose number
is crowded are looked at in full, and only the moments of their runs are counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import ibis
from ibis import _

from plaudit.audit.grounds import ground
from plaudit.audit.matching import features, suspects
from plaudit.rulebook.purge_rule import Lockstep
from plaudit.store.numbers import quotient

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plaudit.audit.matching import Seen

__all__: list[str] = []

MILLION: Final = 1_000_000
_GRIDS: Final = (0, 1)
_FACTOR: Final = 1_000_003
_PRIME: Final = 2**31 - 1
"""A run's number stays below it; times the factor and plus a moment it stays below 2 ** 52."""


@features.register(Lockstep)
def _shared_runs(method: Lockstep, seen: Seen) -> ibis.Table:
    """Give how many of a voter's runs are shared, of voters who share any.

    Returns
    -------
    voter, nominee (that most of the shared runs begin with), runs and shared, on
    the grid where more are shared.
    """
    ballots = seen.ballots.select("voter", "ballot", "nominee", "cast_at")
    theirs = ballots.semi_join(seen.materialize(_in_crowds(method, ballots, seen)), "voter")
    runs = seen.materialize(_runs(method, theirs, ["cast_at", "nominee"]))
    every = runs.group_by("voter").agg(runs=_.count())
    alike = [seen.materialize(_alike(method, runs, grid)) for grid in _GRIDS]
    begun = seen.materialize(_beginnings(method, alike, ballots, seen))
    together = [_beyond_chance(method, alike[grid], _begun(method, begun, grid)) for grid in _GRIDS]
    shared = ibis.union(*(_shared(method, runs, together[grid], grid) for grid in _GRIDS))
    of_grid = ibis.window(group_by=["voter", "grid"])
    shared = shared.mutate(every_shared=_.shared.sum().over(of_grid).cast("int64"))
    best = ibis.row_number().over(
        group_by="voter", order_by=[ibis.desc("every_shared"), "grid", ibis.desc("shared"), "nominee"]
    )
    found = shared.mutate(best=best).filter(_.best == 0).inner_join(every, "voter")
    return found.select("voter", "nominee", "runs", shared="every_shared")


def _in_crowds(method: Lockstep, ballots: ibis.Table, seen: Seen) -> ibis.Table:
    """Give the voters with a run whose number more than `others_least` runs have."""
    runs = _runs(method, ballots, ["cast_at"])
    numbers = seen.materialize(runs.select("voter", on_0=_number(method, runs, 0), on_1=_number(method, runs, 1)))
    found = []
    for grid in ("on_0", "on_1"):
        crowded = numbers.group_by(grid).agg(runs=_.count()).filter(_.runs > method.others_least)
        found.append(numbers.semi_join(crowded, grid).select("voter"))
    return ibis.union(*found, distinct=True)


def _occasions(method: Lockstep, ballots: ibis.Table, columns: list[str]) -> ibis.Table:
    """Give every occasion: voter, and the columns asked for.

    Where no nominee is asked for, ballots of one instant may come in any order: only
    the first of them follows a pause.
    """
    order = ["cast_at", "ballot"] if len(columns) > 1 else ["cast_at"]
    before = ballots.cast_at.lag().over(group_by="voter", order_by=order)
    is_occasion = before.isnull() | (ballots.cast_at - before > method.pause_seconds * MILLION)
    return ballots.mutate(is_occasion=is_occasion).filter(_.is_occasion).select("voter", *columns)


def _runs(method: Lockstep, ballots: ibis.Table, columns: list[str]) -> ibis.Table:
    """Give every run of occasions: voter, and the columns of each, `cast_at_0` and on."""
    occasions = _occasions(method, ballots, columns)
    following = {
        f"{name}_{step}": occasions[name].lead(step).over(group_by="voter", order_by="cast_at")
        for name in columns
        for step in range(1, method.run)
    }
    runs = occasions.rename({f"{name}_0": name for name in columns}).mutate(**following)
    return runs.filter(runs[f"cast_at_{method.run - 1}"].notnull())


def _moment(method: Lockstep, instant: Any, grid: int) -> Any:
    length = method.within_seconds * MILLION
    return quotient(instant + grid * length // 2, length)


def _moments(method: Lockstep, runs: ibis.Table, grid: int) -> list[Any]:
    return [_moment(method, runs[f"cast_at_{step}"], grid) for step in range(method.run)]


def _number(method: Lockstep, runs: ibis.Table, grid: int) -> Any:
    """Give a number below 2 ** 31 that runs of the same moments share; seldom others."""
    first, *following = _moments(method, runs, grid)
    number = first % _PRIME
    for moment in following:
        number = (number * _FACTOR + moment) % _PRIME
    return number


def _worded(method: Lockstep, runs: ibis.Table, grid: int) -> ibis.Table:
    """Give each run in words: voter, moments and nominees."""
    moments = {f"moment_{step}": moment for step, moment in enumerate(_moments(method, runs, grid))}
    return runs.select("voter", *(f"nominee_{step}" for step in range(method.run)), **moments)


def _alike(method: Lockstep, runs: ibis.Table, grid: int) -> ibis.Table:
    """Give the runs that more than `others_least` voters have, and how many have them."""
    words = [name for step in range(method.run) for name in (f"moment_{step}", f"nominee_{step}")]
    counted = _worded(method, runs, grid).group_by(words).agg(voters=_.voter.nunique())
    return counted.filter(_.voters > method.others_least)


def _shared(method: Lockstep, runs: ibis.Table, together: ibis.Table, grid: int) -> ibis.Table:
    """Give a voter's shared runs by the nominee they begin with, on one grid."""
    words = [name for step in range(method.run) for name in (f"moment_{step}", f"nominee_{step}")]
    shared = _worded(method, runs, grid).semi_join(together, words)
    return shared.group_by("voter", nominee="nominee_0").agg(shared=_.count()).mutate(grid=ibis.literal(grid))


def _beginnings(method: Lockstep, alike: list[ibis.Table], ballots: ibis.Table, seen: Seen) -> ibis.Table:
    """Give the occasions that lie in a moment of these runs and are for its nominee.

    Half a moment lies in one moment of either grid, so that one walk serves both.
    A beginning is known by the ballot before it; one longer ago than the pause says
    nothing, so a voter's ballots are looked at from one span of that length before.
    """
    places = ibis.union(*_halves(method, alike), distinct=True)
    halved = ballots.mutate(half=quotient(ballots.cast_at, method.within_seconds * MILLION // 2))
    halved = halved.mutate(span=quotient(ballots.cast_at, method.pause_seconds * MILLION))
    there = seen.materialize(halved.semi_join(places, ["half", "nominee"]).select("voter", "span"))
    around = ibis.union(there, there.mutate(span=(there.span - 1).cast("int64")), distinct=True)
    occasions = _occasions(method, halved.semi_join(around, ["voter", "span"]), ["cast_at", "nominee", "half"])
    return occasions.semi_join(places, ["half", "nominee"])


def _halves(method: Lockstep, alike: list[ibis.Table]) -> Iterator[ibis.Table]:
    """Give the half moments of these runs, each with its nominee."""
    for grid, found in enumerate(alike):
        for step in range(method.run):
            for later in (0, 1):
                half = (2 * found[f"moment_{step}"] - grid + later).cast("int64")
                yield found.select(half=half, nominee=f"nominee_{step}")


def _begun(method: Lockstep, occasions: ibis.Table, grid: int) -> ibis.Table:
    """Give how many voters began for a nominee in a moment."""
    moment = _moment(method, occasions.cast_at, grid)
    return occasions.group_by("nominee", moment=moment).agg(begun=_.voter.nunique())


def _beyond_chance(method: Lockstep, alike: ibis.Table, begun: ibis.Table) -> ibis.Table:
    """Give the runs whose other voters are `crowd_ppm` of the others who began in the least crowded moment.

    A count of voters is below 2 ** 43; times a million it stays below 2 ** 63.
    """
    for step in range(method.run):
        names = {f"moment_{step}": "moment", f"nominee_{step}": "nominee", f"begun_{step}": "begun"}
        alike = alike.inner_join(begun.rename(names), [f"moment_{step}", f"nominee_{step}"])
    least = ibis.least(*(alike[f"begun_{step}"] for step in range(method.run)))
    return alike.filter((alike.voters - 1) * MILLION >= (least - 1) * method.crowd_ppm)


@suspects.register(Lockstep)
def _in_step(method: Lockstep, features: ibis.Table) -> ibis.Table:
    found = features.filter(
        (features.shared >= method.times_least) & (features.shared * MILLION >= features.runs * method.share_ppm)
    )
    evidence = ground(
        "lockstep.shared",
        shared=found.shared,
        runs=found.runs,
        run=method.run,
        seconds=method.within_seconds,
        others=method.others_least,
        nominee=found.nominee,
    )
    return found.select("voter", grouped=found.nominee, evidence=evidence)
