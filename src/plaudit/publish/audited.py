"""What the public reads of the audit: the purge notice, its tables, and the query of every purge rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plaudit.audit.repeat import query_file
from plaudit.publish.formats import csv_bytes
from plaudit.publish.notice import day_rows, figures, notice
from plaudit.store.tables import table

if TYPE_CHECKING:
    from plaudit.rulebook.season import Season
    from plaudit.store.evidence import Evidence

__all__ = ["audit_files"]


def audit_files(season: Season, tables: Evidence, statement: dict[str, Any]) -> dict[str, bytes]:
    """Give the files below `audit/`, by path below `published/`.

    Parameters
    ----------
    statement : the certificate's, or its `audit` alone
    """
    counting, windows = season.counting_rule(), season.windows()
    rules = [*season.purge_rules(), *season.late_rules()]
    files = {f"audit/{rule.name}.sql": query_file(rule, counting, windows) for rule in rules}
    found = figures(season, tables, statement["audit"])
    for name in ("findings", "sensitivity", "cases"):
        declared = table(name)
        files[f"audit/{name}.csv"] = csv_bytes(tables.to_rows(tables.read(name).order_by(list(declared.order))))
    return files | {"audit/days.csv": csv_bytes(day_rows(found))} | notice(found)
