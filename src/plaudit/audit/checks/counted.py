"""What the self-checks look at: a count, and the tables it was made from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from ibis import _

from plaudit.store.numbers import quotient

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import ibis

    from plaudit.rulebook.counting_rule import Channel, CountingRule
    from plaudit.rulebook.season import Season
    from plaudit.rulebook.sources import Source
    from plaudit.rulebook.windows import VotingWindow
    from plaudit.store.evidence import Evidence

__all__ = ["MINUTE", "Counted", "count_of"]

MINUTE: Final = 60_000_000
"""In microseconds, as instants are."""


@dataclass(frozen=True)
class Counted:
    """A count that is to be checked.

    totals, voids, result : rows of the tables of those names
    sources : the season's sources; only those of ballots matter here
    ballots, source_totals, rulings : the tables of those names
    materialize : computes an expression and gives its rows as a table of the same engine
    to_rows : computes a small expression as plain rows
    logged : the ballots that the log's checkpoint covers, where there is a log
    """

    totals: list[dict[str, Any]]
    voids: list[dict[str, Any]]
    result: list[dict[str, Any]]
    rule: CountingRule
    windows: Sequence[VotingWindow]
    nominees: list[str]
    sources: Sequence[Source]
    ballots: ibis.Table
    source_totals: ibis.Table
    rulings: ibis.Table
    materialize: Callable[[ibis.Table], ibis.Table]
    to_rows: Callable[[ibis.Table], list[dict[str, Any]]]
    logged: int | None = None

    @cached_property
    def channels(self) -> list[Channel]:
        """The channels that count ballots."""
        return [channel for channel in self.rule.channel if channel.counts == "ballots"]

    @cached_property
    def minutes(self) -> ibis.Table:
        """Ballots and votes per source, channel, nominee and minute since 1970; the checks on time need no more."""
        return self.materialize(
            self.ballots.group_by(
                "source", "channel", "nominee", minute=quotient(self.ballots.cast_at, MINUTE).cast("int64")
            ).agg(ballots=_.count(), votes=_.votes.sum().cast("int64"))
        )

    @cached_property
    def sizes(self) -> dict[str, list[int]]:
        """The numbers of votes that one ballot carries, by channel."""
        found: dict[str, list[int]] = {}
        for row in self.to_rows(self.ballots.select("channel", "votes").distinct()):
            found.setdefault(row["channel"], []).append(row["votes"])
        return {channel: sorted(votes) for channel, votes in sorted(found.items())}

    def windows_of(self, channel: str) -> list[VotingWindow]:
        """Give the windows in which a channel is open."""
        return [window for window in self.windows if window.takes(channel)]

    def votes_of(self, channel: str, column: str = "votes_counted") -> dict[str, int]:
        """Give one column of totals in one channel, by nominee."""
        return {row["nominee"]: row[column] for row in self.totals if row["channel"] == channel}


def count_of(season: Season, tables: Evidence, logged: int | None) -> Counted:
    """Give a season's count, as it was made.

    Parameters
    ----------
    logged : the ballots that the log's checkpoint covers, where there is a log

    Raises
    ------
    OutOfTurn : the vote was not counted.
    """
    totals, voids, result, nominees = (
        tables.to_rows(tables.read(name)) for name in ("totals", "voids", "result", "nominees")
    )
    return Counted(
        totals=totals,
        voids=voids,
        result=result,
        rule=season.counting_rule(),
        windows=season.windows(),
        nominees=[row["nominee"] for row in nominees],
        sources=season.sources,
        ballots=tables.read_or_empty("ballots"),
        source_totals=tables.read_or_empty("source_totals"),
        rulings=tables.read("rulings"),
        materialize=tables.materialize,
        to_rows=tables.to_rows,
        logged=logged,
    )
