"""plaudit measure: readings into weekly quantities."""

from __future__ import annotations

import typer

from plaudit import pipeline
from plaudit.cli.output import AsJson, BeneathAt, OnEngine, SeasonFolder, print_json, print_table, progress, tell
from plaudit.cli.working import changing
from plaudit.store.engine import DUCKDB

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(epilog="Example: plaudit measure examples/tweets-2016")(measure)


def measure(folder: SeasonFolder, engine: OnEngine = DUCKDB, evidence: BeneathAt = "", as_json: AsJson = False) -> None:
    """Turn readings into weekly gains and other measures, and say which weeks were seen."""
    with changing("measure", folder, engine, evidence) as (season, tables):
        with progress("measure"):
            pipeline.measure(season, tables)
        weeks = tables.to_rows(tables.read("weeks").order_by("chart", "week")) if tables.has("weeks") else []
        if as_json:
            print_json(weeks)
            return
        for row in weeks:
            if row["unfed"]:
                tell(f"{row['chart']}, week {row['week']}: no source fed {', '.join(row['unfed'].split())}")
        print_table(
            "Weeks",
            ["chart", "week", "days seen", "verdict", "not seen"],
            [[row["chart"], row["week"], row["days_seen"], row["verdict"], row["missing"]] for row in weeks],
        )
