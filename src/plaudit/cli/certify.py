"""plaudit certify: a signed statement of the result and all it rests on."""

from __future__ import annotations

import typer

from plaudit import pipeline
from plaudit.base.errors import OutOfTurn
from plaudit.certify.sealed import is_still_sealed
from plaudit.certify.subjects import certificate_subject
from plaudit.cli.output import AsJson, SeasonFolder, print_json, quoted
from plaudit.cli.ready import refuse_unready
from plaudit.cli.working import changing
from plaudit.keep.acting import acted
from plaudit.publish.publish import SITE

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(epilog="Example: plaudit certify examples/hottest-100")(certify)


def certify(folder: SeasonFolder, as_json: AsJson = False) -> None:
    """Sign what was computed, with the digest of every rule, input and table, and publish what follows."""
    with changing("certify", folder) as (season, tables):
        if is_still_sealed(season):
            raise OutOfTurn("the season's rule seals the result", "reveal it with: plaudit reveal SEASON")
        refuse_unready(season, tables, "certify")
        certificate = pipeline.tell(season, tables)  # a certificate without its files would not verify
        acted(season, tables, "certify", subject=certificate_subject(certificate.statement))
        if as_json:
            print_json(certificate.statement)
        else:
            typer.echo(f"certificate: {certificate.path}")
            typer.echo(f"signed by:   {certificate.signer}")
            if (season.published / SITE).is_dir():
                typer.echo(f"next: plaudit publish {quoted(folder)}, for the pages")
