"""plaudit doctor: everything checked, nothing computed."""

from __future__ import annotations

import typer

from plaudit.cli.output import AsJson, SeasonFolder, print_json, tell
from plaudit.collect.check import check_sources
from plaudit.collect.near_misses import declared_ids, in_heads
from plaudit.honour.honours import earlier_certificates, read_honours
from plaudit.measure.check import check_parts
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
    named = named_nominees(folder, season.nomination) if season.nomination else []
    if named:
        found.append(f"nominees named: {len(named)}")
    found += check_sources(season)
    found += check_parts(season)
    misses = in_heads(season, declared_ids(season, [item["nominee"] for item in named]))
    if as_json:
        print_json({"ok": True, "found": found, "near_misses": misses})
        return
    for line in found:
        tell(f"  ✓ {line}")
    for miss in misses:
        tell(f"  ! near miss: {miss}")
    typer.echo("ok")
