"""plaudit due: what the calendar has done, what is due, and what waits."""

from __future__ import annotations

from typing import Annotated

import typer

from plaudit.base.weeks import instant_text
from plaudit.cli.output import AsJson, SeasonFolder, print_json, print_table
from plaudit.cli.release import Now, instant_of
from plaudit.keep.due import due_acts
from plaudit.rulebook.season import read_season

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(epilog="Example: plaudit due my-award")(due)


def due(
    folder: SeasonFolder,
    show_all: Annotated[bool, typer.Option("--all", help="Show what is done, too.")] = False,
    now: Now = "",
    as_json: AsJson = False,
) -> None:
    """Show what is due in a season, what is late and why, and what comes next. This only reads."""
    season = read_season(folder)
    found = due_acts(season, instant_of(now))
    if as_json:
        told = [{"act": one.act, "of": one.of, "at": instant_text(one.at), "state": one.state} for one in found]
        print_json([{**row, "because": one.because} for row, one in zip(told, found, strict=True)])
        return
    shown = [one for one in found if show_all or one.state != "done"]
    is_done = len(found) - len([one for one in found if one.state != "done"])
    rows = [[one.state, instant_text(one.at), one.name, one.because] for one in shown]
    print_table(f"{season.title}: {is_done} of {len(found)} acts are done", ["", "at", "act", ""], rows)
