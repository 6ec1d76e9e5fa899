"""What `plaudit serve --demo` serves: the season's demonstration, made where none is running."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from plaudit import pipeline
from plaudit.base.progress import quiet
from plaudit.rulebook.season import Season, read_season
from plaudit.store.evidence import Evidence
from plaudit.vote.demo import live_channel, running_demo, write_demo

__all__ = ["demo_season", "fresh_nominees"]


def demo_season(folder: Path, now: int, hours: int = 24, *, on_progress: Callable[[str, int], None] = quiet) -> Path:
    """Give the folder of the season's demonstration; one that is running is kept, else the next one is made.

    Parameters
    ----------
    now : microseconds, UTC; a new demonstration is open from now on

    Raises
    ------
    RuleInvalid : the season has no vote, or its counting rule no channel in which a vote counts.
    """
    season = read_season(folder)
    if running := running_demo(season, now):
        return running
    live_channel(season)
    tables = Evidence(season.evidence)
    has_nominees = tables.has("nominees")
    nominees = tables.to_rows(tables.read("nominees")) if has_nominees else fresh_nominees(season, on_progress)
    return write_demo(season, nominees, now, hours)


def fresh_nominees(season: Season, on_progress: Callable[[str, int], None] = quiet) -> list[dict[str, Any]]:
    """Give the rows of the table nominees, made anew from the sources and kept nowhere."""
    real = tuple(source for source in season.sources if source.kind != "ballots")
    before = dataclasses.replace(season, sources=real, vote=None)
    with tempfile.TemporaryDirectory(prefix="plaudit-nominees-") as scratch:
        tables = Evidence(Path(scratch))
        for step in (pipeline.collect, pipeline.measure, pipeline.chart, pipeline.nominate):
            on_progress(step.__name__, 0)
            step(before, tables)
        return tables.to_rows(tables.read("nominees").order_by("nominee"))
