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
    if audit := rest.get("audit"):
        bare = [{key: row[key] for key in row if key not in {"found", "expected"}} for row in audit["findings"]]
        rest["audit"] = {**audit, "findings": bare}
    return rest
