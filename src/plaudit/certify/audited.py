"""What a certificate states of the audit: what each rule did, appeals, findings, and what the result withstands."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ibis import _

from plaudit.audit.appeals import BALLOT, VOTER, Appeal, read_appeals

if TYPE_CHECKING:
    from plaudit.rulebook.season import Season
    from plaudit.store.evidence import Evidence

__all__ = ["audit_stated", "chart_rows", "checks_stated", "purges_stated"]


def audit_stated(season: Season, tables: Evidence) -> dict[str, Any]:
    """Give what the certificate states under `audit`.

    References
    ----------
    docs/spec/certificate.md, "The audit"
    """
    return purges_stated(season, tables) | checks_stated(tables)


def purges_stated(season: Season, tables: Evidence) -> dict[str, Any]:
    """Give the part of it that the step audit makes: what each rule did, and what appeals gave back."""
    return {"purges": _purges(season, tables), "appeals": _appeals(season, tables)}


def checks_stated(tables: Evidence) -> dict[str, Any]:
    """Give the part of it that the step check makes: the findings, and what result and charts withstand."""
    findings = tables.to_rows(tables.read("findings").order_by("check", "subject"))
    return {
        "findings": [_finding(row) for row in findings],
        "sensitivity": _sensitivity(tables),
        "charts": chart_rows(tables),
    }


def _finding(row: dict[str, Any]) -> dict[str, Any]:
    """Give a finding as it is stated: what it says in codes and values, which its row holds as JSON."""
    said = {key: json.loads(row[key]) for key in ("found", "expected")}
    return {key: row[key] for key in ("check", "subject", "verdict")} | said


def _purges(season: Season, tables: Evidence) -> list[dict[str, Any]]:
    """Give what each rule did, in the season's order, the late ones last.

    Ballots and votes are those the rule was the first to set aside; of a rule that only flags, or
    came late, those it matched.
    """
    cases = tables.read("cases")
    seen = tables.to_rows(
        cases.group_by("rule").agg(cases=_.count(), voters=_.voters.sum(), ballots=_.ballots.sum(), votes=_.votes.sum())
    )
    found = {row["rule"]: row for row in seen}
    sums = _ruled(tables)
    stated = []
    for rule in [*season.purge_rules(), *season.late_rules()]:
        is_late = rule.name in season.audit.late
        case = found.get(rule.name, {})
        own = case
        if rule.does == "set aside":
            own = sums.get((rule.name, "late" if is_late else "set aside"), {})
        stated.append(
            {
                "rule": rule.name,
                "does": rule.does,
                "late": is_late,
                "cases": case.get("cases", 0),
                "voters": case.get("voters", 0),
                "ballots": own.get("ballots", 0),
                "votes": own.get("votes", 0),
                "also": sums.get((rule.name, "also"), {}).get("ballots", 0),
                "reinstated": sums.get((rule.name, "reinstated"), {}).get("ballots", 0),
            }
        )
    return stated


def _ruled(tables: Evidence) -> dict[tuple[str, str], dict[str, int]]:
    """Give ballots and votes of the rulings, by rule and outcome."""
    ballots = tables.read_or_empty("ballots").select("ballot", "votes")
    ruled = tables.read("rulings").inner_join(ballots, "ballot")
    rows = tables.to_rows(ruled.group_by("rule", "outcome").agg(ballots=_.count(), votes=_.votes.sum()))
    return {(row["rule"], row["outcome"]): row for row in rows}


def _appeals(season: Season, tables: Evidence) -> list[dict[str, Any]]:
    """Give the appeals by line, with the ballots that each gave back."""
    appeals = read_appeals(season)
    if not appeals:
        return []
    ballots = tables.read("ballots")
    asked = [appeal.ballot for appeal in appeals if appeal.decision == VOTER]
    voters = ballots.filter(ballots.ballot.isin(asked)).select("voter", appealed="ballot")
    rulings = tables.read("rulings")
    back = rulings.filter(rulings.outcome == "reinstated").select("ballot").distinct()
    given = ballots.semi_join(back, "ballot").select("voter").inner_join(voters, "voter")
    whole = {
        row["appealed"]: row["ballots"] for row in tables.to_rows(given.group_by("appealed").agg(ballots=_.count()))
    }
    return [
        {
            "receipt": appeal.receipt,
            "decision": appeal.decision,
            "why": appeal.why,
            "ballots": _given_back(appeal, whole),
        }
        for appeal in appeals
    ]


def _given_back(appeal: Appeal, whole: dict[int, int]) -> int:
    return whole.get(appeal.ballot, 0) if appeal.decision == VOTER else int(appeal.decision == BALLOT)


def _sensitivity(tables: Evidence) -> dict[str, Any]:
    rows = tables.to_rows(tables.read("sensitivity").order_by("kind", "scenario"))
    result = tables.to_rows(tables.read("result").order_by("position", "nominee"))
    certified = next((row for row in rows if row["kind"] == "certified"), {"margin": 0, "second": ""})
    return {
        "rows": rows,
        "changes": [row["scenario"] for row in rows if row["changes"]],
        "margin": certified["margin"],
        "second": certified["second"],
        "unit": result[0]["unit"] if result else "votes",
    }


def chart_rows(tables: Evidence) -> list[dict[str, Any]]:
    """Give, of every chart, the entries of the first ten and how many of them stay there in every weighting."""
    moved = tables.read_or_empty("chart_sensitivity")
    counts = moved.group_by("chart").agg(entries=_.count(), always=(moved.stays == moved.scenarios).sum())
    return tables.to_rows(counts.order_by("chart"))
