"""Instants that are known only to a minute or a day, beside others that are known better.

A coarse instant has a place among all others: a day stands for its `date_at`. Where a
cap would have to choose between a voter's ballots by that place alone, nothing real
chose, so such ballots are refused together.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from plaudit.base.errors import TieUnresolved
from plaudit.base.weeks import EPOCH, to_instant
from plaudit.collect.times import GRAINS
from plaudit.rulebook.time_forms import EXCEL, has_time_of_day

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from plaudit.rulebook.counting_rule import Cap, CountingRule
    from plaudit.rulebook.sources import Source

__all__ = ["Moment", "caps_of", "grain_of", "is_bare_date", "local_day", "refuse_unordered", "span_of"]

_DAY: Final = 86_400_000_000
REMEDY: Final = (
    "get the times of all ballots, or declare the coarser grain for all of them, in each of their sources: "
    '[source.grain] cast_at = "{}"; what the cap then does is the counting rule\'s [same_instant]'
)


class Moment(NamedTuple):
    """A ballot as it lies in time: somewhere from `first` to `last`, and counted at `cast_at`; in microseconds."""

    voter: int
    channel: str
    nominee: str
    votes: int
    cast_at: int
    first: int
    last: int
    grain: str
    source: str
    file: str
    row: int


def is_bare_date(value: Any, form: str) -> bool:
    """Say whether a value of a time column names a day and no time of it.

    Examples
    --------
    >>> is_bare_date("2018-05-18", ""), is_bare_date("2018-05-18T09:00Z", ""), is_bare_date("43239", "excel")
    (True, False, True)
    """
    if isinstance(value, date):
        return not isinstance(value, datetime)
    if form == EXCEL:
        return Fraction(str(value)).denominator == 1
    if form:
        has_day = any(code in form for code in ("%d", "%j", "%x", "%D", "%F"))
        return has_day and not has_time_of_day(form)
    text = str(value).strip()
    try:
        return len(text) <= 10 and bool(date.fromisoformat(text))
    except ValueError:
        return False


def grain_of(value: Any, column: str, source: Source) -> str:
    """Give what a value's instant is known to: the source's grain, the day of a bare date, or nothing coarser."""
    declared = source.grain.get(column, "")
    return declared or ("day" if is_bare_date(value, source.formats.get(column, "")) else "")


def span_of(at: int, grain: str, zone: str) -> tuple[int, int]:
    """Give the first and the last instant that a coarse instant may stand for."""
    if grain == "day":
        return local_day(at, zone)
    return at, at + GRAINS.get(grain, 1) - 1


@lru_cache(maxsize=65_536)
def local_day(at: int, zone: str) -> tuple[int, int]:
    """Give the first and the last instant of the day that an instant lies in."""
    local = ZoneInfo(zone)
    day = (EPOCH + timedelta(microseconds=at)).astimezone(local).date()
    first = to_instant(datetime.combine(day, time(0), local))
    return first, to_instant(datetime.combine(day + timedelta(days=1), time(0), local)) - 1


def caps_of(rule: CountingRule | None) -> dict[str, Cap]:
    """Give the caps of a rule by channel."""
    return {channel.id: channel.cap for channel in rule.channel if channel.cap} if rule else {}


def refuse_unordered(moments: Iterable[Moment], caps: Mapping[str, Cap]) -> None:
    """Refuse ballots of one voter of which a cap takes some, and only the place of a coarse instant says which.

    Raises
    ------
    TieUnresolved : there are any; with two of them.
    """
    groups: dict[tuple[int, str, str], list[Moment]] = defaultdict(list)
    for moment in moments:
        if cap := caps.get(moment.channel):
            scope = moment.nominee if cap.scope == "nominee" else ""
            groups[moment.voter, moment.channel, scope].append(moment)
    for (_, channel, _), theirs in sorted(groups.items()):
        if len({(moment.grain, moment.source) for moment in theirs}) > 1:
            _refuse_unordered(sorted(theirs, key=lambda one: (one.first, one.last, *one)), caps[channel])


def _refuse_unordered(moments: list[Moment], cap: Cap) -> None:
    for place, one in enumerate(moments):
        for other in moments[place + 1 :]:
            if other.first > one.last:
                break
            is_alike = (one.nominee, one.votes) == (other.nominee, other.votes)
            if one.cast_at != other.cast_at and not is_alike and _votes_near(moments, one, other, cap) > cap.votes:
                raise _refusal(one, other)


def _votes_near(moments: list[Moment], one: Moment, other: Moment, cap: Cap) -> int:
    """Give the votes that may be charged to the allowance that both are charged to, or more."""
    if cap.per != "day":
        return sum(moment.votes for moment in moments)
    first, last = min(one.first, other.first) - _DAY, max(one.last, other.last) + _DAY
    return sum(moment.votes for moment in moments if moment.last >= first and moment.first <= last)


def _refusal(one: Moment, other: Moment) -> TieUnresolved:
    coarse, fine = sorted((one, other), key=lambda moment: moment.first - moment.last)
    grain = coarse.grain or "day"
    return TieUnresolved(
        f"source {coarse.source}: {coarse.file}, row {coarse.row} says only the {grain} of a ballot, and "
        f"{fine.file}, row {fine.row} is another ballot of the same voter in that {grain} "
        f"({coarse.nominee} and {fine.nominee}, in {coarse.channel}). The cap lets only some of them count, "
        "and nothing says which came first",
        REMEDY.format(grain),
        source=coarse.source,
        file=coarse.file,
        row=coarse.row,
    )
