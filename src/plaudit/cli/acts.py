"""plaudit acts: what the operators of a season did, when, and why."""

from __future__ import annotations

import typer

from plaudit.acts.acts import read_acts
from plaudit.base.weeks import instant_text
from plaudit.cli.output import AsJson, SeasonFolder, print_json, print_table, tell
from plaudit.rulebook.season import read_season

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(epilog="Example: plaudit acts my-award")(acts)


def acts(folder: SeasonFolder, as_json: AsJson = False) -> None:
    """List what the operators did, when, and why. The log in acts/ is checked first."""
    season = read_season(folder)
    made = read_acts(season.folder)
    found = made[1] if made else []
    if as_json:
        told = [{name: getattr(act, name) for name in act.__struct_fields__} for act in found]
        print_json([{**act, "at": instant_text(act["at"])} for act in told])
        return
    if not found:
        tell("no act is written down" + ("" if season.operators else ": season.toml has no [operators]"))
        return
    rows = [[instant_text(act.at), act.act, act.by, act.because, act.subject[:12]] for act in found]
    print_table("acts", ["at", "act", "by", "because", "subject"], rows)
