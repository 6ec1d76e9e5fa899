"""plaudit publish: what the public reads."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from plaudit import pipeline
from plaudit.base.digests import files_below
from plaudit.cli.output import AsJson, SeasonFolder, opened, print_json, progress
from plaudit.publish.publish import SITE
from plaudit.rulebook.season import Season
from plaudit.store.evidence import Evidence

__all__ = ["WithSite", "add_to", "print_site", "publish_site"]

WithSite = Annotated[bool, typer.Option("--site/--no-site", help="Build the pages too, below published/site.")]


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(epilog="Example: plaudit publish examples/tweets-2016")(publish)


def publish(folder: SeasonFolder, as_json: AsJson = False, site: WithSite = True) -> None:
    """Write charts, totals, honours, rules, the certificate in plain words, and the pages, to published/."""
    season, tables = opened(folder)
    stated = pipeline.public_statement(season, tables)
    honours = pipeline.honour(season, tables, stated)
    pipeline.publish(season, tables, stated, honours, season.published)
    if site:
        publish_site(season, tables)
    names = [path.relative_to(season.published).as_posix() for path in files_below(season.published)]
    if as_json:
        print_json(names)
        return
    typer.echo(f"{len(names):,} files in {season.published}")
    if site:
        print_site(season)


def publish_site(season: Season, tables: Evidence) -> Any:
    """Build the pages that changed, and show how far it is."""
    with progress(f"{season.title}: pages") as said:
        return pipeline.site(season, tables, said=said)


def print_site(season: Season) -> None:
    """Say where the pages are and how to open them."""
    door = (season.published / SITE / "index.html").resolve()
    typer.echo(f"pages: {door.as_uri()}")
    typer.echo(f"  open it in a browser, or serve it: python3 -m http.server -b 127.0.0.1 -d {_shown(door.parent)}")


def _shown(folder: Path) -> str:
    return folder.relative_to(Path.cwd()).as_posix() if folder.is_relative_to(Path.cwd()) else folder.as_posix()
