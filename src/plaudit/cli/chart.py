"""plaudit chart: positions, and why."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from plaudit import pipeline
from plaudit.base.errors import UnknownName
from plaudit.base.weeks import instant_text
from plaudit.cli.output import (
    AsJson,
    BeneathAt,
    OnEngine,
    SeasonFolder,
    print_json,
    print_table,
    progress,
    tell,
)
from plaudit.cli.working import looking
from plaudit.rulebook.season import Season
from plaudit.store.engine import DUCKDB
from plaudit.store.evidence import Evidence
from plaudit.store.joins import beside

__all__ = ["add_to", "print_chart"]


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(epilog="Example: plaudit chart examples/top-social-artist-2018 --week 2018-05-18 --explain bts")(chart)


def chart(
    folder: SeasonFolder,
    week: Annotated[str, typer.Option(help="The date the week starts on; the last chart if left out.")] = "",
    rule: Annotated[str, typer.Option(help="The chart's rule, if the season has several.")] = "",
    places: Annotated[int, typer.Option(min=1, help="How many positions to show.")] = 50,
    explain: Annotated[str, typer.Option(metavar="ARTIST", help="Show what made this artist's points.")] = "",
    engine: OnEngine = DUCKDB,
    evidence: BeneathAt = "",
    as_json: AsJson = False,
) -> None:
    """Compute every chart of the season and show one."""
    with looking("chart", folder, engine, evidence) as (season, tables):
        rule = rule or (season.charts[-1].rule if season.charts else "")
        if rule not in [use.rule for use in season.charts]:
            known = ", ".join(use.rule for use in season.charts) or "none"
            raise UnknownName(f"no chart {rule!r} in this season", f"it has: {known}", rule=rule)
        with progress("chart"):
            pipeline.chart(season, tables)
        week = _known_week(tables, rule, week)
        if explain:
            _explain(season, tables, rule, week, explain, as_json=as_json)
        elif as_json:
            print_json(_entries(tables, rule, week, places))
        else:
            print_chart(season, tables, rule, week, places)


def print_chart(season: Season, tables: Evidence, rule: str, week: str, places: int) -> None:
    """Print one chart as people know charts."""
    week = _known_week(tables, rule, week)
    names = {artist.id: artist.name for artist in season.artists.artists}
    rows = _entries(tables, rule, week, places)
    verdict = "" if not rows or rows[0]["verdict"] == "final" else f" ({rows[0]['verdict']})"
    print_table(
        f"Chart {rule}, week of {week}{verdict}",
        ["", "artist", "points", "last week", "peak", "weeks", "at no. 1", "status"],
        [
            [
                row["position"],
                names[row["artist"]],
                row["points"],
                row["last_week"],
                row["peak"],
                row["weeks_on_chart"],
                row["weeks_at_no_1"],
                row["status"],
            ]
            for row in rows
        ],
    )


def _entries(tables: Evidence, rule: str, week: str, places: int) -> list[dict[str, Any]]:
    entries = tables.read("entries")
    wanted = entries.filter(entries.chart == rule, entries.week == week, entries.position <= places)
    return tables.to_rows(wanted.order_by("position", "artist"))


def _known_week(tables: Evidence, rule: str, week: str) -> str:
    verdicts = pipeline.chart_verdicts(tables, rule)
    charted = [known for known, verdict in verdicts if verdict != "uncharted"]
    if week and week not in charted:
        uncharted = week in dict(verdicts)
        what = f"week {week} has no chart: too few days were seen" if uncharted else f"no week {week!r} in {rule}"
        raise UnknownName(what, f"choose a week from {charted[0]} to {charted[-1]}" if charted else "collect more")
    if not charted:
        raise UnknownName(f"{rule} has no charted week", "plaudit measure SEASON shows what was seen")
    return week or charted[-1]


def _explain(season: Season, tables: Evidence, rule: str, week: str, artist: str, *, as_json: bool) -> None:
    if artist not in season.artists.by_id():
        raise UnknownName(f"no artist {artist!r}", "use the id in artists.toml", artist=artist)
    entry = [row for row in _entries(tables, rule, week, 10**9) if row["artist"] == artist]
    parts, gains, posts = tables.read("parts"), tables.read("gains"), tables.read("posts")
    made = tables.to_rows(
        parts.filter(parts.chart == rule, parts.week == week, parts.artist == artist).order_by("measure")
    )
    titles = posts.select("platform", "post", "title")
    of_week = gains.filter(gains.chart == rule, gains.week == week, gains.artist == artist)
    drawn = tables.to_rows(beside(of_week, titles, ["platform", "post"]).order_by("metric", "post"))
    drawn.sort(key=lambda row: (row["metric"], -row["gain"], row["post"]))
    if as_json:
        print_json({"entry": entry[0] if entry else None, "parts": made, "gains": drawn})
        return
    name = season.artists.by_id()[artist].name
    place = f"position {entry[0]['position']} with {entry[0]['points']:,} points" if entry else "not on the chart"
    flags = f"; flags: {entry[0]['flags']}" if entry and entry[0]["flags"] else ""
    tell(f"{name}, week of {week}: {place}{flags}")
    print_table(
        "Parts: weight × value ÷ total, in parts per million",
        ["measure", "value", "of all", "weight", "points"],
        [[row["measure"], row["value"], row["total"], row["weight_ppm"], row["points"]] for row in made],
    )
    print_table(
        "What each post gained, between which readings",
        ["metric", "post", "from", "read at", "to", "read at", "gain"],
        [
            [
                row["metric"],
                row["title"] or row["post"] or f"the account {row['account']}",
                row["baseline"],
                instant_text(row["baseline_at"]) if row["baseline_at"] is not None else None,
                row["last_value"],
                instant_text(row["last_at"]),
                row["gain"] if row["shared_by"] == 1 else f"{row['gain']:,} ÷ {row['shared_by']}",
            ]
            for row in drawn
        ],
    )
