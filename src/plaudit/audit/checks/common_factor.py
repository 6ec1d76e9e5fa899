"""Check common-factor: honest totals have no factor, no step and no gap in common.

Three looks at the same totals: a whole factor that divides them all, a step whose
multiples they lie on but for rounding, and one gap between neighbours again and
again. Each is held against what chance gives, in exact fractions.

Two things are taken of honest totals: the last digits of one tell nothing of
another's, and no single number is likelier for a total of t votes than 1 in √t
(for votes that arrive one by one, chance alone moves t by about √t). So a total
falls on one of w numbers in each d with a chance of at most w · (1/d + 1/√t).
"""

# ruff: noqa: S608 - the query is a text for readers; nothing here runs it
from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import comb, gcd, isqrt
from typing import TYPE_CHECKING, Final

from plaudit.audit.checks.judged import (
    ALARM_BELOW,
    FAIL_BELOW,
    Judged,
    Verdict,
    finding,
    not_checked,
)
from plaudit.audit.checks.sql import NOMINEES, TOTALS, words
from plaudit.words.message import Thousandths
from plaudit.words.sentence import Sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from plaudit.audit.checks.counted import Counted
    from plaudit.words.message import Message

__all__ = ["CHECK", "SENTENCES", "Likeness", "as_rare", "check", "common_factor"]

CHECK: Final = "common-factor"
_MOST_TOTALS: Final = 40
_MOST_PARTS: Final = 10_000
_LOOKS: Final = 3
_LEAST_TOTALS: Final = 3
_LEAST_STEP: Final = 30
_TOTALS: Final = Sentence("common-factor.totals", "%(totals)s totals")
_FEW: Final = Sentence("common-factor.few", "only %(totals)s totals are large enough")
_FEW_EXPECTED: Final = Sentence("common-factor.few-expected", "%(totals)s or more")
_FACTOR: Final = Sentence("common-factor.factor", "greatest common factor %(factor)s")
_ON_STEP: Final = Sentence(
    "common-factor.on-step",
    "%(hits)s of %(totals)s totals are within one vote of a multiple of %(base)s ÷ %(parts)s = %(step_thousandths)s",
    step_thousandths=Thousandths,
)
_NO_STEP: Final = Sentence("common-factor.no-step", "no step")
_GAP: Final = Sentence("common-factor.gap", "%(times)s of %(gaps)s differences are %(gap)s")
_NO_GAP: Final = Sentence("common-factor.no-gap", "no difference occurs twice")
_BY_CHANCE: Final = Sentence("common-factor.by-chance", "no more than chance gives")
_NOT_RARE: Final = Sentence("common-factor.not-rare", "chance often gives as much")
_IMPOSSIBLE: Final = Sentence("common-factor.impossible", "chance cannot give as much")
_RARE: Final = Sentence("common-factor.rare", "chance gives as much less than once in 10^%(power)s times")
SENTENCES: Final = (
    _TOTALS,
    _FEW,
    _FEW_EXPECTED,
    _FACTOR,
    _ON_STEP,
    _NO_STEP,
    _GAP,
    _NO_GAP,
    _BY_CHANCE,
    _NOT_RARE,
    _IMPOSSIBLE,
    _RARE,
)


@dataclass(frozen=True)
class Likeness:
    """What totals have in common in one of the three looks, and the chance of that much or more.

    repeat : a condition in SQL on the column `total`, true of the totals that have it.
    """

    found: Message
    chance: Fraction
    repeat: str


