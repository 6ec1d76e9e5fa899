"""plaudit release: weeks, one by one, as of their hour."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Annotated, Any

import typer

from plaudit.base.errors import UnknownName
from plaudit.base.spelling import meant
from plaudit.base.weeks import instant_text, to_instant
from plaudit.cli.output import AsJson, SeasonFolder, print_json, print_table, progress, tell
from plaudit.release.late import late as late_of
from plaudit.release.release import refuse_not_releasing, release, terms_of, waits_until
from plaudit.release.shelf import Released
from plaudit.rulebook.season import Season, read_season

__all__ = ["Now", "add_to", "charts_of", "instant_of", "told"]

Now = Annotated[
    str, typer.Option("--now", metavar="INSTANT", help="Do it as of this instant, as in 2026-01-12T09:00:00Z.")
]


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(epilog="Example: plaudit release my-season")(release_weeks)


def release_weeks(
    folder: SeasonFolder,
    week: Annotated[str, typer.Option(help="The first day of the only week to release.")] = "",
    chart: Annotated[str, typer.Option(help="The chart's rule, if the season has several.")] = "",
    late: Annotated[
        bool,
        typer.Option("--late", help="List what came late of released weeks, and whom it would move; change nothing."),
    ] = False,
    now: Now = "",
    as_json: AsJson = False,
) -> None:
    """Release the weeks that are due: compute, sign and log each. What was released before stays as it is."""
    season = read_season(folder)
    refuse_not_releasing(season)
    if late:
        _list_late(season, charts_of(season, chart), week, as_json=as_json)
        return
    at = instant_of(now)
    found: list[dict[str, Any]] = []
    for rule in charts_of(season, chart):
        with progress(season.title) as on_progress:
            made = release(season, rule, at, week=week, on_progress=on_progress)
        found += [told(one) for one in made]
        if not made and not as_json:
            _say_nothing_due(season, rule, week)
    if as_json:
        print_json(found)
    elif found:
        _print(found)


def charts_of(season: Season, chart: str) -> list[str]:
    """Give the chart that was asked for, or all.

    Raises
    ------
    UnknownName : the season has no such chart.
    """
    known = [use.rule for use in season.charts]
    if chart and chart not in known:
        remedy = meant(chart, known, f"it has: {', '.join(known) or 'none'}")
        raise UnknownName(f"no chart {chart!r} in this season", remedy, rule=chart)
    return [chart] if chart else known


def instant_of(now: str) -> int:
    """Give the instant that was asked for, or the present one.

    Raises
    ------
    UnknownName : it is no instant with a zone.
    """
    if not now:
        return int(time.time()) * 1_000_000
    try:
        moment = datetime.fromisoformat(now)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise UnknownName(f"{now!r} is no instant with a zone", "write it as in 2026-01-12T09:00:00Z")
    return to_instant(moment)


def told(one: Released) -> dict[str, Any]:
    """Give what is told of a release."""
    stated = one.stated
    return {
        "chart": one.chart,
        "week": one.week,
        "release": one.number,
        "verdict": stated["seen"]["verdict"],
        "entries": stated["made"]["entries"]["rows"],
        "readings": stated["evidence"]["readings"]["rows"],
        "index": stated["index"],
        "as_of": stated["as_of"],
        "released_at": stated["released_at"],
        "sha256": one.sha256,
    }


def _list_late(season: Season, charts: list[str], week: str, *, as_json: bool) -> None:
    found = [one for rule in charts for one in late_of(season, rule, week=week)]
    if as_json:
        print_json([{**vars(one)} for one in found])
        return
    if not found:
        tell("nothing came late")
        return
    print_table(
        "Came late, and changes nothing until it is corrected",
        ["chart", "week", "readings came", "gone", "would move"],
        [
            [
                one.chart,
                one.week,
                len(one.came),
                len(one.gone),
                ", ".join(f"{row['artist']} {row['from'] or '–'} → {row['to'] or '–'}" for row in one.moved)
                or "nobody",
            ]
            for one in found
        ],
    )


def _print(found: list[dict[str, Any]]) -> None:
    print_table(
        "Released",
        ["chart", "week", "release", "verdict", "entries", "as of", "log"],
        [
            [row["chart"], row["week"], row["release"], row["verdict"], row["entries"], row["as_of"], row["index"]]
            for row in found
        ],
    )


def _say_nothing_due(season: Season, rule: str, week: str) -> None:
    until = waits_until(season, terms_of(season, rule))
    if week:
        tell(f"{rule}, week {week}: it was released and stays as it is; to change it: plaudit correct")
    elif until is None:
        tell(f"{rule}: every week is released")
    else:
        tell(f"{rule}: no week is due; the next one is, at {instant_text(until)}")
