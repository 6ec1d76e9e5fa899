"""Check first-digit: counts that grew freely begin with 1 more often than with 9; an alarm, never more."""

# ruff: noqa: S608 - the query is a text for readers; nothing here runs it
from __future__ import annotations

from collections import Counter
from fractions import Fraction
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Final

from ibis import _

from plaudit.audit.checks.counted import MINUTE
from plaudit.audit.checks.judged import Judged, finding, not_checked
from plaudit.audit.checks.sql import BALLOTS, NOMINEES, any_of
from plaudit.store.numbers import quotient
from plaudit.words.message import Thousandths
from plaudit.words.sentence import Sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import ibis

    from plaudit.audit.checks.counted import Counted
    from plaudit.rulebook.windows import Span

__all__ = ["CHECK", "SENTENCES", "check", "first_digit"]

CHECK: Final = "first-digit"
_BENFORD_PPM: Final = (301_030, 176_091, 124_939, 96_910, 79_181, 66_947, 57_992, 51_153, 45_757)
"""log10(1 + 1/d) of d = 1 … 9, in parts per million."""
_CRITICAL: Final = Fraction(26_124, 1_000)
"""What chi-square with eight degrees of freedom passes once in a thousand."""
_NUMBERS_LEAST: Final = 110
"""With fewer, fewer than five are due to begin with 9, and chi-square means little."""
_RANGE_LEAST: Final = 1_000
_HOUR: Final = 60 * MINUTE
_AT_MOST: Final = Sentence(
    "first-digit.at-most", "a chi-square of at most %(critical_thousandths)s", critical_thousandths=Thousandths
)
_SQUARE: Final = Sentence(
    "first-digit.square",
    "a chi-square of %(square_thousandths)s over %(numbers)s numbers",
    square_thousandths=Thousandths,
)
_FEW: Final = Sentence("first-digit.few", "%(numbers)s numbers")
_FEW_EXPECTED: Final = Sentence("first-digit.few-expected", "%(numbers)s or more")
_NARROW: Final = Sentence("first-digit.narrow", "from %(least)s to %(most)s, less than a factor of %(factor)s")
_CAPPED: Final = Sentence("first-digit.capped", "a cap bends how many votes a voter casts in %(channels)s")
SENTENCES: Final = (_AT_MOST, _SQUARE, _FEW, _FEW_EXPECTED, _NARROW, _CAPPED)


def first_digit(numbers: Iterable[int]) -> Judged:
    """Say whether first digits fall as Benford's law has it.

    Numbers have to span a factor of a thousand or more; what a cap, a form or a
    season holds within a narrower range follows no such law, honest or not.

    Examples
    --------
    >>> first_digit(2**power for power in range(200)).verdict
    'passes'
    >>> first_digit(range(1, 10_000)).verdict
    'alarm'
    >>> first_digit([97, 99, 100] * 50).said_found
    'from 97 to 100, less than a factor of 1,000'
    """
    positive = [number for number in numbers if number > 0]
    digits = Counter(int(str(number)[0]) for number in positive)
    return _judged(digits, min(positive, default=1), max(positive, default=0))


def _judged(digits: Mapping[int, int], least: int, most: int) -> Judged:
    count = sum(digits.values())
    expected = _AT_MOST(critical_thousandths=_thousandths(_CRITICAL))
    if count < _NUMBERS_LEAST:
        return not_checked(_FEW(numbers=count), _FEW_EXPECTED(numbers=_NUMBERS_LEAST))
    if most < _RANGE_LEAST * least:
        return not_checked(_NARROW(least=least, most=most, factor=_RANGE_LEAST), expected)
    parts = [
        Fraction((digits.get(digit, 0) * 1_000_000 - count * ppm) ** 2, count * ppm * 1_000_000)
        for digit, ppm in enumerate(_BENFORD_PPM, start=1)
    ]
    square = sum(parts, Fraction(0))
    found = _SQUARE(square_thousandths=_thousandths(square), numbers=count)
    return Judged("alarm" if square > _CRITICAL else "passes", found, expected)


def _thousandths(number: Fraction) -> int:
    return number.numerator * 1000 // number.denominator


def check(counted: Counted) -> Iterator[dict[str, str]]:
    """Give a finding on the votes of an hour, and one on the votes of a voter."""
    if not counted.channels or not counted.windows:
        return
    spans = [(window.opens_at, window.closes_at) for window in counted.windows]
    yield finding(CHECK, "votes by nominee and hour", _of(_hours(counted, spans), counted), _query_of_hours(spans))
    capped = [channel.id for channel in counted.channels if channel.cap is not None]
    if capped:
        judged = not_checked(_CAPPED(channels=capped))
    else:
        judged = _of(counted.ballots.group_by("voter").agg(number=_.votes.sum()), counted)
    yield finding(CHECK, "votes by voter", judged, _query("voter"))


def _hours(counted: Counted, spans: Sequence[Span]) -> ibis.Table:
    """Give the nominees' votes in each hour that lies in a window; part of an hour is small for no other reason."""
    known = counted.minutes.filter(_.nominee.isin(counted.nominees))
    hours = known.group_by("nominee", hour=quotient(known.minute, 60).cast("int64")).agg(number=_.votes.sum())
    whole = [(hours.hour * _HOUR >= opens) & ((hours.hour + 1) * _HOUR <= closes) for opens, closes in spans]
    return hours.filter(reduce(or_, whole))


def _of(numbers: ibis.Table, counted: Counted) -> Judged:
    positive = numbers.filter(_.number > 0).mutate(number=_.number.cast("int64"))
    digit = positive.number.cast("string").substr(0, 1)
    rows = counted.to_rows(
        positive.group_by(digit=digit).agg(count=_.count(), least=_.number.min(), most=_.number.max())
    )
    digits = {int(row["digit"]): row["count"] for row in rows}
    return _judged(
        digits, min((row["least"] for row in rows), default=1), max((row["most"] for row in rows), default=0)
    )


def _query_of_hours(spans: Sequence[Span]) -> str:
    hour = f"cast_at // {_HOUR}"
    whole = any_of(f"{hour} * {_HOUR} >= {opens} AND ({hour} + 1) * {_HOUR} <= {closes}" for opens, closes in spans)
    return _query(f"nominee, {hour}", f"nominee IN (SELECT nominee FROM {NOMINEES}) AND ({whole})")


def _query(keys: str, where: str = "true") -> str:
    return (
        "SELECT left(number::VARCHAR, 1)::BIGINT AS digit, count(*) AS numbers, min(number) AS least, "
        f"max(number) AS most FROM (SELECT sum(votes)::BIGINT AS number FROM {BALLOTS} WHERE {where} GROUP BY {keys}) "
        "WHERE number > 0 GROUP BY digit ORDER BY digit"
    )
