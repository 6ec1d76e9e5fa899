"""plaudit doctor: everything checked, nothing computed."""

from __future__ import annotations

import typer

from plaudit.cli.output import AsJson, SeasonFolder, print_json, tell
from plaudit.collect.check import check_sources
from plaudit.honour.honours import earlier_certificates, read_honours
from plaudit.nominate.nominate import named_nominees
from plaudit.rulebook.season import read_season

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(epilog="Example: plaudit doctor examples/tweets-2016")(doctor)


def doctor(folder: SeasonFolder, as_json: AsJson = False) -> None:
    """Check season, artists, rules, honours and the head of every source file; compute and write nothing."""
    season = read_season(folder)
    found = [
        f"season.toml: {season.title}",
        f"artists.toml: {len(season.artists.artists)} artists, {len(season.artists.labels)} label channels",
        *(f"rule {name}: SHA-256 {cited.sha256}" for name, cited in season.rules.items()),
        f"honours.csv: {len(read_honours(folder / 'honours.csv', season.artists))} titles and nominations",
        f"certificates: {len(earlier_certificates(folder / 'certificates'))} of earlier editions",
    ]
    if season.nomination and (season.nomination.named or season.nomination.nominees_file):
        found.append(f"nominees named: {len(named_nominees(folder, season.nomination))}")
    found += check_sources(season)
    if as_json:
        print_json({"ok": True, "found": found})
        return
    for line in found:
        tell(f"  ✓ {line}")
    typer.echo("ok")
