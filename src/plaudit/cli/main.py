"""The command plaudit: one verb a module."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

import plaudit
from plaudit.base.errors import PlauditError
from plaudit.cli import (
    audit,
    certify,
    chart,
    collect,
    doctor,
    honour,
    init,
    log,
    measure,
    nominate,
    publish,
    reveal,
    rules,
    run,
    serve,
    simulate,
    tally,
    verify,
    vote,
)
from plaudit.cli.output import print_json, tell

__all__ = ["app", "main"]

app = typer.Typer(
    name="plaudit",
    help="Weekly artist charts and fan-voted awards that anyone can recompute.",
    epilog="Exit codes: 2 what you asked for, 3 a rule or season file, 4 a source, 5 a ballot, 6 the evidence.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

for verb in (
    init,
    doctor,
    run,
    collect,
    measure,
    chart,
    nominate,
    serve,
    audit,
    tally,
    certify,
    reveal,
    honour,
    publish,
):
    verb.add_to(app)
for verb in (verify, simulate):
    verb.add_to(app)
app.add_typer(vote.app, name="vote")
app.add_typer(log.app, name="log")
app.add_typer(rules.app, name="rules")


@app.callback(invoke_without_command=True)
def _root(
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
) -> None:
    if version:
        typer.echo(plaudit.__version__)
        raise typer.Exit


def main() -> None:
    """Run the command; errors of ours become one line and an exit code."""
    try:
        app()
    except PlauditError as error:
        if "--json" in sys.argv:
            print_json(error.problem())
        tell(f"plaudit: {error.what}")
        tell(f"  → {error.remedy}")
        raise SystemExit(error.exit_code) from None
