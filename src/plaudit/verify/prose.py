"""A statement of the first version, which held findings and limits in English prose."""

from __future__ import annotations

from typing import Any

from plaudit.certify.shape import PROSE_TYPE

__all__ = ["is_prose", "without_prose"]


def is_prose(statement: dict[str, Any]) -> bool:
    """Say whether a statement is of the first version."""
    return bool(statement["type"] == PROSE_TYPE)


def without_prose(statement: dict[str, Any]) -> dict[str, Any]:
    """Give a statement without its version, and without what only one of them holds, such as prose and digests of rows.

    Examples
    --------
    >>> audit = {"findings": [{"check": "gaps", "verdict": "passes", "found": "no ballots", "expected": ""}]}
    >>> without_prose({"type": PROSE_TYPE, "limits": ["made up"], "audit": audit})
    {'audit': {'findings': [{'check': 'gaps', 'verdict': 'passes'}]}}
    """
    rest = {key: value for key, value in statement.items() if key not in {"type", "limits", "not_checked"}}
    if evidence := rest.get("evidence"):
        unmapped = [{key: one[key] for key in one if key != "mapping"} for one in evidence["sources"]]
        kept = {key: value for key, value in evidence.items() if key not in {"tables", "made"}}
        rest["evidence"] = {**kept, "sources": unmapped}
    if nominees := rest.get("nominees"):
        rest["nominees"] = [{**row, "source": _as_prose(row["source"])} for row in nominees]
    if audit := rest.get("audit"):
        bare = [{key: row[key] for key in row if key not in {"found", "expected"}} for row in audit["findings"]]
        rest["audit"] = {**audit, "findings": bare}
    return rest


def _as_prose(source: str | dict[str, Any]) -> str:
    """Give why a nominee is one as the first version wrote it."""
    if isinstance(source, str):
        return source
    values: dict[str, str] = source["values"]
    return values["source"] if "source" in values else f"{values['rule']}: chart points over the eligibility period"
