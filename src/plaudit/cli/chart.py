"""plaudit chart: positions, and why."""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress
from datetime import date
from difflib import get_close_matches
from itertools import groupby
from operator import itemgetter
from typing import Annotated, Any

import typer

from plaudit import pipeline
from plaudit.base.errors import UnknownName
from plaudit.base.spelling import meant
from plaudit.base.weeks import instant_text
from plaudit.cli.grown import grown_in, print_grown
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
from plaudit.measure.coverage import verdicts
from plaudit.rulebook.season import Season
from plaudit.store.engine import DUCKDB
from plaudit.store.evidence import Evidence
from plaudit.store.joins import left_join_unique

__all__ = ["add_to", "print_chart"]

DAYS_IN_WEEK = 7
_MOVES = {"up": "▲ up", "down": "▼ down", "same": "= same", "debut": "★ debut", "re-entry": "↩ re-entry"}
_COLOURS = ("green", "red", "", "cyan", "cyan")


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(epilog="Example: plaudit chart examples/top-social-artist-2018 --week 2018-05-18 --explain bts")(chart)


def chart(
    folder: SeasonFolder,
    week: Annotated[
        str,
        typer.Option(
            help="A date in the week, or the ISO week in which it starts (2018-W20). The latest chart by default."
        ),
    ] = "",
    rule: Annotated[str, typer.Option(help="The chart's rule, if the season has several.")] = "",
    places: Annotated[int, typer.Option(min=1, help="How many positions to show.")] = 50,
    explain: Annotated[
        str, typer.Option(metavar="ARTIST", help="Show where this artist's points come from, by id or name.")
    ] = "",
    engine: OnEngine = DUCKDB,
    evidence: BeneathAt = "",
    as_json: AsJson = False,
) -> None:
    """Compute every chart of the season and show one."""
    with looking("chart", folder, engine, evidence) as (season, tables):
        rule = rule or (season.charts[-1].rule if season.charts else "")
        if rule not in [use.rule for use in season.charts]:
            known = [use.rule for use in season.charts]
            remedy = meant(rule, known, f"it has: {', '.join(known) or 'none'}")
            raise UnknownName(f"no chart {rule!r} in this season", remedy, rule=rule)
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
                _MOVES.get(row["status"], row["status"]),
            ]
            for row in rows
        ],
        coloured=dict(zip(_MOVES.values(), _COLOURS, strict=True)),
    )


def _entries(tables: Evidence, rule: str, week: str, places: int) -> list[dict[str, Any]]:
    entries = tables.read("entries")
    wanted = entries.filter(entries.chart == rule, entries.week == week, entries.position <= places)
    return tables.to_rows(wanted.order_by("position", "artist"))


def _known_week(tables: Evidence, rule: str, week: str) -> str:
    weeks = verdicts(tables.read("weeks"), rule, to_rows=tables.to_rows)
    charted = [known for known, verdict in weeks if verdict != "uncharted"]
    week = _start_of(week, [known for known, _ in weeks])
    if week and week not in charted:
        uncharted = week in dict(weeks)
        what = f"week {week} has no chart: too few days were seen" if uncharted else f"no week {week!r} in {rule}"
        range_ = f"choose a week from {charted[0]} to {charted[-1]}" if charted else "collect more"
        raise UnknownName(what, range_ if uncharted else meant(week, charted, range_, cutoff=0.85), week=week)
    if not charted:
        raise UnknownName(f"{rule} has no charted week", "plaudit measure SEASON shows what was seen")
    return week or charted[-1]


def _start_of(week: str, starts: list[str]) -> str:
    """Give the start of the week that a date lies in, or that starts in an ISO week; anything else as it is."""
    if re.fullmatch(r"\d{4}-W\d{2}", week):
        iso = {"{}-W{:02}".format(*date.fromisoformat(start).isocalendar()): start for start in starts}
        return iso.get(week, week)
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", week):
        return week
    with suppress(ValueError):
        day = date.fromisoformat(week)
        return next((s for s in starts if 0 <= (day - date.fromisoformat(s)).days < DAYS_IN_WEEK), week)
    return week


