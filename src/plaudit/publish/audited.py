"""What the public reads of the audit: the purge notice, its tables, and the query of every purge rule."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from plaudit.audit.repeat import query_file
from plaudit.publish.english import finding_row
from plaudit.publish.figures import figures
from plaudit.publish.formats import csv_bytes
from plaudit.publish.notice import day_rows, notice
from plaudit.store.tables import table

if TYPE_CHECKING:
    from plaudit.rulebook.season import Season
    from plaudit.store.evidence import Evidence

__all__ = ["audit_files"]


def _in_words(row: dict[str, Any]) -> dict[str, Any]:
    """Give a row of the table findings with sentences where it holds codes."""
    stated = {**row, "found": json.loads(row["found"]), "expected": json.loads(row["expected"])}
    *_, found, expected = finding_row(stated)
    return {**row, "found": found, "expected": expected}


def audit_files(season: Season, tables: Evidence, statement: dict[str, Any]) -> dict[str, bytes]:
    """Give the files below `audit/`, by path below `published/`.

    Parameters
    ----------
    statement : the certificate's, or its `audit` alone
    """
    counting, windows = season.counting_rule(), season.windows()
    rules = [*season.purge_rules(), *season.late_rules()]
    files = {f"audit/{rule.name}.sql": query_file(rule, counting, windows) for rule in rules}
    found = figures(season, tables, statement)
    for name in ("findings", "sensitivity", "cases"):
        declared = table(name)
        rows = tables.to_rows(tables.read(name).order_by(list(declared.order)))
        files[f"audit/{name}.csv"] = csv_bytes([_in_words(row) if name == "findings" else row for row in rows])
    return files | {"audit/days.csv": csv_bytes(day_rows(found))} | notice(found)
