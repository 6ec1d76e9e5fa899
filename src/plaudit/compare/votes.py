"""The vote counted again: under another counting rule, or with other ballots set aside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plaudit.compare.purges import rulings_under
from plaudit.compare.standings import Standing
from plaudit.tally.result import result
from plaudit.tally.tally import tally

if TYPE_CHECKING:
    from collections.abc import Iterable

    import ibis

    from plaudit.compare.standings import Standings
    from plaudit.rulebook.counting_rule import CountingRule
    from plaudit.rulebook.season import Season
    from plaudit.store.evidence import Evidence

__all__ = ["Count", "count", "result_as_made"]


@dataclass(frozen=True)
class Count:
    """A vote as it was counted again.

    totals : rows of the table totals
    """

    totals: list[dict[str, Any]]
    nominees: list[str]
    rule: CountingRule

    @property
    def votes_set_aside(self) -> int:
        """How many votes the purge rules set aside, of all nominees and channels together."""
        return sum(row["votes_set_aside"] for row in self.totals)

    def standings(self) -> Standings:
        """Give each nominee's position and value.

        Raises
        ------
        TieUnresolved : the first position is tied, and the rule calls that an error.
        """
        return _standings(result(self.totals, self.nominees, self.rule))


def count(season: Season, tables: Evidence, rulings: ibis.Table | None = None) -> Count:
    """Count the vote by the season's counting rule.

    Parameters
    ----------
    rulings : what is set aside; without them the season's purge rules are applied again, for what they match may
        hang on the counting rule's day and channels
    """
    nominees = [row["nominee"] for row in tables.to_rows(tables.read("nominees").select("nominee"))]
    rule = season.counting_rule()
    counted = tally(
        tables.read_or_empty("ballots"),
        tables.read_or_empty("source_totals"),
        rulings_under(season, tables) if rulings is None else rulings,
        nominees,
        rule,
        season.windows(),
        materialize=tables.materialize,
    )
    return Count(counted.totals, nominees, rule)


def result_as_made(tables: Evidence) -> Standings:
    """Give the positions and values that the table result has."""
    return _standings(tables.to_rows(tables.read("result")))


def _standings(rows: Iterable[dict[str, Any]]) -> Standings:
    return {("", row["nominee"]): Standing(row["position"], row["value"]) for row in rows}
