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
from plaudit.cli.next_edition import begin_next
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
    after: Annotated[
        Path | None,
        typer.Option("--after", metavar="SEASON", help="Make the edition after this certified season instead."),
    ] = None,
    edition: Annotated[str, typer.Option(help="The new edition's name, with --after; else the next number.")] = "",
    same_key: Annotated[
        bool, typer.Option("--same-key", help="Certify with the key of the season before, with --after.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make a season folder with a small made-up example that runs as it is, and its keys; or the next edition."""
    if name.exists() and any(name.iterdir() if name.is_dir() else [name]):
        raise OutOfTurn(
            f"{name} exists and is not empty", f"choose another name, or run: plaudit doctor {quoted(name)}"
        )
    title = json.dumps(name.resolve().name, ensure_ascii=False)  # a JSON string is a TOML string
    season_id = re.sub(r"[^\w.-]+", "-", name.resolve().name.lower()).strip("-") or "season"
    scratch = name.resolve().with_name(f".{name.resolve().name}.part")  # so that all of it is there or nothing
    try:
        shutil.rmtree(scratch, ignore_errors=True)
        if after is None:
            made = _fill(scratch, {"SEASON_TITLE": title, "SEASON_ID": season_id})
        else:
            scratch.mkdir(parents=True)
            edition = begin_next(scratch, after, edition, same_key=same_key)
            made = [path.name for path in sorted(scratch.iterdir())]
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
    if after is not None:
        _tell_next(name, edition)
        return
    tell(f"made {len(made)} files and the keys in {name}; the data are made up, replace them with yours")
    typer.echo(f"next: plaudit run {quoted(name)}")


def _tell_next(name: Path, edition: str) -> None:
    tell(f"made the edition {edition} in {name}: artists, rules and certificates so far; every date 52 weeks later")
    tell("now edit season.toml:")
    for what in (
        "title and about, by language",
        "origin, which signs the certificates",
        "[[chart]], [nomination], [[vote.window]] and [calendar]: the dates that you announce",
        "[[source]]: files and coverage of the new year, without last year's gaps; the terms as they are now",
        "[[event]]: last year's have moved with the dates; remove them",
        "artists.toml: who is new, and who left",
    ):
        tell(f"  - {what}")
    typer.echo(f"next: put the sources' files into {quoted(name)}/data, then: plaudit doctor {quoted(name)}")


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
