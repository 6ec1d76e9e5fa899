"""What an older version of a purge rule would match, and what the vote would be with it in the newer one's place.

The vote is audited again by the older rule alone, since the rulings of the others
stand, and counted again whole. Appeals give back what they gave back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
from ibis import _

import plaudit.audit.methods  # noqa: F401 - registers every method
from plaudit.audit.appeals import given_back, read_appeals
from plaudit.audit.matched import match, seen_by
from plaudit.audit.rulings import together
from plaudit.site.effects.result import result_moves

if TYPE_CHECKING:
    from plaudit.audit.matched import Matched
    from plaudit.rulebook.purge_rule import PurgeRule
    from plaudit.site.site_data import Row, SiteData

__all__ = ["purge_moves"]


def purge_moves(site_data: SiteData, new: PurgeRule, old: PurgeRule) -> Row:
    """Give whom either version matches, and who stands elsewhere with the older one.

    Returns
    -------
    voters, only : by `old` and `new`: how many voters the version matches, and how many the other does not
    set_aside : by `old` and `new`: how many votes all declared rules together set aside
    moved : as `result_moves` gives it; None where the first would be tied
    is_late : the rule came after the vote, so neither version sets anything aside
    """
    season, tables = site_data.season, site_data.tables
    ballots, facts = tables.read_or_empty("ballots"), tables.read_or_empty("voter_facts")
    seen = seen_by(old, ballots, facts, season.counting_rule(), season.windows(), tables.materialize)
    matched = match(old, seen)
    found: Row = {**_matched(site_data, new, matched), "is_late": new.name in season.audit.late}
    votes = sum(row["votes_set_aside"] for row in site_data.statement["result"]["totals"])
    if found["is_late"] or "set aside" not in {new.does, old.does}:
        return {**found, "set_aside": {"old": votes, "new": votes}, "moved": []}
    rulings = _rulings(site_data, new, matched)
    if _is_same(site_data, rulings):
        return {**found, "set_aside": {"old": votes, "new": votes}, "moved": []}
    compared = result_moves(site_data, rulings=rulings)
    return {**found, "set_aside": {"old": compared["votes_set_aside"], "new": votes}, "moved": compared["moved"]}


def _is_same(site_data: SiteData, rulings: ibis.Table) -> bool:
    """Say whether rulings set aside what is set aside already: then nothing has to be counted again."""
    certified = site_data.tables.read("rulings").filter(_.outcome == "set aside").select("ballot")
    apart = {"more": rulings.anti_join(certified, "ballot"), "fewer": certified.anti_join(rulings, "ballot")}
    [row] = site_data.tables.to_rows(_counted(apart))
    return not any(row.values())


def _matched(site_data: SiteData, new: PurgeRule, old: Matched) -> dict[str, dict[str, int]]:
    suspects = site_data.tables.read("suspects")
    now = suspects.filter(suspects.rule == new.name).select("voter").distinct()
    before = old.suspects.select("voter").distinct()
    counts = {
        "new": now,
        "old": before,
        "only_new": now.anti_join(before, "voter"),
        "only_old": before.anti_join(now, "voter"),
    }
    [row] = site_data.tables.to_rows(_counted(counts))
    return {
        "voters": {"old": row["old"], "new": row["new"]},
        "only": {"old": row["only_old"], "new": row["only_new"]},
    }


def _counted(tables: dict[str, ibis.Table]) -> ibis.Table:
    """Give the numbers of rows of several tables as one row."""
    parts = [table.aggregate(what=ibis.literal(name), rows=_.count()) for name, table in tables.items()]
    rows = ibis.union(*parts)
    return rows.aggregate(**{name: rows.rows.sum(where=rows.what == name).cast("int64") for name in tables})


def _rulings(site_data: SiteData, new: PurgeRule, old: Matched) -> ibis.Table:
    """Give the rulings that there would be, each ballot once; by which rule and case is all the same to the tally."""
    season, tables = site_data.season, site_data.tables
    others = [rule.name for rule in season.purge_rules() if rule.does == "set aside" and rule.name != new.name]
    rulings, ballots = tables.read("rulings"), tables.read_or_empty("ballots")
    taken = rulings.filter(rulings.rule.isin(others or [""])).select("ballot")  # of none, no engine has a list
    if old.sets_aside:
        taken = taken.union(old.taken.select(ballot=_.ballot.cast(rulings.ballot.type())))
    if appeals := read_appeals(season):
        taken = taken.anti_join(given_back(appeals, ballots), "ballot")
    stood = {"rule": ibis.literal(new.name), "case": ibis.literal(1), "outcome": ibis.literal("set aside")}
    return tables.materialize(together([taken.distinct().mutate(**stood)], "rulings", ballots))
