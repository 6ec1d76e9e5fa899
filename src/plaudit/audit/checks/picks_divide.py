"""Check picks-divide: where every ballot carries as many votes, the votes are a multiple of that."""

# ruff: noqa: S608 - the query is a text for readers; nothing here runs it
from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plaudit.audit.checks.judged import Judged, finding, not_checked, some
from plaudit.audit.checks.sql import TOTALS, word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plaudit.audit.checks.counted import Counted
    from plaudit.rulebook.counting_rule import CountingRule

__all__ = ["CHECK", "check", "picks_divide"]

CHECK: Final = "picks-divide"


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

    >>> picks_divide([14_988_884], 11).found
    '14,988,884 votes, 9 more than 1,362,625 ballots carry'
    """
    votes = sum(totals)
    ballots, rest = divmod(votes, picks)
    expected = f"a multiple of {picks:,}"
    if rest:
        return Judged("fails", f"{votes:,} votes, {rest:,} more than {ballots:,} ballots carry", expected)
    return Judged("passes", f"{votes:,} votes, of {ballots:,} ballots", expected)


def check(counted: Counted) -> Iterator[dict[str, str]]:
    """Give one finding per channel: its ballots and votes, column by column."""
    for channel in counted.rule.channel:
        query = _query(channel.id, 1, counted.rule)
        sizes = counted.sizes.get(channel.id, [])
        if channel.counts == "totals":
            judged = not_checked("somebody else counted; nothing tells how many votes a ballot carried")
        elif not sizes:
            judged = not_checked("no ballots")
        elif len(sizes) > 1:
            judged = not_checked(f"ballots carry from {sizes[0]:,} to {sizes[-1]:,} votes", "one size for every ballot")
        else:
            judged, query = _judged(counted, channel.id, sizes[0]), _query(channel.id, sizes[0], counted.rule)
        yield finding(CHECK, channel.id, judged, query)


def _judged(counted: Counted, channel: str, picks: int) -> Judged:
    rows = [row for row in counted.totals if row["channel"] == channel]
    faults = [
        f"{row['nominee']}: {row[f'votes_{column}']:,} votes {column.replace('_', ' ')} "
        f"of {row[f'ballots_{column}']:,} ballots"
        for row in rows
        for column in _whole(counted.rule, picks)
        if row[f"votes_{column}"] != picks * row[f"ballots_{column}"]
    ]
    cast = sum(row["votes_cast"] for row in rows)
    found = (
        some(faults) or f"{cast:,} votes of {cast // picks:,} ballots, and so in each column that holds whole ballots"
    )
    return Judged("fails" if faults else "passes", found, f"{picks:,} for each ballot")


def _whole(rule: CountingRule, picks: int) -> list[str]:
    """Give the columns into which no ballot goes in part; an allowance may split one of several votes."""
    whole = ["cast", "outside_window", "set_aside"]
    if picks == 1 or rule.partial == "refuse":
        return [*whole, "counted", "over_cap", "void"]
    return whole if rule.keep == "last" else [*whole, "void"]


def _query(channel: str, picks: int, rule: CountingRule) -> str:
    apart = " OR ".join(f"votes_{column} <> {picks} * ballots_{column}" for column in _whole(rule, picks))
    return f"SELECT nominee FROM {TOTALS} WHERE channel = {word(channel)} AND ({apart}) ORDER BY nominee"