def common_factor(totals: Iterable[int], total: int | None = None) -> Judged:
    r"""Say whether totals have more in common than chance gives.

    Parameters
    ----------
    totals : of the nominees; the 40 largest that are at least a hundredth of the first are looked at
    total : what the step may be a part of, where more was counted than these totals hold

    Examples
    --------
    Twenty totals like those of Produce X 101, made from its published step (see
    docs/how-to/check-published-totals.md); the thirteenth is misprinted, as one was:

    >>> steps = [178, 174, 144, 140, 124, 110, 106, 102, 101, 100, 96, 95, 94, 93, 91, 88, 83, 80, 75, 72]
    >>> totals = [(14_988_884 * step + 1_000) // 2_000 for step in steps]
    >>> totals[12] += 270
    >>> judged = common_factor(totals, 14_988_884)
    >>> judged.verdict
    'fails'
    >>> print(judged.said_found.replace("; ", "\n"))
    20 totals
    greatest common factor 1
    19 of 20 totals are within one vote of a multiple of 14,988,884 ÷ 2,000 = 7,494.442
    5 of 19 differences are 29,978
    """
    totals = list(totals)
    looked_at = _looked_at(totals)
    return _judged(looked_at, _likenesses(looked_at, sum(totals) if total is None else total))


def _judged(looked_at: Sequence[int], seen: Sequence[Likeness]) -> Judged:
    if not seen:
        return not_checked(_FEW(totals=len(looked_at)), _FEW_EXPECTED(totals=_LEAST_TOTALS))
    chance = min(Fraction(1), _LOOKS * min(likeness.chance for likeness in seen))
    verdict: Verdict = "fails" if chance < FAIL_BELOW else "alarm" if chance < ALARM_BELOW else "passes"
    found = (_TOTALS(totals=len(looked_at)), *(likeness.found for likeness in seen))
    return Judged(verdict, found, (_BY_CHANCE(), as_rare(chance)))


