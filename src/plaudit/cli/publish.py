"""plaudit publish: what the public reads."""

from __future__ import annotations

import typer

from plaudit import pipeline
from plaudit.base.digests import files_below
from plaudit.certify.certificate import CERTIFICATE, read_certificate
from plaudit.cli.output import AsJson, SeasonFolder, opened, print_json

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(epilog="Example: plaudit publish examples/tweets-2016")(publish)


def publish(folder: SeasonFolder, as_json: AsJson = False) -> None:
    """Write charts, totals, honours, rules and the certificate in plain words to published/."""
    season, tables = opened(folder)
    stated = read_certificate(season.published / CERTIFICATE).statement
    honours = pipeline.honour(season, tables, stated)
    pipeline.publish(season, tables, stated, honours, season.published)
    names = [path.relative_to(season.published).as_posix() for path in files_below(season.published)]
    if as_json:
        print_json(names)
    else:
        typer.echo(f"{len(names)} files in {season.published}")
