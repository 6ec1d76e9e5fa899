"""The command plaudit: one verb a module."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any, Final, cast

import typer
from typer.core import TyperGroup

from plaudit.base.disk import refused
from plaudit.base.errors import FileRefused, PlauditError
from plaudit.base.version import version as installed_version
from plaudit.cli.output import print_json, tell

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["VERBS", "app", "main"]

_STOPPED = 130
"""The exit code of a command that was stopped from the keyboard, as shells have it."""

VERBS: Final = {
    "init": "Make a small season that runs as it is.",
    "doctor": "Check a season and its sources; write nothing.",
    "run": "Walk the whole line, from sources to published files.",
    "fetch": "Ask platforms, and archive their answers.",
    "collect": "Read the sources into tables.",
    "measure": "Turn readings into weekly gains.",
    "chart": "Compute the charts and show one.",
    "release": "Release the weeks that are due, each for good.",
    "correct": "Release a week again, in the open.",
    "nominate": "Find the edition's nominees.",
    "serve": "Take ballots over HTTP, and serve the pages.",
    "audit": "Apply the purge rules, and look at any ballot.",
    "tally": "Count the votes.",
    "check": "Check the count, and write the purge notice.",
    "seal": "Commit to the result without telling it.",
    "certify": "Sign the result, and publish what follows from it.",
    "reveal": "Open a sealed result, certify and publish it.",
    "honour": "Derive the roll of honour.",
    "publish": "Write charts, results, feeds and pages.",
    "verify": "Check a season, certificate or receipt offline.",
    "simulate": "Make the synthetic ballots that a season declares.",
    "artists": "Draft lines of artists.toml.",
    "vote": "Open, close, import and look at a live vote.",
    "log": "Read, prove, mirror, watch and cosign a log.",
    "keep": "Do what the calendar says, each act at its hour.",
    "due": "Show what is due, what is late, what comes next.",
    "sign": "Agree to an act that cannot be undone.",
    "acts": "List what the operators did, and why.",
    "witness": "Sign other people's logs, over HTTP.",
    "archive": "Check, show, export and forget what was answered.",
    "rules": "List, show and compare rule files.",
}
"""The verbs, in the order of the line, each with what `plaudit --help` says of it."""


class _Loaded(Mapping[str, Any]):
    """The command of each verb; its module is imported when it is asked for."""

    def __init__(self) -> None:
        self._made: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._made:
            if name not in VERBS:
                raise KeyError(name)
            self._made[name] = _command(name)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(VERBS)

    def __len__(self) -> int:
        return len(VERBS)


def _command(name: str) -> Any:
    module = import_module(f"plaudit.cli.{name}")
    alone = typer.Typer(add_completion=False, rich_markup_mode=None)
    if group := getattr(module, "app", None):
        alone.add_typer(group, name=name)
        alone.callback()(_root)  # or it would be the group itself
        return cast("TyperGroup", typer.main.get_command(alone)).commands[name]
    module.add_to(alone)
    command = typer.main.get_command(alone)
    command.name = name
    return command


class _Verbs(TyperGroup):
    """The verbs; one that is stopped says so."""

    def __init__(self, **attrs: Any) -> None:
        super().__init__(**attrs)
        self.commands = cast("Any", _Loaded())

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 - Typer's signature
        """Write the verbs without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(VERBS.items()))

    def invoke(self, ctx: Any) -> Any:
        """Run the verb."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise _stopped() from None


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


@app.callback(invoke_without_command=True)
def _root(
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
) -> None:
    if version:
        typer.echo(installed_version())
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
    except Exception as error:
        if _is_of_interrupt(error):
            raise _stopped() from None
        if not _is_of_machine(error):
            raise
        _end(_of_engine(error))


def _stopped() -> SystemExit:
    """Say that somebody stopped the command."""
    tell("plaudit: stopped")
    tell("  → nothing half made is left; run the same command to start again")
    return SystemExit(_STOPPED)


def _is_of_interrupt(error: Exception) -> bool:
    """Say whether Ctrl-C ended a query: the engine answers it with an error of its own."""
    duckdb = sys.modules.get("duckdb")
    return (duckdb is not None and isinstance(error, duckdb.InterruptException)) or (
        isinstance(error, RuntimeError) and str(error) == "Query interrupted"
    )


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


def _is_of_machine(error: Exception) -> bool:
    """Say whether it is the engine's word on a disk or on memory; an engine that was not imported has none."""
    duckdb = sys.modules.get("duckdb")
    return duckdb is not None and isinstance(error, (duckdb.IOException, duckdb.OutOfMemoryException))


def _of_engine(error: Exception) -> FileRefused:
    """Give what the engine says of a disk or of memory in one line."""
    line = str(error).strip().splitlines()[0]
    return FileRefused(line, "make room in memory and on the disk of the temporary folder (TMPDIR), then run it again")
