"""plaudit run: the whole line."""

from __future__ import annotations

from typing import Annotated

import typer

from plaudit import pipeline
from plaudit.certify.seal import is_sealed, read_commitment
from plaudit.certify.subjects import certificate_subject, note_subject
from plaudit.cli.chart import print_chart
from plaudit.cli.collect import print_collected
from plaudit.cli.honour import print_records
from plaudit.cli.nominate import print_nominees
from plaudit.cli.output import AsJson, OnEngine, SeasonFolder, print_json, progress, quoted, tell
from plaudit.cli.publish import WithSite, can_make_pages, print_site
from plaudit.cli.tally import print_totals
from plaudit.cli.working import changing
from plaudit.keep.acting import acted
from plaudit.rulebook.season import Season
from plaudit.store.engine import DUCKDB
from plaudit.store.evidence import Evidence

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(epilog="Example: plaudit run examples/top-social-artist-2018")(run)


def run(
    folder: SeasonFolder,
    engine: OnEngine = DUCKDB,
    as_json: AsJson = False,
    site: WithSite = True,
    strict: Annotated[bool, typer.Option("--strict", help="Refuse the sources if any row cannot be used.")] = False,
) -> None:
    """Walk the whole line: collect, measure, chart, nominate, vote, audit, tally, check, certify, honour, publish."""
    site = site and can_make_pages()
    with changing("run", folder, engine) as (season, tables):
        with progress(season.title) as on_progress:
            made = pipeline.run(season, tables, strict=strict, pages=site, on_progress=on_progress, on_warning=_warned)
        if made.certificate is None:
            acted(season, tables, "seal", subject=note_subject(read_commitment(season)))
        elif not is_sealed(season):
            acted(season, tables, "certify", subject=certificate_subject(made.certificate.statement))
        if as_json:
            stated = made.certificate and made.certificate.statement
            told = {"collected": vars(made.collected), "near_misses": made.near_misses}
            print_json({**told, "certificate": stated, "commitment": made.commitment})
        else:
            _print(season, tables, made, site=site)


def _warned(miss: str) -> None:
    tell(f"near miss: {miss}")


def _print(season: Season, tables: Evidence, made: pipeline.Run, *, site: bool) -> None:
    tell(season.title)
    print_collected(made.collected)
    if season.charts:
        print_chart(season, tables, season.charts[-1].rule, week="", places=10)
    if season.nomination:
        print_nominees(tables)
    if made.certificate is None:
        typer.echo(f"sealed: {made.commitment}")
        typer.echo(f"next: plaudit reveal {quoted(season.folder)}")
    else:
        if season.vote:
            print_totals(season, tables)
        print_records(season, tables)
        typer.echo(f"certificate: {made.certificate.path}")
        typer.echo(f"signed by:   {made.certificate.signer}")
    if site:
        print_site(season)
