"""plaudit simulate: synthetic ballots, labelled as such."""

from __future__ import annotations

import dataclasses
import tempfile
from pathlib import Path

import typer

from plaudit import pipeline
from plaudit.base.errors import OutOfTurn, RuleInvalid
from plaudit.base.numbers import counted
from plaudit.cli.output import AsJson, SeasonFolder, print_json, progress, tell
from plaudit.rulebook.season import read_season
from plaudit.simulate.simulate import simulate_ballots
from plaudit.store.evidence import Evidence

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(epilog="Example: plaudit simulate examples/top-social-artist-2018")(simulate)


def simulate(folder: SeasonFolder, as_json: AsJson = False) -> None:
    """Make the synthetic season that [simulate] in season.toml describes, from its seed.

    Ballots, a file a day; beside them, in about/, what a source could say of voters,
    and the truth about who is an attacker, which no season reads.
    """
    season = read_season(folder)
    if season.simulate is None or season.vote is None:
        raise OutOfTurn("the season has no [simulate]", "add it, with a seed, a source, ballots and voters")
    source = next(source for source in season.sources if source.id == season.simulate.source)
    pattern = Path(source.files)
    if source.kind != "ballots" or pattern.name != "*.parquet" or "*" in pattern.parent.as_posix():
        raise RuleInvalid(
            f"season.toml: simulated ballots are a file a day, and source {source.id} is {source.kind} {source.files}",
            'let it be of kind = "ballots" with files = "data/ballots/*.parquet"',
        )
    real = tuple(source for source in season.sources if source.kind not in {"ballots", "voters"})
    with tempfile.TemporaryDirectory(prefix="plaudit-simulate-") as scratch, progress("simulate") as on_progress:
        before = dataclasses.replace(season, sources=real, vote=None)
        tables = Evidence(Path(scratch))
        for step in (pipeline.collect, pipeline.measure, pipeline.chart, pipeline.nominate):
            on_progress(step.__name__, 0)
            step(before, tables)
        nominees = [
            (row["nominee"], row["points"]) for row in tables.to_rows(tables.read("nominees").order_by("nominee"))
        ]
        on_progress("ballots", season.simulate.ballots)
        into = folder / pattern.parent
        made = simulate_ballots(season.simulate, nominees, season.counting_rule(), season.windows(), into)
    if as_json:
        print_json({"synthetic": True, "ballots": made, "seed": season.simulate.seed, "folder": into})
    else:
        tell(f"{counted(made, 'SYNTHETIC ballot')} from seed {season.simulate.seed} in {into}: nobody cast them")
