"""Check picks-divide: where every ballot carries as many votes, the votes are a multiple of that."""

# ruff: noqa: S608 - the query is a text for readers; nothing here runs it
from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from ibis import _

from plaudit.audit.checks.judged import Judged, finding, not_checked, some
from plaudit.audit.checks.sql import TOTALS, word
from plaudit.words.counted import ballots, votes
from plaudit.words.names import known
from plaudit.words.sentence import Sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plaudit.audit.checks.counted import Counted

__all__ = ["CHECK", "SENTENCES", "check", "picks_divide"]

CHECK: Final = "picks-divide"
_MULTIPLE: Final = Sentence("picks-divide.multiple", "a multiple of %(picks)s")
_REST: Final = Sentence(
    "picks-divide.rest", "%(votes)s, which is %(rest)s more than %(ballots)s can carry", votes=votes, ballots=ballots
)
_DIVIDED: Final = Sentence("picks-divide.divided", "%(votes)s in %(ballots)s", votes=votes, ballots=ballots)
_ELSEWHERE: Final = Sentence(
    "picks-divide.elsewhere", "somebody else counted; nothing tells how many votes a ballot carried"
)
_NO_BALLOTS: Final = Sentence("picks-divide.no-ballots", "no ballots")
_SIZES: Final = Sentence("picks-divide.sizes", "ballots carry from %(least)s to %(most)s votes")
_ONE_SIZE: Final = Sentence("picks-divide.one-size", "one size for every ballot")
_EACH: Final = Sentence("picks-divide.each", "%(picks)s for each ballot")
_WHOLE: Final = Sentence(
    "picks-divide.whole",
    "%(votes)s in %(ballots)s, and likewise in every column of whole ballots",
    votes=votes,
    ballots=ballots,
)
_APART: Final = Sentence(
    "picks-divide.apart",
    "%(nominee)s, %(column)s: %(votes)s in %(ballots)s",
    column=partial(known, "column"),
    votes=votes,
    ballots=ballots,
)
SENTENCES: Final = (
    _MULTIPLE,
    _REST,
    _DIVIDED,
    _ELSEWHERE,
    _NO_BALLOTS,
    _SIZES,
    _ONE_SIZE,
    _EACH,
    _WHOLE,
    _APART,
)


def picks_divide(totals: Iterable[int], picks: int) -> Judged:
    """Say whether totals can come from ballots of so many picks each.

    Parameters
    ----------
    totals : of all nominees, those who lost too; or their one sum
    picks : the votes that each ballot had to carry

    Examples
    --------
    Produce X 101 had eleven picks a ballot, and totals that eleven does not divide.
    The total of its final was 14,988,884:

    >>> picks_divide([14_988_884], 11).said_found
    '14,988,884 votes, which is 9 more than 1,362,625 ballots can carry'
    """
    votes = sum(totals)
    ballots, rest = divmod(votes, picks)
    expected = _MULTIPLE(picks=picks)
    if rest:
        return Judged("fails", _REST(votes=votes, rest=rest, ballots=ballots), expected)
    return Judged("passes", _DIVIDED(votes=votes, ballots=ballots), expected)


def check(counted: Counted) -> Iterator[dict[str, str]]:
    """Give one finding per channel: its ballots and votes, column by column."""
    for channel in counted.rule.channel:
        query = _query(channel.id, 1, _whole(counted, channel.id, 1))
        sizes = counted.sizes.get(channel.id, [])
        if channel.counts == "totals":
            judged = not_checked(_ELSEWHERE())
        elif not sizes:
            judged = not_checked(_NO_BALLOTS())
        elif len(sizes) > 1:
            judged = not_checked(_SIZES(least=sizes[0], most=sizes[-1]), _ONE_SIZE())
        else:
            whole = _whole(counted, channel.id, sizes[0])
            judged, query = _judged(counted, channel.id, sizes[0], whole), _query(channel.id, sizes[0], whole)
        yield finding(CHECK, channel.id, judged, query)


def _judged(counted: Counted, channel: str, picks: int, whole: list[str]) -> Judged:
    rows = [row for row in counted.totals if row["channel"] == channel]
    faults = [
        _APART(nominee=row["nominee"], column=column, votes=row[f"votes_{column}"], ballots=row[f"ballots_{column}"])
        for row in rows
        for column in whole
        if row[f"votes_{column}"] != picks * row[f"ballots_{column}"]
    ]
    cast = sum(row["votes_cast"] for row in rows)
    found = some(faults) if faults else _WHOLE(votes=cast, ballots=cast // picks)
    return Judged("fails" if faults else "passes", found, _EACH(picks=picks))


def _whole(counted: Counted, channel: str, picks: int) -> list[str]:
    """Give the columns into which no ballot goes in part, and nothing goes that is no ballot.

    An allowance may split a ballot of several votes; a total that somebody else
    counted is void in a channel of ballots, and carries votes without any.
    """
    rule = counted.rule
    whole = ["cast", "outside_window", "set_aside"]
    if picks == 1 or rule.partial == "refuse":
        whole += ["counted", "over_cap", "void"]
    elif rule.keep != "last":
        whole.append("void")
    is_mixed = counted.to_rows(counted.source_totals.filter(_.channel == channel).limit(1))
    return [column for column in whole if not is_mixed or column not in {"cast", "void"}]


def _query(channel: str, picks: int, whole: list[str]) -> str:
    apart = " OR ".join(f"votes_{column} <> {picks} * ballots_{column}" for column in whole)
    return f"SELECT nominee FROM {TOTALS} WHERE channel = {word(channel)} AND ({apart}) ORDER BY nominee"
