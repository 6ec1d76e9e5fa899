"""plaudit rules: list, show and compare rule files."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from plaudit.base.errors import UnknownName
from plaudit.base.spelling import meant
from plaudit.cli.output import AsJson, print_json, print_table, progress, tell
from plaudit.rulebook.languages import ENGLISH
from plaudit.rulebook.library import KINDS, CitedRule, RuleLibrary

if TYPE_CHECKING:
    from plaudit.rulebook.season import Season

__all__ = ["app"]

app = typer.Typer(help="List, show and compare rule files.", no_args_is_help=True, rich_markup_mode=None)

InSeason = Annotated[Path | None, typer.Option("--season", metavar="SEASON", help="Include this season's own rules.")]


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
def show(
    name: str,
    season: InSeason = None,
    language: Annotated[str, typer.Option(metavar="LANGUAGE", help="Show it in this language.")] = ENGLISH,
    as_json: AsJson = False,
) -> None:
    """Show a rule in plain words, made from its file."""
    import msgspec  # noqa: PLC0415 - what a list does not need is not imported for it

    from plaudit.rulebook.sentences.rule import rule_blocks  # noqa: PLC0415
    from plaudit.words.document import as_text  # noqa: PLC0415
    from plaudit.words.words import words_of  # noqa: PLC0415

    cited = _library(season).cited(name)
    if as_json:
        print_json({"sha256": cited.sha256, "rule": msgspec.to_builtins(cited.rule)})
    else:
        typer.echo(as_text(rule_blocks(cited.rule), words_of(language)))
        typer.echo(f"SHA-256 {cited.sha256}")


@app.command("schema", epilog="Example: plaudit rules schema counting")
def schema(kind: str, as_json: AsJson = False) -> None:  # noqa: ARG001 - it is JSON either way
    """Print the JSON Schema of a kind of rule. Kinds are chart, counting, growth, nomination and purge."""
    import msgspec  # noqa: PLC0415 - as above

    if kind not in KINDS:
        raise UnknownName(f"no kind of rule {kind!r}", meant(kind, KINDS, f"choose one of: {', '.join(KINDS)}"))
    print_json(msgspec.json.schema(KINDS[kind]))


@app.command(
    "diff",
    epilog="Example: plaudit rules diff social-weekly@1 social-weekly@2 --season examples/top-social-artist-2018",
)
def diff(old: str, new: str, season: InSeason = None, as_json: AsJson = False) -> None:
    """Show what changed between two rules, and who moves. Who moves is shown for a season."""
    from plaudit.rulebook.differences import differences  # noqa: PLC0415 - as above
    from plaudit.rulebook.season import read_season  # noqa: PLC0415

    library = _library(season)
    first, second = library.cited(old), library.cited(new)
    changed = differences(first.rule, second.rule)
    moved = _moved(read_season(season), first, second) if season else []
    if as_json:
        print_json({"changed": [dataclasses.asdict(item) for item in changed], "moves": moved})
        return
    print_table(f"{old} → {new}", ["key", old, new], [[item.key, item.old or "–", item.new or "–"] for item in changed])
    if season:
        head = list(moved[0]) if moved else []
        print_table(f"Who moves ({len(moved)})", head, [list(row.values()) for row in moved])
        if not moved:
            tell("nobody moves")


def _moved(season: Season, old: CitedRule, new: CitedRule) -> list[dict[str, str | int | None]]:
    """Give who moves, row by row: positions, or under a nomination rule points."""
    from plaudit.compare.two_rules import compared  # noqa: PLC0415 - what computes takes a second to import
    from plaudit.store.evidence import Evidence  # noqa: PLC0415

    with progress("recompute under both rules"):
        moves = compared(season, Evidence(season.evidence), old, new)
    what = "value" if new.kind == "nomination" else "position"
    return [
        {
            **({"week": move.week, "artist": move.who} if move.week else {"nominee": move.who}),
            old.name: getattr(move.old, what),
            new.name: getattr(move.new, what),
        }
        for move in moves
    ]


def _library(season: Path | None) -> RuleLibrary:
    return RuleLibrary(season / "rules" if season else None)
