"""plaudit collect: sources into tables."""

from __future__ import annotations

from typing import Annotated

import typer

from plaudit import pipeline
from plaudit.cli.output import AsJson, SeasonFolder, opened, print_json, print_table, progress
from plaudit.collect.collect import Collected

__all__ = ["add_to", "print_collected"]


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(epilog="Example: plaudit collect examples/tweets-2016 --strict")(collect)


def collect(
    folder: SeasonFolder,
    as_json: AsJson = False,
    strict: Annotated[bool, typer.Option("--strict", help="Stop at the first row that cannot be used.")] = False,
) -> None:
    """Read the season's sources; rows that cannot be used are set aside and listed."""
    season, tables = opened(folder)
    with progress("collect") as said:
        collected = pipeline.collect(season, tables, strict=strict, said=said)
    if as_json:
        print_json(vars(collected))
    else:
        print_collected(collected)


def print_collected(collected: Collected) -> None:
    """Print how many rows each table has and how many were set aside."""
    print_table("Collected", ["table", "rows"], collected.rows.items())
    if collected.set_aside:
        print_table("Set aside (evidence/set_aside.parquet)", ["reason", "rows"], collected.set_aside.items())
