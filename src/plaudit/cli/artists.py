"""plaudit artists: artists.toml, drafted from what the sources name."""

from __future__ import annotations

import typer

from plaudit.base.numbers import counted
from plaudit.cli.output import AsJson, SeasonFolder, print_json, tell
from plaudit.collect.check import look_at
from plaudit.collect.draft import drafts, in_toml
from plaudit.rulebook.season import read_season

__all__ = ["app"]

app = typer.Typer(help="Draft lines of artists.toml.", no_args_is_help=True)


@app.callback()
def _artists() -> None:
    """Draft lines of artists.toml."""


@app.command(epilog="Example: plaudit artists draft my-award >> my-award/artists.toml")
def draft(folder: SeasonFolder, as_json: AsJson = False) -> None:
    """Print lines of artists.toml for unknown accounts. The most frequent accounts come first."""
    season = read_season(folder)
    looks = look_at(season, rows_most=0).sources
    found = drafts(season, {look.source: look.unknown_accounts or {} for look in looks})
    if as_json:
        print_json([vars(one) for one in found])
        return
    typer.echo(in_toml(found), nl=False)
    tell(
        f"{counted(len(found), 'artist')} drafted; check ids, names and kinds before you run"
        if found
        else "every account has its artist"
    )
