"""plaudit rules: list, show and compare rule files."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from plaudit.base.errors import UnknownName
from plaudit.cli.output import AsJson, print_json, print_table, tell
from plaudit.rulebook.differences import differences
from plaudit.rulebook.library import KINDS, RuleLibrary
from plaudit.rulebook.render import render
from plaudit.rulebook.season import read_season

__all__ = ["app"]

app = typer.Typer(help="List, show and compare rule files.", no_args_is_help=True, rich_markup_mode=None)

InSeason = Annotated[
    Path | None, typer.Option("--season", metavar="SEASON", help="Look into this season's own rules too.")
]


@app.command("list", epilog="Example: plaudit rules list")
def list_rules(season: InSeason = None, as_json: AsJson = False) -> None:
    """List every rule with its kind and digest."""
    found = list(_library(season))
    rows = [
        {
            "rule": cited.name,
            "kind": cited.kind,
            "title": cited.rule.title,
            "sha256": cited.sha256,
            "shipped": cited.shipped,
        }
        for cited in found
    ]
    if as_json:
        print_json(rows)
    else:
        columns = ["rule", "kind", "title", "sha256"]
        print_table("Rules", columns, [[*(row[name] for name in columns[:3]), str(row["sha256"])[:12]] for row in rows])


@app.command("show", epilog="Example: plaudit rules show bbma-2018@1")
def show(name: str, season: InSeason = None, as_json: AsJson = False) -> None:
    """Show a rule in plain words, made from its file."""
    cited = _library(season).cited(name)
    if as_json:
        print_json({"sha256": cited.sha256, "rule": msgspec.to_builtins(cited.rule)})
    else:
        typer.echo(render(cited.rule))
        typer.echo(f"SHA-256 {cited.sha256}")


@app.command("schema", epilog="Example: plaudit rules schema counting")
def schema(kind: str, as_json: AsJson = False) -> None:  # noqa: ARG001 - it is JSON either way
    """Print the JSON Schema of a kind of rule: chart, counting, nomination or purge."""
    if kind not in KINDS:
        raise UnknownName(f"no kind of rule {kind!r}", f"choose one of: {', '.join(KINDS)}")
    print_json(msgspec.json.schema(KINDS[kind]))


@app.command(
    "diff",
    epilog="Example: plaudit rules diff social-weekly@1 social-weekly@2 --season examples/top-social-artist-2018",
)
def diff(old: str, new: str, season: InSeason = None, as_json: AsJson = False) -> None:
    """Show what changed between two rules and, in a season, who moves."""
    library = _library(season)
    first, second = library.cited(old), library.cited(new)
    changed = differences(first.rule, second.rule)
    effect: list[dict[str, Any]] = []
    if season:
        from plaudit.cli.moves import moves  # noqa: PLC0415 - what computes takes a second to import

        effect = moves(read_season(season), first, second)
    if as_json:
        print_json({"changed": [dataclasses.asdict(item) for item in changed], "moves": effect})
        return
    print_table(f"{old} → {new}", ["key", old, new], [[item.key, item.old or "–", item.new or "–"] for item in changed])
    if season:
        head = list(effect[0]) if effect else []
        print_table(f"Who moves ({len(effect)})", head, [list(row.values()) for row in effect])
        if not effect:
            tell("nobody moves")


def _library(season: Path | None) -> RuleLibrary:
    return RuleLibrary(season / "rules" if season else None)
