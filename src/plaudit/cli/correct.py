"""plaudit correct: a released week again, in the open."""

from __future__ import annotations

from typing import Annotated

import typer

from plaudit.base.errors import UnknownName
from plaudit.cli.output import AsJson, SeasonFolder, print_json, print_table, progress
from plaudit.cli.release import Now, charts_of, instant_of, told
from plaudit.release.correct import correct
from plaudit.rulebook.season import read_season

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(epilog='Example: plaudit correct my-season --week 2026-01-02 --because "the crawler was asleep"')(
        correct_week
    )


def correct_week(
    folder: SeasonFolder,
    week: Annotated[str, typer.Option(help="The first day of the week.")],
    because: Annotated[str, typer.Option(help="Why, in words that the public will read.")],
    chart: Annotated[str, typer.Option(help="The chart's rule, if the season has several.")] = "",
    now: Now = "",
    as_json: AsJson = False,
) -> None:
    """Release a week again from the evidence there is now, and the later weeks that this moves; say who moves."""
    season = read_season(folder)
    charts = charts_of(season, chart)
    if len(charts) != 1:
        raise UnknownName(f"this season has {len(charts)} charts", f"say which: --chart {' or '.join(charts)}")
    with progress(season.title) as on_progress:
        made = correct(season, charts[0], week, because, instant_of(now), on_progress=on_progress)
    if as_json:
        print_json([{**told(one), **one.stated["correction"]} for one in made])
        return
    for one in made:
        moved = one.stated["correction"]["moved"]
        print_table(
            f"{one.chart}, week {one.week}, release {one.number}: who moves",
            ["artist", "before", "now"],
            [[row["artist"], row["from"] or "–", row["to"] or "–"] for row in moved],
        )
