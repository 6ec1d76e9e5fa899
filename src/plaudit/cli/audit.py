"""plaudit audit: declared rules set ballots aside, and every ballot can be asked about."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from plaudit import pipeline
from plaudit.base.errors import AskError, OutOfTurn, UnknownName
from plaudit.certify.audited import audit_stated
from plaudit.certify.certificate import canonical
from plaudit.certify.sealed import is_still_sealed
from plaudit.certify.statement import evidence_kind
from plaudit.cli.output import (
    AsJson,
    BeneathAt,
    OnEngine,
    SeasonFolder,
    print_json,
    print_table,
    progress,
    tell,
)
from plaudit.cli.ruled import print_ballot, ruled_ballot
from plaudit.cli.working import looking
from plaudit.publish.english import finding_row
from plaudit.publish.publish import write_notice
from plaudit.rulebook.season import Season
from plaudit.rulebook.words import counted
from plaudit.store.engine import DUCKDB
from plaudit.store.evidence import Evidence
from plaudit.verify.receipt import log_at, verify_receipt
from plaudit.vote.log import CHECKPOINT, has_log
from plaudit.vote.receipt import read_receipt

__all__ = ["add_to", "print_audit"]

_MOST = 10


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(epilog="Example: plaudit audit examples/top-social-artist-2018")(audit)


def audit(
    folder: SeasonFolder,
    receipt: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Say what happened to this receipt's ballot.")
    ] = None,
    leaf: Annotated[
        int | None, typer.Option(metavar="NUMBER", help="Say what happened to the ballot at this leaf of the log.")
    ] = None,
    engine: OnEngine = DUCKDB,
    evidence: BeneathAt = "",
    as_json: AsJson = False,
) -> None:
    """Apply the purge rules and the appeals, count, check the count, and write the purge notice."""
    with looking("audit", folder, engine, evidence) as (season, tables):
        if season.vote is None:
            raise OutOfTurn("the season has no vote", "add [vote] to season.toml")
        if receipt is not None and leaf is not None:
            raise AskError("--receipt and --leaf were both given", "give one of them")
        if receipt is not None or leaf is not None:
            asked = leaf if leaf is not None else _leaf_of(folder, receipt)
            found = ruled_ballot(season, tables, asked)
            print_json(found) if as_json else print_ballot(found)
            return
        steps = [pipeline.audit, pipeline.tally, pipeline.check]
        if not evidence and has_log(season) and not (tables.has("ballots") and (season.log / CHECKPOINT).is_file()):
            steps.insert(0, pipeline.vote)
        with progress("audit") as on_progress:
            pipeline.walk(season, tables, steps, on_progress)
            stated = json.loads(canonical(audit_stated(season, tables)))  # as a certificate gives it back
        is_hidden = is_still_sealed(season)
        notice = None if is_hidden else write_notice(season, tables, {"audit": stated})
        if as_json:
            print_json({"evidence": evidence_kind(season), **stated, "notice": notice})
            return
        print_audit(season, tables, stated)
        if is_hidden:
            tell("the result is sealed: the notice is published when it is revealed, with plaudit reveal")
        elif season.change and season.change.keeps:
            typer.echo(f"notice: {notice}")


def print_audit(season: Season, tables: Evidence, stated: dict[str, Any]) -> None:
    """Print what each rule did, the totals before and after, what fails, and whether the winner ever changes."""
    kind = evidence_kind(season)
    label = "" if kind == "real" else f" – {kind.upper()}"
    if stated["purges"]:
        print_table(
            f"What each purge rule did{label}",
            ["rule", "does", "cases", "voters", "ballots", "votes", "also", "reinstated"],
            [
                [
                    row["rule"],
                    "late" if row["late"] else row["does"],
                    *(row[key] for key in ("cases", "voters", "ballots", "votes", "also", "reinstated")),
                ]
                for row in stated["purges"]
            ],
        )
    else:
        tell("the season declares no purge rule: nothing is set aside")
    rows = _before_and_after(tables)
    shown = [row for place, row in enumerate(rows) if place < _MOST or row[2]]
    more = f", the first {_MOST} and those with votes set aside, of {len(rows)}" if len(rows) > len(shown) else ""
    print_table(f"Votes before and after{more}{label}", ["nominee", "cast", "set aside", "counted"], shown)
    wrong = [row for row in stated["findings"] if row["verdict"] in {"fails", "alarm"}]
    if wrong:
        print_table(
            f"What does not check out{label}",
            ["check", "subject", "verdict", "found", "expected"],
            [finding_row(row) for row in wrong],
        )
    else:
        typer.echo(f"{counted(len(stated['findings']), 'check')}, and none fails")
    sensitivity = stated["sensitivity"]
    for scenario in sensitivity["changes"]:
        typer.echo(f"the winner is another under: {scenario}")
    if sensitivity["rows"] and not sensitivity["changes"]:
        typer.echo(f"the winner is the same in all of {counted(len(sensitivity['rows']), 'way')} to count")


def _before_and_after(tables: Evidence) -> list[list[Any]]:
    names = {row["nominee"]: row["name"] for row in tables.to_rows(tables.read("nominees"))}
    totals = tables.read("totals")
    sums = totals.group_by("nominee").agg(
        cast=totals.votes_cast.sum(), aside=totals.votes_set_aside.sum(), counted=totals.votes_counted.sum()
    )
    rows = tables.to_rows(sums)
    rows.sort(key=lambda row: (-row["counted"], row["nominee"]))
    return [
        [names.get(row["nominee"], row["nominee"]), row["cast"], row["aside"], row["counted"]]
        for row in rows
        if row["nominee"] in names or row["aside"]
    ]


def _leaf_of(folder: Path, receipt: Path | None) -> int:
    text = read_receipt(receipt) if receipt else ""
    if not text:
        raise UnknownName(f"no receipt in {receipt}", "give the file as you got it from the vote, or --leaf NUMBER")
    return verify_receipt(text, None, log_at(str(folder))).leaf
