"""plaudit reveal: a sealed result is told."""

from __future__ import annotations

import typer

from plaudit import pipeline
from plaudit.base.errors import OutOfTurn
from plaudit.certify.seal import is_sealed
from plaudit.cli.output import AsJson, OnEngine, SeasonFolder, print_json, progress
from plaudit.cli.publish import WithSite, can_make_pages, print_site
from plaudit.cli.tally import print_totals
from plaudit.cli.working import changing
from plaudit.keep.acting import acted
from plaudit.store.engine import DUCKDB

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(epilog="Example: plaudit reveal my-award")(reveal)


def reveal(folder: SeasonFolder, engine: OnEngine = DUCKDB, as_json: AsJson = False, site: WithSite = True) -> None:
    """Count once more. If the result is the one that was sealed, certify and publish it."""
    site = site and can_make_pages()
    with changing("reveal", folder, engine) as (season, tables):
        if not is_sealed(season):
            raise OutOfTurn("the season's rule does not seal the result", "publish it with: plaudit run SEASON")
        with progress("reveal") as on_progress:
            certificate = pipeline.reveal(season, tables, pages=site, on_progress=on_progress)
        acted(season, tables, "reveal")
        if as_json:
            print_json(certificate.statement)
            return
        print_totals(season, tables)
        typer.echo(f"certificate: {certificate.path}")
        typer.echo(f"signed by:   {certificate.signer}")
        if site:
            print_site(season)
