"""plaudit audit: declared rules set ballots aside, and every ballot can be asked about."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from plaudit import pipeline
from plaudit.base.errors import AskError, UnknownName
from plaudit.certify.audited import purges_stated
from plaudit.certify.statement import evidence_kind
from plaudit.cli.output import (
    AsJson,
    BeneathAt,
    OnEngine,
    SeasonFolder,
    print_json,
    print_table,
    progress,
)
from plaudit.cli.ready import refuse_unready, refuse_voteless
from plaudit.cli.ruled import print_ballot, ruled_ballot
from plaudit.cli.tally import label
from plaudit.cli.working import looking
from plaudit.rulebook.season import Season
from plaudit.store.engine import DUCKDB
from plaudit.verify.receipt import log_at, verify_receipt
from plaudit.vote.receipt import read_receipt

__all__ = ["add_to"]


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
    """Apply the purge rules and the appeals: say which ballots are set aside, or what became of one."""
    with looking("audit", folder, engine, evidence) as (season, tables):
        refuse_voteless(season)
        if receipt is not None and leaf is not None:
            raise AskError("--receipt and --leaf were both given", "give one of them")
        if receipt is not None or leaf is not None:
            asked = leaf if leaf is not None else _leaf_of(folder, receipt)
            found = ruled_ballot(season, tables, asked)
            print_json(found) if as_json else print_ballot(found)
            return
        refuse_unready(season, tables, "audit", is_elsewhere=bool(evidence))
        with progress("audit") as on_progress:
            pipeline.walk(season, tables, [pipeline.audit], on_progress)
        stated = purges_stated(season, tables)
        if as_json:
            print_json({"evidence": evidence_kind(season), **stated})
        else:
            _print(season, stated)


def _print(season: Season, stated: dict[str, Any]) -> None:
    """Print what each rule did."""
    if not stated["purges"]:
        typer.echo("the season declares no purge rule: nothing is set aside")
        return
    print_table(
        f"What each purge rule did{label(season)}",
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


def _leaf_of(folder: Path, receipt: Path | None) -> int:
    text = read_receipt(receipt) if receipt else ""
    if not text:
        raise UnknownName(f"no receipt in {receipt}", "give the file as you got it from the vote, or --leaf NUMBER")
    return verify_receipt(text, None, log_at(str(folder))).leaf
