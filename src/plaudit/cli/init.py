"""plaudit init: a season that runs."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from plaudit.base.errors import OutOfTurn
from plaudit.cli.output import AsJson, print_json, tell
from plaudit.vote.keys import make_keys

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(epilog="Example: plaudit init my-award && plaudit run my-award")(init)


def init(
    name: Annotated[Path, typer.Argument(metavar="NAME", help="The folder to make.", show_default=False)],
    as_json: AsJson = False,
) -> None:
    """Make a season folder with a small made-up example that runs as it is, and its keys."""
    if name.exists() and any(name.iterdir() if name.is_dir() else [name]):
        raise OutOfTurn(f"{name} is there and not empty", "choose another name, or run: plaudit doctor " + str(name))
    title = json.dumps(name.resolve().name, ensure_ascii=False)  # a JSON string is a TOML string
    season_id = re.sub(r"[^\w.-]+", "-", name.resolve().name.lower()).strip("-") or "season"
    made = []
    template = files("plaudit.cli") / "template"
    for part in ("season.toml", "artists.toml", "honours.csv", "gitignore", "data/counts.csv", "data/ballots.csv"):
        path = name / (".gitignore" if part == "gitignore" else part)
        path.parent.mkdir(parents=True, exist_ok=True)
        text = template.joinpath(*part.split("/")).read_text("utf-8")
        path.write_text(text.replace("SEASON_TITLE", title).replace("SEASON_ID", season_id), "utf-8")
        made.append(path.as_posix())
    (name / "rules").mkdir(exist_ok=True)
    make_keys(name)
    if as_json:
        print_json({"made": made})
        return
    tell(f"made {len(made)} files and two keys in {name}; the data are made up, replace them with yours")
    typer.echo(f"next: plaudit run {name}")
