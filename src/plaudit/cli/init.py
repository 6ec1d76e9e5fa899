"""plaudit init: a season that runs."""

from __future__ import annotations

import json
import re
import shutil
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from plaudit.base.disk import refused
from plaudit.base.errors import OutOfTurn
from plaudit.cli.output import AsJson, print_json, quoted, tell
from plaudit.vote.keys import make_keys

__all__ = ["add_to"]

_PARTS = (
    "season.toml",
    "artists.toml",
    "honours.csv",
    "gitattributes",
    "gitignore",
    "data/counts.csv",
    "data/ballots.csv",
)


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(epilog="Example: plaudit init my-award && plaudit run my-award")(init)


def init(
    name: Annotated[Path, typer.Argument(metavar="NAME", help="The folder to make.", show_default=False)],
    as_json: AsJson = False,
) -> None:
    """Make a season folder with a small made-up example that runs as it is, and its keys."""
    if name.exists() and any(name.iterdir() if name.is_dir() else [name]):
        raise OutOfTurn(
            f"{name} exists and is not empty", f"choose another name, or run: plaudit doctor {quoted(name)}"
        )
    title = json.dumps(name.resolve().name, ensure_ascii=False)  # a JSON string is a TOML string
    season_id = re.sub(r"[^\w.-]+", "-", name.resolve().name.lower()).strip("-") or "season"
    scratch = name.resolve().with_name(f".{name.resolve().name}.part")  # so that all of it is there or nothing
    try:
        shutil.rmtree(scratch, ignore_errors=True)
        made = _fill(scratch, {"SEASON_TITLE": title, "SEASON_ID": season_id})
        name.mkdir(parents=True, exist_ok=True)
        for path in sorted(scratch.iterdir()):
            path.rename(name / path.name)
    except OSError as error:
        raise refused(error, name) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    if as_json:
        print_json({"made": [(name / part).as_posix() for part in made]})
        return
    tell(f"made {len(made)} files and the keys in {name}; the data are made up, replace them with yours")
    typer.echo(f"next: plaudit run {quoted(name)}")


def _fill(folder: Path, words: dict[str, str]) -> list[str]:
    """Write the template's files and the keys into a folder, and name the files."""
    template = files("plaudit.cli") / "template"
    for part in _PARTS:
        text = template.joinpath(*part.split("/")).read_text("utf-8")
        for word, said in words.items():
            text = text.replace(word, said)
        path = folder / _named(part)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    (folder / "rules").mkdir()
    make_keys(folder)
    return [_named(part) for part in _PARTS]


def _named(part: str) -> str:
    return f".{part}" if part.startswith("git") else part
