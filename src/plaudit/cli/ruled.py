"""What became of one ballot: the rulings on it, or the columns its voter's votes are in."""

from __future__ import annotations

from typing import Any

import typer

from plaudit.audit.grounds import told_ground
from plaudit.base.errors import UnknownName
from plaudit.base.weeks import instant_text
from plaudit.cli.output import print_table
from plaudit.rulebook.season import Season
from plaudit.store.evidence import Evidence
from plaudit.tally.tally import COLUMNS
from plaudit.tally.tally import tally as tally_ballots
from plaudit.words.counted import ballots as ballots_counted
from plaudit.words.counted import voters, votes
from plaudit.words.names import known
from plaudit.words.words import SOURCE_LANGUAGE, words_of

__all__ = ["print_ballot", "ruled_ballot"]


def ruled_ballot(season: Season, tables: Evidence, leaf: int) -> dict[str, Any]:
    """Give a ballot, the rulings on it with their cases, and the columns of its voter's votes.

    Raises
    ------
    UnknownName : the leaf is no ballot's.
    OutOfTurn : the audit has not run.
    """
    ballots = tables.read_or_empty("ballots")
    rows = tables.to_rows(ballots.filter(ballots.ballot == leaf - 1))
    if not rows:
        most = tables.to_rows(ballots.agg(ballots=ballots.count()))[0]["ballots"]
        raise UnknownName(f"leaf {leaf} is not a ballot", f"ballots are leaves 1 to {most}", leaf=leaf)
    ballot = rows[0]
    shown = {key: ballot[key] for key in ("channel", "nominee", "votes", "voter", "gesture", "source")}
    shown["cast_at"] = instant_text(ballot["cast_at"])
    rulings = _rulings(season, tables, ballot["ballot"])
    return {
        "leaf": leaf,
        "ballot": shown,
        "rulings": rulings,
        "voter": _columns(season, tables, ballot["voter"]),
    }


def _rulings(season: Season, tables: Evidence, ballot: int) -> list[dict[str, Any]]:
    """Give the rulings on a ballot in the order of the rules."""
    rulings, cases = tables.read("rulings"), tables.read("cases")
    found = {row["rule"]: row for row in tables.to_rows(rulings.filter(rulings.ballot == ballot))}
    stated = []
    for rule in [*season.purge_rules(), *season.late_rules()]:
        ruling = found.get(rule.name)
        if ruling is None:
            continue
        case = tables.to_rows(cases.filter(cases.rule == rule.name, cases.case == ruling["case"]))[0]
        stated.append(
            {
                "rule": rule.name,
                "outcome": ruling["outcome"],
                "told": rule.told,
                "case": {
                    "number": case["case"],
                    **{key: case[key] for key in ("voters", "ballots", "votes")},
                    "first_leaf": case["first_ballot"] + 1,
                    "last_leaf": case["last_ballot"] + 1,
                    "first_at": instant_text(case["first_at"]),
                    "last_at": instant_text(case["last_at"]),
                },
                "evidence": _evidence(tables, rule.name, ballot),
                "query": f"published/audit/{rule.name}.sql",
            }
        )
    return stated


def _evidence(tables: Evidence, rule: str, ballot: int) -> str:
    """Give the numbers that the ballot's voter was matched on."""
    ballots, suspects = tables.read("ballots"), tables.read("suspects")
    voter = ballots.filter(ballots.ballot == ballot).select("voter")
    rows = tables.to_rows(suspects.filter(suspects.rule == rule).semi_join(voter, "voter").select("evidence"))
    return str(rows[0]["evidence"])


def _columns(season: Season, tables: Evidence, voter: int) -> list[dict[str, Any]]:
    """Count the voter's ballots alone, which is how caps count them."""
    ballots, rulings = tables.read("ballots"), tables.read("rulings")
    own = tables.materialize(ballots.filter(ballots.voter == voter))
    nominees = [row["nominee"] for row in tables.to_rows(tables.read("nominees"))]
    found = tally_ballots(
        own,
        tables.rows("source_totals", []),
        rulings.semi_join(own, "ballot"),
        nominees,
        season.counting_rule(),
        season.windows(),
        materialize=tables.materialize,
    )
    columns = ("cast", *COLUMNS)
    return [
        {key: row[key] for key in ("nominee", "channel")} | {name: row[f"votes_{name}"] for name in columns}
        for row in found.totals
        if row["votes_cast"]
    ]


def print_ballot(found: dict[str, Any]) -> None:
    """Print it for the voter."""
    said = words_of(SOURCE_LANGUAGE).plain
    ballot = found["ballot"]
    typer.echo(
        f"leaf {found['leaf']}: {ballot['votes']:,} for {ballot['nominee']} in {ballot['channel']}, {ballot['cast_at']}"
    )
    if not found["rulings"]:
        typer.echo("no purge rule touched this ballot")
    for ruling in found["rulings"]:
        case = ruling["case"]
        typer.echo(f"{ruling['rule']}: {said(known('ruling', ruling['outcome']))}")
        typer.echo(f"  told:     {ruling['told']}")
        typer.echo(f"  evidence: {said(told_ground(ruling['evidence']))}")
        of_case = map(said, (voters(case["voters"]), ballots_counted(case["ballots"]), votes(case["votes"])))
        leaves = f"leaves {case['first_leaf']:,} to {case['last_leaf']:,}, {case['first_at']} to {case['last_at']}"
        typer.echo(f"  case {case['number']}: {', '.join(of_case)}, {leaves}")
        typer.echo(f"  repeat:   {ruling['query']}")
    print_table(
        "Where this voter's votes went",
        ["nominee", "channel", "cast", *(column.replace("_", " ") for column in COLUMNS)],
        [[row["nominee"], row["channel"], row["cast"], *(row[column] for column in COLUMNS)] for row in found["voter"]],
    )
