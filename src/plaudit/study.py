"""A season opened for study: its tables as Arrow or pandas, and recounted under another rule.

    from plaudit import open_season

    season = open_season("examples/top-social-artist-2018")
    season.table("entries")                                  as Arrow
    season.under("social-weekly@1").frame("entries")         as pandas, charted by another rule

Nothing is written into the season: what is computed again lies in a temporary folder, and goes with the object.
"""

from __future__ import annotations

import shutil
import tempfile
import weakref
from pathlib import Path
from typing import TYPE_CHECKING

from plaudit import pipeline
from plaudit.base.change import Look
from plaudit.base.errors import NotInstalled, UnknownName
from plaudit.base.spelling import meant
from plaudit.compare.what_if import what_if
from plaudit.rulebook.library import RuleLibrary, read_rule
from plaudit.rulebook.season import Season, read_season
from plaudit.store.engine import DUCKDB
from plaudit.store.evidence import Evidence
from plaudit.store.tables import TABLES

if TYPE_CHECKING:
    import ibis
    import pandas as pd
    import pyarrow as pa

__all__ = ["Study", "open_season"]

_DECIDES = {"chart": (pipeline.measure, pipeline.chart), "nomination": (pipeline.nominate,)}
"""By kind of rule, the steps that it decides; any other decides the audit and the tally."""


class Study:
    """A season and its tables, to be read and recounted; it changes nothing.

    Attributes
    ----------
    season : what the season declares
    evidence : its tables, as every step of the line reads them
    """

    def __init__(self, season: Season, evidence: Evidence) -> None:
        self.season = season
        self.evidence = evidence
        self._stands_on: Study | None = None

    @property
    def tables(self) -> list[str]:
        """The names of the tables that there are, in the order of the line; see docs/reference/tables.md."""
        return [name for name in TABLES if self.evidence.has(name)]

    def table(self, name: str) -> pa.Table:
        """Give a table as Arrow, in the order of its key.

        Raises
        ------
        UnknownName : there is no table of that name.
        OutOfTurn : the step that makes it has not run.
        """
        return self.arrow(self.read(name).order_by(list(TABLES[name].order)))

    def frame(self, name: str) -> pd.DataFrame:
        """Give a table as pandas has it; see `table`.

        Raises
        ------
        NotInstalled : pandas is missing.
        """
        found = self.table(name)
        try:
            frame: pd.DataFrame = found.to_pandas()
        except ImportError:
            raise NotInstalled("frames need pandas, which is not installed", "pip install pandas") from None
        return frame

    def read(self, name: str) -> ibis.Table:
        """Give a table as an Ibis expression, to filter and join before anything is computed."""
        return self.evidence.read(name)

    def arrow(self, expression: ibis.Table) -> pa.Table:
        """Compute an expression."""
        return self.evidence.to_arrow(expression)

    def charted(self, artist: str, chart: str = "") -> pa.Table:
        """Give an artist's run: one row a week on the chart, with position, points and peak.

        Parameters
        ----------
        artist : an artist's id
        chart : the rule of one of the season's charts; the last one if left out

        Raises
        ------
        UnknownName : the season has no such chart, or no artist of that id.
        """
        charts = [use.rule for use in self.season.charts]
        chart = chart or (charts[-1] if charts else "")
        artists = self.season.artists.by_id()
        if chart not in charts:
            raise UnknownName(f"no chart {chart!r} in this season", meant(chart, charts, "choose another season"))
        if artist not in artists:
            raise UnknownName(f"no artist {artist!r}", meant(artist, artists, "use an id of artists.toml"))
        entries = self.read("entries")
        wanted = entries.filter(entries.chart == chart, entries.artist == artist).order_by("week")
        return self.arrow(wanted.select("week", "position", "points", "last_week", "peak", "weeks_on_chart", "status"))

    def under(self, rule: str | Path) -> Study:
        """Give the season under another rule: id@version, or the file of a rule of your own.

        It takes the place of the season's other version of it, else of the rule of its kind; a purge rule that
        the season does not have is added. What the rule decides is computed again, all else is as it was.

        Raises
        ------
        UnknownName : no rule of that name.
        RuleInvalid : the file holds no rule.
        OutOfTurn : the season has no step for a rule of that kind.
        """
        cited = read_rule(rule) if isinstance(rule, Path) else RuleLibrary(self.season.folder / "rules").cited(rule)
        season = what_if(self.season, cited)
        scratch = Path(tempfile.mkdtemp(prefix="plaudit-study-"))
        evidence = self.evidence.within(Look(season.folder, scratch))
        weakref.finalize(evidence, shutil.rmtree, scratch, ignore_errors=True)
        for step in _DECIDES.get(cited.kind, (pipeline.audit, pipeline.tally)):
            step(season, evidence)
        study = Study(season, evidence)
        study._stands_on = self  # whose tables may go with it
        return study


def open_season(folder: Path | str, engine: str = DUCKDB) -> Study:
    """Open a season's folder for study.

    Parameters
    ----------
    engine : what computes: `duckdb`, or a Spark master such as `local[2]`

    Raises
    ------
    UnknownName : there is no season in that folder.
    RuleInvalid : what it declares cannot be used, with file and line.
    """
    season = read_season(Path(folder))
    return Study(season, Evidence(season.evidence, None, engine))
