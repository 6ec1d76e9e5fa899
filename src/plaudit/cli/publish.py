"""plaudit publish: what the public reads."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from plaudit import pipeline
from plaudit.base.digests import files_below
from plaudit.base.extras import lacking
from plaudit.base.numbers import counted
from plaudit.certify.public import public_statement
from plaudit.cli.output import AsJson, SeasonFolder, print_json, progress, quoted, tell
from plaudit.cli.working import changing
from plaudit.publish.publish import SITE
from plaudit.rulebook.season import Season
from plaudit.store.evidence import Evidence

__all__ = ["WithSite", "add_to", "can_make_pages", "print_site", "publish_site"]

WithSite = Annotated[bool, typer.Option("--site/--no-site", help="Also build the pages, below published/site.")]


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(epilog="Example: plaudit publish examples/tweets-2016")(publish)


def publish(folder: SeasonFolder, as_json: AsJson = False, site: WithSite = True) -> None:
    """Write charts, totals, honours, rules, the certificate in plain words, and the pages, to published/."""
    site = site and can_make_pages()
    with changing("publish", folder) as (season, tables):
        stated = public_statement(season, tables)
        honours = pipeline.honour(season, tables, stated)
        pipeline.publish(season, tables, stated, honours)
        if site:
            publish_site(season, tables)
    names = [path.relative_to(season.published).as_posix() for path in files_below(season.published)]
    if as_json:
        print_json(names)
        return
    typer.echo(f"{counted(len(names), 'file')} in {season.published}")
    if site:
        print_site(season)


def can_make_pages() -> bool:
    """Say whether pages can be made here; where they cannot, say what to install, and that the rest is made."""
    if missing := lacking("site"):
        tell(f"no pages are made, {', '.join(missing)} missing; for pages: pip install 'plaudit[site]'")
    return not missing


def publish_site(season: Season, tables: Evidence) -> Any:
    """Build the pages that changed, and show how far it is."""
    with progress(f"{season.title}: pages") as on_progress:
        return pipeline.site(season, tables, on_progress=on_progress)


def print_site(season: Season) -> None:
    """Say where the pages are and how to open them."""
    first_page = (season.published / SITE / "index.html").resolve()
    typer.echo(f"pages: {first_page.as_uri()}")
    command = f"python3 -m http.server -b 127.0.0.1 -d {quoted(_from_here(first_page.parent))}"
    typer.echo(f"  open it in a browser, or serve it: {command}")


def _from_here(folder: Path) -> Path:
    return folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder
