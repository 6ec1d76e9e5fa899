"""Who would stand elsewhere in the result, were the vote counted another way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plaudit.base.errors import TieUnresolved
from plaudit.tally.result import result
from plaudit.tally.tally import tally

if TYPE_CHECKING:
    import ibis

    from plaudit.rulebook.counting_rule import CountingRule
    from plaudit.site.site_data import Row, SiteData

__all__ = ["result_moves"]


def result_moves(site_data: SiteData, rule: CountingRule | None = None, rulings: ibis.Table | None = None) -> Row:
    """Count the vote again under another counting rule, or with other rulings.

    Returns
    -------
    moved : every nominee whose place or value is another: the nominee, `old` and
        `old_value` as counted here, `new` and `new_value` as certified. None where
        the first would be tied here and the rule calls that an error.
    votes_set_aside : as counted here
    """
    season, tables, stated = site_data.season, site_data.tables, site_data.statement["result"]
    nominees = [row["nominee"] for row in stated["positions"]]
    by_rule = rule or season.counting_rule()
    counted = tally(
        tables.read_or_empty("ballots"),
        tables.read_or_empty("source_totals"),
        tables.read_or_empty("rulings") if rulings is None else rulings,
        nominees,
        by_rule,
        season.windows(),
        materialize=tables.materialize,
    )
    set_aside = sum(row["votes_set_aside"] for row in counted.totals)
    try:
        rows = result(counted.totals, nominees, by_rule)
    except TieUnresolved:
        return {"moved": None, "votes_set_aside": set_aside}
    return {"moved": _apart(rows, stated["positions"]), "votes_set_aside": set_aside}


def _apart(before: list[Row], now: list[Row]) -> list[Row]:
    old = {row["nominee"]: row for row in before}
    return [
        {
            "nominee": row["nominee"],
            "old": old[row["nominee"]]["position"],
            "old_value": old[row["nominee"]]["value"],
            "new": row["position"],
            "new_value": row["value"],
        }
        for row in now
        if (row["position"], row["value"]) != (old[row["nominee"]]["position"], old[row["nominee"]]["value"])
    ]
