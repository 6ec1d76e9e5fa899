"""Check columns-add-up: where every ballot and vote went, nothing lost and nothing twice."""

# ruff: noqa: S608 - the query is a text for readers; nothing here runs it
from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from plaudit.audit.checks.judged import Judged, finding, some
from plaudit.audit.checks.sql import TOTALS, VOIDS, word
from plaudit.words.counted import ballots, nominees, votes
from plaudit.words.sentence import Sentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from plaudit.audit.checks.counted import Counted
    from plaudit.words.message import Message

__all__ = ["CHECK", "SENTENCES", "check", "columns_add_up"]

CHECK: Final = "columns-add-up"
_COLUMNS: Final = ("counted", "over_cap", "outside_window", "void", "set_aside")
_WHAT: Final = ("ballots", "votes")
_APART: Final = Sentence("columns-add-up.apart", "the columns add up to %(held)s, but %(cast)s were cast")
_APART_OF: Final = {
    "ballots": Sentence(
        "columns-add-up.ballots-apart",
        "ballots of %(nominee)s: the columns add up to %(held)s, but %(cast)s were cast",
    ),
    "votes": Sentence(
        "columns-add-up.votes-apart", "votes of %(nominee)s: the columns add up to %(held)s, but %(cast)s were cast"
    ),
}
_REASONS_OF: Final = {
    "ballots": Sentence(
        "columns-add-up.ballots-unexplained",
        "ballots of %(nominee)s: %(void)s are void, but reasons are given for %(told)s",
    ),
    "votes": Sentence(
        "columns-add-up.votes-unexplained",
        "votes of %(nominee)s: %(void)s are void, but reasons are given for %(told)s",
    ),
}
_BELOW: Final = Sentence("columns-add-up.below", "the column %(column)s is %(number)s")
_IN_ALL: Final = Sentence("columns-add-up.in-all", "%(cast)s in all, and none below 0")
_TOGETHER: Final = Sentence(
    "columns-add-up.together",
    "the columns of %(nominees)s add up to %(ballots)s and %(votes)s",
    nominees=nominees,
    ballots=ballots,
    votes=votes,
)
_CAST: Final = Sentence("columns-add-up.cast", "cast: %(ballots)s and %(votes)s", ballots=ballots, votes=votes)
SENTENCES: Final = (*_APART_OF.values(), *_REASONS_OF.values(), _APART, _BELOW, _IN_ALL, _TOGETHER, _CAST)


def columns_add_up(cast: int, columns: Mapping[str, int]) -> Judged:
    """Say whether what was cast is what the columns hold together.

    Examples
    --------
    >>> columns_add_up(920_000, {"counted": 380_000, "set aside": 540_000}).verdict
    'passes'
    >>> columns_add_up(920_000, {"counted": 380_000}).said_found
    'the columns add up to 380,000, but 920,000 were cast'
    """
    held, below = sum(columns.values()), _below(columns)
    found = some([_APART(held=held, cast=cast), *below])
    return Judged("passes" if held == cast and not below else "fails", found, _IN_ALL(cast=cast))


def _below(columns: Mapping[str, int]) -> list[Message]:
    return [_BELOW(column=name, number=number) for name, number in columns.items() if number < 0]


def check(counted: Counted) -> Iterator[dict[str, str]]:
    """Give one finding per channel of the totals."""
    reasons: Counter[tuple[str, str, str]] = Counter()
    for void in counted.voids:
        for what in _WHAT:
            reasons[void["nominee"], void["channel"], what] += void[what]
    for channel in sorted({row["channel"] for row in counted.totals}):
        rows = [row for row in counted.totals if row["channel"] == channel]
        faults = [fault for row in rows for fault in _faults(row, reasons)]
        cast = {what: sum(row[f"{what}_cast"] for row in rows) for what in _WHAT}
        found = some(faults) if faults else _TOGETHER(nominees=len(rows), **cast)
        judged = Judged("fails" if faults else "passes", found, _CAST(**cast))
        yield finding(CHECK, channel, judged, _query(channel))


def _faults(row: dict[str, Any], reasons: Mapping[tuple[str, str, str], int]) -> Iterator[Message]:
    for what in _WHAT:
        columns = {column: row[f"{what}_{column}"] for column in _COLUMNS}
        held, cast, below = sum(columns.values()), row[f"{what}_cast"], _below(columns)
        if held != cast or below:
            yield _APART_OF[what](nominee=row["nominee"], held=held, cast=cast)
            yield from below
        told = reasons[row["nominee"], row["channel"], what]
        if told != columns["void"]:
            yield _REASONS_OF[what](nominee=row["nominee"], void=columns["void"], told=told)


def _query(channel: str) -> str:
    sums = [f"{what}_cast <> " + " + ".join(f"{what}_{column}" for column in _COLUMNS) for what in _WHAT]
    low = [f"{what}_{column} < 0" for what in _WHAT for column in _COLUMNS]
    reasons = f"SELECT nominee, channel, sum(ballots) AS ballots, sum(votes) AS votes FROM {VOIDS} GROUP BY ALL"
    voids = [f"{what}_void <> coalesce({what}, 0)" for what in _WHAT]
    return (
        f"SELECT nominee FROM {TOTALS} LEFT JOIN ({reasons}) USING (nominee, channel) "
        f"WHERE channel = {word(channel)} AND ({' OR '.join([*sums, *low, *voids])}) ORDER BY nominee"
    )