def _artist_of(season: Season, asked: str) -> str:
    """Give the id of an artist by id or by any of its names, whatever their case.

    Raises
    ------
    UnknownName : none is called so; names those that are called nearly so.
    """
    if asked in season.artists.by_id():
        return asked
    called = {artist.id.casefold(): artist.id for artist in season.artists.artists}
    called |= {name.casefold(): artist.id for artist in season.artists.artists for name in artist.names.values()}
    wanted = unicodedata.normalize("NFC", " ".join(asked.split())).casefold()
    if wanted in called:
        return called[wanted]
    near = list(dict.fromkeys(called[name] for name in get_close_matches(wanted, called, n=3, cutoff=0.6)))
    remedy = f"did you mean {' or '.join(near)}?" if near else "use the id or a name in artists.toml"
    raise UnknownName(f"no artist {asked!r}", remedy, artist=asked)


def _undated(season: Season, tables: Evidence, artist: str) -> set[tuple[str, str, str, int]]:
    """Give the readings whose source does not say when they were made: they stand at the end of its coverage."""
    sources = [source.id for source in season.sources if source.platform and "observed_at" not in source.columns]
    readings = tables.read("readings")
    found = tables.to_rows(readings.filter(readings.artist == artist, readings.source.isin(sources)))
    return {(row["platform"], row["post"], row["metric"], row["observed_at"]) for row in found}


def _explain(season: Season, tables: Evidence, rule: str, week: str, artist: str, *, as_json: bool) -> None:
    artist = _artist_of(season, artist)
    entry = [row for row in _entries(tables, rule, week, 10**9) if row["artist"] == artist]
    parts, gains, posts = tables.read("parts"), tables.read("gains"), tables.read("posts")
    made = tables.to_rows(
        parts.filter(parts.chart == rule, parts.week == week, parts.artist == artist).order_by("measure")
    )
    titles = posts.select("platform", "post", "title")
    of_week = gains.filter(gains.chart == rule, gains.week == week, gains.artist == artist)
    drawn = tables.to_rows(left_join_unique(of_week, titles, ["platform", "post"]).order_by("metric", "post"))
    drawn.sort(key=lambda row: (row["metric"], -row["gain"], row["post"]))
    undated = _undated(season, tables, artist)
    for row in drawn:
        row["is_dated"] = (row["platform"], row["post"], row["metric"], row["last_at"]) not in undated
    if as_json:
        grown = grown_in(tables, artist, week)
        print_json({"entry": entry[0] if entry else None, "parts": made, "gains": drawn, **grown})
        return
    name = season.artists.by_id()[artist].name
    exact = f" ({entry[0]['exact']})" if entry and entry[0]["exact"] else ""
    place = (
        f"position {entry[0]['position']} with {entry[0]['points']:,} points{exact}" if entry else "not on the chart"
    )
    flags = f"; flags: {entry[0]['flags']}" if entry and entry[0]["flags"] else ""
    tell(f"{name}, week of {week}: {place}{flags}")
    print_table(
        "Parts: weight × value ÷ total, in parts per million; the points are their sum, rounded once",
        ["measure", "value", "of all", "weight", "points"],
        [[row["measure"], row["value"], row["total"], row["weight_ppm"], row["points"]] for row in made],
    )
    for metric, gained in groupby(drawn, key=itemgetter("metric")):
        print_table(
            f"What each post gained in {metric}, from which reading to which",
            ["post", "from", "to", "gain"],
            [
                [
                    row["title"] or row["post"] or f"the account {row['account']}",
                    (row["baseline"], instant_text(row["baseline_at"]) if row["baseline_at"] is not None else ""),
                    (row["last_value"], instant_text(row["last_at"]) if row["is_dated"] else "time not stated"),
                    row["gain"] if row["shared_by"] == 1 else f"{row['gain']:,} ÷ {row['shared_by']}",
                ]
                for row in gained
            ],
        )
    print_grown(grown_in(tables, artist, week))
