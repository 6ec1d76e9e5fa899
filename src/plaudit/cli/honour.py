"""plaudit honour: titles, nominations, streaks and firsts."""

from __future__ import annotations

from dataclasses import asdict

import typer

from plaudit import pipeline
from plaudit.certify.certificate import CERTIFICATE, read_certificate
from plaudit.cli.output import AsJson, SeasonFolder, print_json, print_table
from plaudit.cli.working import looking
from plaudit.honour.honours import Honour, firsts, records
from plaudit.rulebook.season import Season
from plaudit.store.evidence import Evidence

__all__ = ["add_to", "print_records"]


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(epilog="Example: plaudit honour examples/top-social-artist-2018 --json")(honour)


def honour(folder: SeasonFolder, as_json: AsJson = False) -> None:
    """Derive the roll of honour from past editions and certificates."""
    with looking("honour", folder) as (season, tables):
        certificate = read_certificate(season.published / CERTIFICATE)
        honours = pipeline.honour(season, tables, certificate.statement)
        if as_json:
            print_json(
                {
                    "honours": [asdict(item) for item in honours],
                    "records": [asdict(item) for item in records(honours)],
                    "firsts": [asdict(item) for item in firsts(honours, season.artists)],
                }
            )
        else:
            print_records(season, tables)


def print_records(season: Season, tables: Evidence, most: int = 10) -> None:
    """Print titles, nominations and streaks, and the firsts of groups, countries and genres."""
    honours = [Honour(**row) for row in tables.to_rows(tables.read("honours"))]
    if not honours:
        return
    names = {artist.id: artist.name for artist in season.artists.artists}
    if tables.has("nominees"):
        names |= {row["nominee"]: row["name"] for row in tables.to_rows(tables.read("nominees"))}
    held = records(honours)
    shown = [record for record in held if record.titles or len(held) <= 2 * most][:most]
    print_table(
        f"Roll of honour ({len(held)} titled or nominated; each with its source in published/honours.json)",
        ["artist", "titles", "editions won", "nominations", "longest streak", "current streak"],
        [
            [
                names.get(record.artist, record.artist),
                len(record.titles),
                " ".join(record.titles),
                len(record.nominations),
                record.longest_streak,
                record.current_streak,
            ]
            for record in shown
        ],
    )
    told = [first for first in firsts(honours, season.artists) if first.attribute != "person"]
    if told:
        print_table(
            "Firsts",
            ["first to win", "edition", "artist"],
            [[first.attribute, first.edition, names.get(first.artist, first.artist)] for first in told],
        )
