"""plaudit collect: sources into tables."""

from __future__ import annotations

from typing import Annotated

import typer

from plaudit import pipeline
from plaudit.cli.output import AsJson, SeasonFolder, print_json, print_table, progress
from plaudit.cli.working import changing
from plaudit.collect.collect import Collected

__all__ = ["add_to", "print_collected"]


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(epilog="Example: plaudit collect examples/tweets-2016 --strict")(collect)


def collect(
    folder: SeasonFolder,
    as_json: AsJson = False,
    strict: Annotated[bool, typer.Option("--strict", help="Refuse the sources if any row cannot be used.")] = False,
    list_rows: Annotated[bool, typer.Option("--set-aside", help="List every row set aside, with its reason.")] = False,
) -> None:
    """Read the season's sources; rows that cannot be used are set aside and listed."""
    with changing("collect", folder) as (season, tables):
        with progress("collect") as on_progress:
            collected = pipeline.collect(season, tables, strict=strict, on_progress=on_progress)
        rows = tables.to_rows(tables.read("set_aside").order_by("source", "file", "row")) if list_rows else []
        if as_json:
            print_json(vars(collected) | ({"set_aside_rows": rows} if list_rows else {}))
            return
        print_collected(collected)
        if rows:
            print_table(
                "Rows set aside", ["source", "file", "row", "reason", "detail"], [list(row.values()) for row in rows]
            )


def print_collected(collected: Collected) -> None:
    """Print how many rows each table has and how many were set aside."""
    print_table("Collected", ["table", "rows"], collected.rows.items())
    if collected.not_given:
        print_table("Not given: no reading, and no fault", ["source and metric", "rows"], collected.not_given.items())
    passed = [[file["source"], file["file"], file["rows"], file["passed_over"]] for file in collected.files]
    if passed := [row for row in passed if row[3]]:
        print_table("Passed over by [source.where]", ["source", "file", "rows", "passed over"], passed)
    if collected.set_aside:
        print_table("Set aside (evidence/set_aside.parquet)", ["reason", "rows"], collected.set_aside.items())