def as_rare(chance: Fraction) -> Message:
    """Say how rare something is, by the power of ten that bounds it."""
    if chance * 10 > 1:
        return _NOT_RARE()
    if chance == 0:
        return _IMPOSSIBLE()
    return _RARE(power=len(str(chance.denominator // chance.numerator)) - 1)


def _looked_at(totals: Iterable[int]) -> list[int]:
    ordered = sorted((total for total in totals if total > 0), reverse=True)[:_MOST_TOTALS]
    return [total for total in ordered if total * 100 >= ordered[0]]


def _likenesses(totals: Sequence[int], total: int) -> list[Likeness]:
    """Give what totals, the largest first, have in common as to factor, step and gaps."""
    if len(totals) < _LEAST_TOTALS:
        return []
    of_total, of_largest = (_step(totals, base) for base in (total, totals[0]))
    is_plainer = of_total.chance < FAIL_BELOW or of_total.chance <= of_largest.chance
    return [_factor(totals), of_total if is_plainer else of_largest, _gaps(totals)]


def _factor(totals: Sequence[int]) -> Likeness:
    """Bound the chance that a divisor of the smallest total, as great as the one seen, divides the others too."""
    factor, smallest = gcd(*totals), totals[-1]
    divisors = min(2 * isqrt(smallest) + 1, smallest // factor)
    each = min(Fraction(1), Fraction(1, factor) + Fraction(1, isqrt(smallest)))
    chance = min(Fraction(1), divisors * each ** (len(totals) - 1))
    return Likeness(_FACTOR(factor=factor), chance, f"total % {factor} = 0")


def _step(totals: Sequence[int], base: int) -> Likeness:
    """Find the step, a whole part of `base`, on whose multiples most totals lie within one vote.

    One total is left out of the chance: the largest lies on each part of itself, and of
    totals that make the base the last one follows from the others.
    """
    tried, first_with = 1, {0: 1}
    for parts in range(2, min(_MOST_PARTS, base // _LEAST_STEP) + 1):
        tried += 1
        hits = sum(min(rest := total * parts % base, base - rest) <= parts for total in totals)
        first_with.setdefault(hits, parts)
    tails = [
        (_tail(len(totals) - 1, hits - 1, _on_step_chance(totals[-1], base, parts)), parts, hits)
        for hits, parts in first_with.items()
    ]
    tail, parts, hits = min(tails)
    chance = 2 * tried * tail
    if chance >= 1:
        return Likeness(_NO_STEP(), Fraction(1), "false")
    beyond = f"(total * {parts}) % {base}"
    return Likeness(
        _ON_STEP(hits=hits, totals=len(totals), base=base, parts=parts, step_thousandths=base * 1000 // parts),
        chance,
        f"least({beyond}, {base} - {beyond}) <= {parts}",
    )


def _on_step_chance(smallest: int, base: int, parts: int) -> Fraction:
    """Bound the chance of one total: within one vote of a multiple lie at most three numbers in each step."""
    return min(Fraction(1), 3 * (Fraction(parts, base) + Fraction(1, isqrt(smallest))))


def _tail(tries: int, hits: int, chance: Fraction) -> Fraction:
    """Give the chance of at least so many hits, exactly."""
    if hits <= 0:
        return Fraction(1)
    hit, miss = chance.numerator, chance.denominator - chance.numerator
    ways = sum(comb(tries, number) * hit**number * miss ** (tries - number) for number in range(hits, tries + 1))
    return Fraction(ways, chance.denominator**tries)


def _gaps(totals: Sequence[int]) -> Likeness:
    """Bound the chance that one gap between neighbours is there so often: all but the first have to hit it."""
    gaps = Counter(higher - lower for higher, lower in pairwise(totals))
    gap, times = max(gaps.items(), key=lambda item: (item[1], item[0]))
    chance = comb(len(totals) - 1, times) * Fraction(1, isqrt(totals[-1])) ** (times - 1)
    return Likeness(
        _GAP(gap=gap, times=times, gaps=len(totals) - 1) if times > 1 else _NO_GAP(),
        min(Fraction(1), chance),
        f"total - lead(total) OVER (ORDER BY total DESC) = {gap}",
    )


def check(counted: Counted) -> Iterator[dict[str, str]]:
    """Give one finding per channel, and one for the sum of several.

    Totals that somebody else counted give an alarm at most: they may be points that a
    jury gave in tens. What every ballot carries is divided out first.
    """
    own = {channel.id for channel in counted.channels}
    channels = [channel.id for channel in counted.rule.channel]
    subjects = {channel: [channel] for channel in channels}
    if len(channels) > 1:
        subjects["all channels"] = channels
    for subject, some in subjects.items():
        columns = [counted.votes_of(channel) for channel in some]
        votes = [sum(column.get(nominee, 0) for column in columns) for nominee in counted.nominees]
        unit = _unit(votes, [size for channel in some for size in counted.sizes.get(channel, [])])
        divided = [number // unit for number in votes]
        looked_at = _looked_at(divided)
        seen = _likenesses(looked_at, sum(divided))
        judged = _judged(looked_at, seen)
        if judged.verdict == "fails" and not own.issuperset(some):
            judged = Judged("alarm", judged.found, judged.expected)
        yield finding(CHECK, subject, judged, _query(some, unit, seen))


def _unit(votes: Sequence[int], sizes: Sequence[int]) -> int:
    """Give the factor that totals have because every ballot has it."""
    unit = gcd(*sizes)
    return unit if unit > 1 and not any(number % unit for number in votes) else 1


def _query(channels: Sequence[str], unit: int, seen: Sequence[Likeness]) -> str:
    conditions = [likeness.repeat for likeness in seen] or ["false"] * _LOOKS
    known = f"channel IN {words(channels)} AND nominee IN (SELECT nominee FROM {NOMINEES})"
    return (
        f"WITH summed AS (SELECT sum(votes_counted)::HUGEINT // {unit} AS total FROM {TOTALS} WHERE {known} "
        f"GROUP BY nominee), largest AS (FROM summed WHERE total > 0 ORDER BY total DESC LIMIT {_MOST_TOTALS}) "
        f"SELECT total::BIGINT AS total, {conditions[0]} AS has_factor, {conditions[1]} AS is_on_step, "
        f"{conditions[2]} AS has_gap FROM largest WHERE total * 100 >= (SELECT max(total) FROM largest) "
        "ORDER BY total DESC"
    )
