"""Which ballots the season's purge rules would set aside, and what a rule matches.

Appeals give back what they gave back, whatever the rules are.
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

import ibis
from ibis import _

import plaudit.audit.methods  # noqa: F401 - registers every method
from plaudit.audit.appeals import given_back, read_appeals
from plaudit.audit.matched import match, seen_by
from plaudit.audit.rulings import together

if TYPE_CHECKING:
    from collections.abc import Collection

    from plaudit.audit.matched import Matched
    from plaudit.rulebook.purge_rule import PurgeRule
    from plaudit.rulebook.season import Season
    from plaudit.store.evidence import Evidence

__all__ = ["counts_of", "is_as_made", "matched_by", "rulings_under"]


def matched_by(season: Season, tables: Evidence, rule: PurgeRule) -> Matched:
    """Give what a purge rule matches among the ballots."""
    ballots, facts = tables.read_or_empty("ballots"), tables.read_or_empty("voter_facts")
    return match(rule, seen_by(rule, ballots, facts, season.counting_rule(), season.windows(), tables.materialize))


def rulings_under(
    season: Season, tables: Evidence, *, known: Collection[Matched] = (), stand: Collection[str] = ()
) -> ibis.Table:
    """Give the rulings that set aside, each ballot once.

    By which rule and case a ballot is set aside is all the same to the tally, and not said right here.

    Parameters
    ----------
    known : what some of the rules match, so that they are not applied again
    stand : rules whose rulings the table rulings has, by name
    """
    rulings, ballots = tables.read_or_empty("rulings"), tables.read_or_empty("ballots")
    rules = [rule for rule in season.purge_rules() if rule.does == "set aside"]
    matched = {one.rule.name: one for one in known}
    parts = [
        (matched.get(rule.name) or matched_by(season, tables, rule)).taken.select(
            ballot=_.ballot.cast(rulings.ballot.type())
        )
        for rule in rules
        if rule.name not in stand
    ]
    if standing := [rule.name for rule in rules if rule.name in stand]:
        parts.append(rulings.filter(rulings.rule.isin(standing)).select("ballot"))
    if not parts:
        return together([], "rulings", ballots)
    taken = reduce(lambda one, other: one.union(other), parts)
    if appeals := read_appeals(season):
        taken = taken.anti_join(given_back(appeals, ballots), "ballot")
    stood = {"rule": ibis.literal(rules[0].name), "case": ibis.literal(1), "outcome": ibis.literal("set aside")}
    return tables.materialize(together([taken.distinct().mutate(**stood)], "rulings", ballots))


def is_as_made(tables: Evidence, rulings: ibis.Table) -> bool:
    """Say whether rulings set aside what is set aside already: then nothing has to be counted again."""
    made = tables.read("rulings").filter(_.outcome == "set aside").select("ballot")
    apart = counts_of(tables, more=rulings.anti_join(made, "ballot"), fewer=made.anti_join(rulings, "ballot"))
    return not any(apart.values())


def counts_of(tables: Evidence, **counted: ibis.Table) -> dict[str, int]:
    """Give the numbers of rows of several expressions, in one pass."""
    parts = [table.aggregate(what=ibis.literal(name), rows=_.count()) for name, table in counted.items()]
    rows = ibis.union(*parts)
    sums = {name: rows.rows.sum(where=rows.what == name).cast("int64") for name in counted}
    [row] = tables.to_rows(rows.aggregate(**sums))
    return row
