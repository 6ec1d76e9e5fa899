"""The charts as they are published: each week is cut once, and pages, feeds, JSON and tables are made from that cut."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Any

import msgspec

from plaudit.store.tables import table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from plaudit.rulebook.chart_rule import ChartRule
    from plaudit.rulebook.season import Season
    from plaudit.store.evidence import Evidence

__all__ = ["Chart", "Correction", "Entry", "Names", "Part", "Week", "charts"]

Names = dict[str, str]
"""An artist's names by language."""


class Part(msgspec.Struct, frozen=True):
    """One part of an entry's points, as the table parts has it."""

    chart: str
    week: str
    artist: str
    measure: str
    value: int
    total: int
    weight_ppm: int
    points: int


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of one chart, as the table entries has it, with its artist's names and the parts of its points."""

    chart: str
    week: str
    position: int
    artist: str
    points: int
    exact: str
    last_week: int | None
    peak: int
    weeks_on_chart: int
    weeks_at_no_1: int
    streak: int
    streak_at_no_1: int
    status: str
    verdict: str
    flags: str
    names: Names
    parts: list[Part]


class Correction(msgspec.Struct, frozen=True):
    """One correction of a released week: its number, when it was made, why, and which week was corrected."""

    release: int
    released_at: int
    because: str
    corrected_week: str


class Week(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One week of one chart, as the table weeks has it, with its entries by position.

    missing, unfed : days that were not seen and parts that no source feeds, with blanks between
    corrections : in order; none where weeks are not released
    """

    chart: str
    week: str
    starts_at: int
    ends_at: int
    days_seen: int
    verdict: str
    missing: str
    unfed: str
    entries: list[Entry]
    corrections: list[Correction] = []

    @property
    def days_missing(self) -> list[str]:
        """The days that were not seen."""
        return self.missing.split()

    @property
    def leaders(self) -> list[Entry]:
        """Those at no. 1."""
        return self.top(1)

    def rows(self) -> list[dict[str, Any]]:
        """Give the entries as rows of the table entries."""
        columns = table("entries").columns
        return [{name: getattr(entry, name) for name in columns} for entry in self.entries]

    def top(self, most: int) -> list[Entry]:
        """Give the entries down to a position."""
        return [entry for entry in self.entries if entry.position <= most]


class Chart:
    """One chart: its weeks in order, and its entries by artist."""

    def __init__(self, rule: ChartRule, weeks: list[Week]) -> None:
        self.rule = rule
        self.weeks = weeks
        self.charted = [week for week in weeks if week.verdict != "uncharted"]
        self.by_artist: dict[str, list[Entry]] = defaultdict(list)
        for week in weeks:
            for entry in week.entries:
                self.by_artist[entry.artist].append(entry)

    @property
    def name(self) -> str:
        """The rule's citation, id@version; the chart's folder."""
        return self.rule.name

    @property
    def latest(self) -> Week | None:
        """The last week that has a chart."""
        return self.charted[-1] if self.charted else None

    def rows(self) -> list[dict[str, Any]]:
        """Give all entries as rows of the table entries."""
        return [row for week in self.weeks for row in week.rows()]

    @cached_property
    def by_week(self) -> dict[str, Week]:
        """The weeks by their first day."""
        return {week.week: week for week in self.weeks}


def charts(season: Season, tables: Evidence) -> list[Chart]:
    """Give the charts of a season."""
    names = {artist.id: artist.names for artist in season.artists.artists}
    return [_chart(season.chart_rule(use.rule), tables, names) for use in season.charts]


def _chart(rule: ChartRule, tables: Evidence, names: Mapping[str, Names]) -> Chart:
    def rows(name: str, *order: str) -> Iterator[dict[str, object]]:
        of_all = tables.read(name)
        of_chart = of_all.filter(of_all.chart == rule.name)
        if name == "parts":
            of_chart = of_chart.semi_join(tables.read("entries"), ["chart", "week", "artist"])
        yield from tables.to_rows(of_chart.order_by(*order))

    parts: dict[tuple[object, object], list[Part]] = defaultdict(list)
    for row in rows("parts", "week", "artist", "measure"):
        parts[row["week"], row["artist"]].append(msgspec.convert(row, Part))
    entries: dict[object, list[Entry]] = defaultdict(list)
    for row in rows("entries", "week", "position", "artist"):
        week, artist = row["week"], str(row["artist"])
        more = {"names": names.get(artist, {"en": artist}), "parts": parts[week, artist]}
        entries[week].append(msgspec.convert({**row, **more}, Entry))
    made: dict[object, list[Correction]] = defaultdict(list)
    for row in rows("releases", "week", "release") if tables.has("releases") else ():
        if row["because"]:
            made[row["week"]].append(msgspec.convert(row, Correction))
    weeks = [
        msgspec.convert({**row, "entries": entries[row["week"]], "corrections": made[row["week"]]}, Week)
        for row in rows("weeks", "week")
    ]
    return Chart(rule, weeks)
