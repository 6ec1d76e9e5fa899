"""The query that repeats a purge rule: the rule's own expressions, as SQL that DuckDB runs on the evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import ibis

import plaudit.audit.methods  # noqa: F401 - registers every method
from plaudit.audit.matched import match, seen_by
from plaudit.store.tables import table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plaudit.rulebook.counting_rule import CountingRule
    from plaudit.rulebook.purge_rule import PurgeRule
    from plaudit.rulebook.windows import VotingWindow

__all__ = ["query", "query_file"]

_HOW: Final = """\
-- {name}: {title}
-- Whom this rule matches, and the ballots it takes: case, voter, evidence, ballot.
-- Repeat it with DuckDB, in the season's folder evidence/:
--   duckdb -c ".read ../published/audit/{name}.sql"
"""
_VIEWS: Final = {
    "ballots": "read_parquet('ballots/*/*.parquet', hive_partitioning = false)",
    "voter_facts": "read_parquet('voter_facts.parquet')",
}


def query(rule: PurgeRule, counting: CountingRule, windows: Sequence[VotingWindow]) -> str:
    """Give the SQL that repeats a rule over the views ballots and voter_facts.

    Returns
    -------
    A query of one row a suspect and ballot: case, voter, evidence, ballot, in that
    order; the ballot is null where the rule takes none of the voter's.
    """
    ballots, facts = (ibis.table(table(name).ibis_schema, name=name) for name in _VIEWS)
    found = match(rule, seen_by(rule, ballots, facts, counting, windows, _as_it_is))
    rows = found.matches.order_by("case", "voter", "ballot")
    return f"{ibis.to_sql(rows, dialect='duckdb')}"


def query_file(rule: PurgeRule, counting: CountingRule, windows: Sequence[VotingWindow]) -> bytes:
    """Give the same as a file that says how it is run, and opens the evidence it reads."""
    sql = query(rule, counting, windows)
    views = [
        f"CREATE OR REPLACE TEMP VIEW {name} AS FROM {source};\n"
        for name, source in _VIEWS.items()
        if f'"{name}"' in sql
    ]
    return (_HOW.format(name=rule.name, title=rule.title) + "".join(views) + f"{sql};\n").encode()


def _as_it_is(expression: ibis.Table) -> ibis.Table:
    return expression
