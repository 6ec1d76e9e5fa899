"""How fast a post drew its response, from what was read and no more.

A counter is known only when it was read, so every answer is a span: between the
reading before and the reading after. All figures are integers.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from plaudit.base.numbers import MILLION, half_even

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["DAY_SECONDS", "Span", "first_day_share", "time_to_half"]

DAY_SECONDS: Final = 86_400

Reading = tuple[int, int]
"""Seconds since the post was published, and the counter's value."""


@dataclass(frozen=True)
class Span:
    """A figure that lies between two values, both included."""

    least: int
    most: int


def time_to_half(readings: Sequence[Reading]) -> Span | None:
    """Give the seconds after which half of the response seen so far was there.

    Parameters
    ----------
    readings : by time; a counter starts from 0 when the post is published

    Returns
    -------
    The times of the last reading below half of the last value and of the first
    that reaches it; None with fewer than two readings, or no response.

    Examples
    --------
    >>> time_to_half([(86_400, 40), (172_800, 70), (259_200, 100)])
    Span(least=86400, most=172800)
    """
    known = [(0, 0), *(reading for reading in readings if reading[0] > 0)]
    if len(known) < 3 or known[-1][1] <= 0:
        return None
    last = known[-1][1]
    return next(Span(before[0], after[0]) for before, after in pairwise(known) if 2 * after[1] >= last)


def first_day_share(readings: Sequence[Reading]) -> Span | None:
    """Give the share of the response seen so far that came within a day, in parts per million.

    Returns
    -------
    The share at the last reading up to a day after publishing and at the first
    from then on; None with fewer than two readings, no response, or no reading a
    day or more after publishing.

    Examples
    --------
    >>> first_day_share([(43_200, 30), (129_600, 60), (259_200, 100)])
    Span(least=300000, most=600000)
    """
    known = [(0, 0), *(reading for reading in readings if reading[0] > 0)]
    if len(known) < 3 or known[-1][1] <= 0 or known[-1][0] < DAY_SECONDS:
        return None
    last = known[-1][1]
    before = [value for at, value in known if at <= DAY_SECONDS][-1]
    after = next(value for at, value in known if at >= DAY_SECONDS)
    shares = [min(half_even(MILLION * value, last), MILLION) for value in (before, after)]
    return Span(min(shares), max(shares))
