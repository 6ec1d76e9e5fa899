"""Regular gaps: a voter whose ballots follow each other more evenly than a hand's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import ibis
from ibis import _

from plaudit.audit.grounds import ground
from plaudit.audit.matching import features, suspects
from plaudit.rulebook.purge_rule import RegularGaps
from plaudit.store.numbers import quotient, share_points

if TYPE_CHECKING:
    from plaudit.audit.matching import Seen

__all__: list[str] = []

MILLION: Final = 1_000_000
UNIT: Final = 10_000
"""Gaps are measured in hundredths of a second, the rest of a division left out."""


@features.register(RegularGaps)
def _gaps(method: RegularGaps, seen: Seen) -> ibis.Table:
    """Give how even the gaps are, per voter and channel with enough of them.

    Returns
    -------
    voter, channel, gaps, mean (hundredths of a second) and spread: the square of
    standard deviation ÷ mean, in parts per million, at most a million.
    """
    ballots = seen.ballots.select("voter", "channel", "cast_at")
    busy = ballots.group_by("voter").agg(ballots=_.count()).filter(_.ballots > method.gaps_least)
    theirs = ballots.semi_join(seen.materialize(busy.select("voter")), "voter")
    # Ballots of one instant may come in any order: their gap is 0, and the others are the same.
    before = theirs.cast_at.lag().over(group_by=["voter", "channel"], order_by=theirs.cast_at)
    # One request may be many rows, and a clock may tell whole seconds: rows of one instant are one act.
    acts = theirs.mutate(gap=theirs.cast_at - before).filter(_.gap > 0)
    between = (acts.gap > method.tap_seconds * MILLION) & (acts.gap <= method.pause_seconds * MILLION)
    # A gap left out has no size, because the square of years would not fit.
    acts = acts.mutate(between=between, size=ibis.ifelse(between, quotient(acts.gap, UNIT), 0))
    sums = acts.group_by("voter", "channel").agg(
        every=_.count(),
        gaps=_.between.sum().cast("int64"),
        total=_.size.sum().cast("int64"),
        squares=(_.size * _.size).sum().cast("int64"),
    )
    enough = (sums.gaps >= method.gaps_least) & (sums.gaps * MILLION >= sums.every * method.steady_ppm)
    return _spread(sums.filter(enough))


def _spread(sums: ibis.Table) -> ibis.Table:
    """Give mean and spread from sums.

    The gaps of one voter and channel lie side by side, so that their sum is at most
    the length of the vote: 2 ** 33.5 hundredths in four years. A gap is at most an
    hour, 2 ** 18.5 hundredths, so that squares sum to 2 ** 52 at most, within int64
    and within what `share_points` divides exactly; gaps are at most 2 ** 27, longer
    than a second each.
    """
    # total² ÷ gaps, without the square of the total, which would not fit
    sums = sums.mutate(mean=quotient(sums.total, sums.gaps).cast("int64"), rest=sums.total % sums.gaps)
    even = sums.mean * sums.mean * sums.gaps + 2 * sums.mean * sums.rest + quotient(sums.rest * sums.rest, sums.gaps)
    sums = sums.mutate(even=even.cast("int64"))
    sums = sums.mutate(uneven=ibis.least(sums.squares - sums.even, sums.even))
    return sums.select("voter", "channel", "gaps", "mean", spread=share_points(sums.uneven, sums.even, MILLION))


@suspects.register(RegularGaps)
def _even(method: RegularGaps, features: ibis.Table) -> ibis.Table:
    most = method.spread_ppm * method.spread_ppm // MILLION
    even = features.filter(features.spread <= most)
    place = ibis.row_number().over(group_by="voter", order_by=[even.spread, even.channel])
    even = even.mutate(place=place).filter(_.place == 0)
    # The root of an integer below 2 ** 52 is correctly rounded on every engine, so that its whole part is the same.
    root = even.spread.cast("float64").sqrt().floor().cast("int64")
    evidence = ground(
        "regular-gaps.even", gaps=even.gaps, mean=quotient(even.mean, 10), spread=root, channel=even.channel
    )
    return even.select("voter", grouped=even.voter.cast("string"), evidence=evidence)
