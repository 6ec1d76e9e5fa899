"""The command plaudit: one verb a module."""

from __future__ import annotations

import os
import sys
from typing import Annotated, Any

import duckdb
import typer
from typer.core import TyperGroup

import plaudit
from plaudit.base.disk import refused
from plaudit.base.errors import FileRefused, PlauditError
from plaudit.cli import (
    artists,
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

_STOPPED = 130
"""The exit code of a command that was stopped from the keyboard, as shells have it."""


class _Verbs(TyperGroup):
    """The verbs; one that is stopped says so."""

    def invoke(self, ctx: Any) -> Any:
        """Run the verb."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            tell("plaudit: stopped")
            tell("  → nothing half made is left; run the same command to start again")
            raise SystemExit(_STOPPED) from None


app = typer.Typer(
    cls=_Verbs,
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
app.add_typer(artists.app, name="artists")
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
    """Run the command; errors of ours, and what the machine refuses, become two lines and an exit code."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # it was closed before we came
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115
    try:
        app()
    except PlauditError as error:
        _end(error)
    except OSError as error:
        _end(refused(error))
    except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
        _end(_of_engine(error))


def _end(error: PlauditError) -> None:
    try:
        if "--json" in sys.argv:
            print_json(error.problem())
            sys.stdout.flush()
    except OSError:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
    tell(f"plaudit: {error.what}")
    tell(f"  → {error.remedy}")
    raise SystemExit(error.exit_code) from None


def _of_engine(error: duckdb.Error) -> FileRefused:
    """Give what the engine says of a disk or of memory in one line."""
    line = str(error).strip().splitlines()[0]
    return FileRefused(line, "make room in memory and on the disk of the temporary folder (TMPDIR), then run it again")
