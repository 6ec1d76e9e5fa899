"""plaudit rules: list, show and compare rule files."""

from __future__ import annotations

import dataclasses
import json
import tempfile
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from plaudit import pipeline
from plaudit.base.errors import OutOfTurn, UnknownName
from plaudit.cli.output import AsJson, print_json, print_table, progress, tell
from plaudit.rulebook.chart_rule import ChartRule
from plaudit.rulebook.counting_rule import CountingRule
from plaudit.rulebook.differences import differences
from plaudit.rulebook.library import KINDS, CitedRule, RuleLibrary
from plaudit.rulebook.nomination_rule import NominationRule
from plaudit.rulebook.purge_rule import PurgeRule
from plaudit.rulebook.render import render
from plaudit.rulebook.season import Season, read_season
from plaudit.store.evidence import Evidence

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
    effect = _effect(read_season(season), first, second) if season else []
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


def _effect(season: Season, old: CitedRule, new: CitedRule) -> list[dict[str, Any]]:
    """Recompute the season under both rules and give every row that differs."""
    if old.kind != new.kind:
        raise UnknownName(f"{old.name} is a {old.kind} rule, {new.name} a {new.kind} rule", "compare rules of one kind")
    with progress("recompute under both rules"):
        one, other = _recomputed(season, old), _recomputed(season, new)
    moved = [
        {**json.loads(key), old.name: one.get(key), new.name: other.get(key)}
        for key in {*one, *other}
        if one.get(key) != other.get(key)
    ]
    return sorted(moved, key=_by_week_and_place)


def _by_week_and_place(row: dict[str, Any]) -> tuple[str, int, list[str]]:
    places = [value for value in row.values() if isinstance(value, int)]
    return str(row.get("week", "")), min(places), [str(value) for value in row.values()]


def _recomputed(season: Season, cited: CitedRule) -> dict[str, int]:
    """Give positions by week and artist under a chart rule, or by nominee under a counting or purge rule."""
    with tempfile.TemporaryDirectory(prefix="plaudit-rules-") as scratch:
        tables = Evidence(Path(scratch), beneath=season.evidence)
        rules = {**season.rules, cited.name: cited}
        if isinstance(cited.rule, ChartRule):
            if not season.charts:
                raise OutOfTurn("the season has no chart", "compare counting rules, or choose another season")
            use = msgspec.structs.replace(season.charts[0], rule=cited.name)
            under = dataclasses.replace(season, charts=(use,), rules=rules)
            pipeline.measure(under, tables)
            pipeline.chart(under, tables)
            rows = tables.to_rows(tables.read("entries"))
            return {_key(week=row["week"], artist=row["artist"]): row["position"] for row in rows}
        if isinstance(cited.rule, CountingRule) and season.vote:
            under = dataclasses.replace(season, vote=msgspec.structs.replace(season.vote, rule=cited.name), rules=rules)
            return _positions(under, tables)
        if isinstance(cited.rule, PurgeRule) and season.vote:
            purges = _in_place(season.audit.purges, cited.name)
            audit = msgspec.structs.replace(season.audit, purges=purges)
            return _positions(dataclasses.replace(season, audit=audit, rules=rules), tables)
        if isinstance(cited.rule, NominationRule) and season.nomination:
            under = dataclasses.replace(
                season, nomination=msgspec.structs.replace(season.nomination, rule=cited.name), rules=rules
            )
            pipeline.nominate(under, tables)
            return {_key(nominee=row["nominee"]): row["points"] for row in tables.to_rows(tables.read("nominees"))}
    raise OutOfTurn(f"the season has no step for a {cited.kind} rule", "choose another season")


def _positions(season: Season, tables: Evidence) -> dict[str, int]:
    """Give the result's positions by nominee, purged and counted anew."""
    pipeline.audit(season, tables)
    pipeline.tally(season, tables)
    return {_key(nominee=row["nominee"]): row["position"] for row in tables.to_rows(tables.read("result"))}


def _in_place(purges: tuple[str, ...], name: str) -> tuple[str, ...]:
    """Give the purge rules with another version of one in its place, or one more at the end."""
    rule_id = name.partition("@")[0]
    found = tuple(name if other.partition("@")[0] == rule_id else other for other in purges)
    return found if name in found else (*found, name)


def _key(**parts: str) -> str:
    return json.dumps(parts, ensure_ascii=False)
