"""plaudit keep: the process that does what the calendar says."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from plaudit.base.errors import PlauditError
from plaudit.base.weeks import instant_text
from plaudit.cli.output import AsJson, SeasonFolder, print_json, tell
from plaudit.keep.due import Due, due_acts
from plaudit.keep.keep import keep, keep_once
from plaudit.rulebook.season import read_season
from plaudit.vote.clock import wall_clock

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("keep", epilog="Example: plaudit keep my-award")(keep_season)


def keep_season(
    folder: SeasonFolder,
    once: Annotated[bool, typer.Option("--once", help="Do what is due now, and stop.")] = False,
    as_json: AsJson = False,
) -> None:
    """Keep a season's calendar: release weeks, nominate, open, close, audit, and certify or seal, each at its hour.

    It fetches nothing and takes no ballots: let plaudit fetch --follow and plaudit serve run beside it. It may be
    stopped at any moment, and started again; each act is done once. It reveals a sealed result only if the season says
    so.
    """
    due_acts(read_season(folder), wall_clock())
    last: dict[str, str] = {}

    def told(one: Due, refused: PlauditError | None) -> None:
        words = f"not yet: {one.name}: {refused.what}\n  → {refused.remedy}" if refused else f"done: {one.name}"
        if last.get(one.name) != words:  # what is refused minute after minute is told once
            last[one.name] = words
            tell(f"{instant_text(wall_clock())} {words}")

    if not once:
        keep(folder, wall_clock, lambda microseconds: time.sleep(microseconds / 1_000_000), told, lambda: None)
        tell("nothing is left to do")
        return
    kept = keep_once(folder, wall_clock, told)
    if as_json:
        names = {"done": [one.name for one in kept.done], "refused": [one.name for one in kept.refused]}
        print_json({**names, "next_at": None if kept.next_at is None else instant_text(kept.next_at)})
