"""Who moves in a season when one rule takes another's place."""

from __future__ import annotations

import dataclasses
import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from plaudit import pipeline
from plaudit.base.errors import OutOfTurn, UnknownName
from plaudit.cli.output import progress
from plaudit.rulebook.chart_rule import ChartRule
from plaudit.rulebook.counting_rule import CountingRule
from plaudit.rulebook.nomination_rule import NominationRule
from plaudit.rulebook.purge_rule import PurgeRule
from plaudit.store.evidence import Evidence

if TYPE_CHECKING:
    from plaudit.rulebook.library import CitedRule
    from plaudit.rulebook.season import Season

__all__ = ["moves"]


def moves(season: Season, old: CitedRule, new: CitedRule) -> list[dict[str, Any]]:
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
