"""Minutes in which a nominee's votes leap, and several nominees' at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import ibis
from ibis import _

from plaudit.audit.checks.judged import Judged, some
from plaudit.words.counted import minutes
from plaudit.words.sentence import Sentence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["FOLD", "HOUR", "JUMPS", "NOMINEES_LEAST", "VOTES_LEAST", "jump_together", "jumps", "jumps_of"]

HOUR: Final = 60
VOTES_LEAST: Final = 50
FOLD: Final = 10
NOMINEES_LEAST: Final = 3
_NONE: Final = Sentence(
    "rate.none", "no minute in which %(nominees)s nominees or more get %(fold)s times their average of the hour before"
)
_TOGETHER: Final = Sentence("rate.together", "%(minute)s: %(nominees)s")
_MINUTES: Final = Sentence(
    "rate.minutes",
    "votes for some nominee leap in %(minutes)s, but never for %(nominees)s nominees at once",
    minutes=minutes,
)
JUMPS: Final = (_NONE, _MINUTES, _TOGETHER)
"""The sentences of `jump_together`."""


def jumps_of(minutes: Mapping[int, int], first: int) -> list[int]:
    """Give the minutes with 50 votes or more that are ten times the mean of the hour before.

    Parameters
    ----------
    minutes : votes by minute, in any unit that counts minutes
    first : the minute the vote opens; its first hour has no hour before

    Examples
    --------
    >>> jumps_of({minute: 4 for minute in range(120)} | {90: 60, 91: 60, 92: 5}, 0)
    [90, 91]
    """
    found = []
    for minute, votes in sorted(minutes.items()):
        before = sum(minutes.get(earlier, 0) for earlier in range(minute - HOUR, minute))
        if minute >= first + HOUR and votes >= VOTES_LEAST and votes * HOUR >= FOLD * before:
            found.append(minute)
    return found


def jump_together(found: Mapping[str, set[str]] | Mapping[str, Sequence[str]]) -> Judged:
    """Say whether several nominees jump in the same minute.

    Parameters
    ----------
    found : the nominees that jump, by the minute in which they do

    Examples
    --------
    MAMA 2022: the curves of five groups leapt together.

    >>> five = ["Brave Girls", "Dreamcatcher", "IVE", "Kep1er", "LOONA"]
    >>> jump_together({"a minute": five}).said_found
    'a minute: Brave Girls, Dreamcatcher, IVE, Kep1er, and LOONA'
    """
    together = {minute: sorted(nominees) for minute, nominees in found.items() if len(nominees) >= NOMINEES_LEAST}
    expected = _NONE(nominees=NOMINEES_LEAST, fold=FOLD)
    if together:
        faults = [_TOGETHER(minute=minute, nominees=nominees) for minute, nominees in sorted(together.items())]
        return Judged("alarm", some(faults), expected)
    return Judged("passes", _MINUTES(minutes=len(found), nominees=NOMINEES_LEAST), expected)


def jumps(minutes: ibis.Table, spans: Sequence[tuple[int, int]]) -> ibis.Table:
    """Give the nominees and minutes of `jumps_of`, from a table of votes by nominee and minute.

    Parameters
    ----------
    spans : when the vote was open, in minutes; the first hour of each is passed over
    """
    each = minutes.group_by("nominee", "minute").agg(votes=_.votes.sum().cast("int64"))
    hour = ibis.range_window(group_by="nominee", order_by="minute", preceding=HOUR, following=0)
    # the window ends with the minute itself, whose votes are taken off again
    each = each.mutate(before=each.votes.sum().over(hour) - each.votes)
    inside: Any = ibis.literal(False)  # noqa: FBT003
    for opens, closes in spans:
        inside |= (each.minute >= opens + HOUR) & (each.minute < closes)
    leaps = each.filter(inside, each.votes >= VOTES_LEAST, each.votes * HOUR >= FOLD * each.before)
    return leaps.select("nominee", "minute", "votes", "before").order_by("minute", "nominee")
