"""plaudit nominate: who stands for election."""

from __future__ import annotations

import typer

from plaudit import pipeline
from plaudit.base.errors import OutOfTurn
from plaudit.cli.output import AsJson, BeneathAt, OnEngine, SeasonFolder, print_json, print_table
from plaudit.cli.working import changing
from plaudit.store.engine import DUCKDB
from plaudit.store.evidence import Evidence

__all__ = ["add_to", "print_nominees"]


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(epilog="Example: plaudit nominate examples/top-social-artist-2018")(nominate)


def nominate(
    folder: SeasonFolder, engine: OnEngine = DUCKDB, evidence: BeneathAt = "", as_json: AsJson = False
) -> None:
    """Find the edition's nominees by the chart, by name, or both."""
    with changing("nominate", folder, engine, evidence) as (season, tables):
        if season.nomination is None:
            raise OutOfTurn("the season nominates nobody", "add [nomination] to season.toml")
        pipeline.nominate(season, tables)
        if as_json:
            print_json(tables.to_rows(tables.read("nominees").order_by("nominee")))
        else:
            print_nominees(tables)


def print_nominees(tables: Evidence, most: int = 20) -> None:
    """Print the nominees, those with most chart points first."""
    rows = tables.to_rows(tables.read("nominees"))
    rows.sort(key=lambda row: (-row["points"], row["nominee"]))
    more = f", the first {most}" if len(rows) > most else ""
    print_table(
        f"Nominees ({len(rows)}{more})",
        ["nominee", "ground", "points", "charts"],
        [[row["name"], row["ground"], row["points"], row["charts"]] for row in rows[:most]],
    )
