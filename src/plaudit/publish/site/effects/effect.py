"""What a rule's replacement does to this season: who moves, by the kind of rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plaudit.publish.site.effects.chart import chart_moves
from plaudit.publish.site.effects.nominees import nominee_moves
from plaudit.publish.site.effects.purge import purge_moves
from plaudit.publish.site.effects.result import result_moves
from plaudit.rulebook.chart_rule import ChartRule
from plaudit.rulebook.counting_rule import CountingRule
from plaudit.rulebook.nomination_rule import NominationRule
from plaudit.rulebook.purge_rule import PurgeRule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plaudit.publish.site.material import Material, Row
    from plaudit.rulebook.library import CitedRule, Rule

__all__ = ["effect"]


def effect(material: Material, now: CitedRule, old: Rule) -> dict[str, Any] | None:
    """Give who moves between a rule and the one it replaced, or None where nothing can be compared.

    Returns
    -------
    kind : of rule
    moved : rows with `names`; `count` is how many
    is_tied : the older rule leaves a tie and calls it an error, so nothing is compared

    and what the function of that kind gives.
    """
    if isinstance(old, ChartRule):
        chart = next((chart for chart in material.charts if chart.name == now.name), None)
        return _named(material, "chart", chart_moves(material, chart, old), "artist") if chart else None
    if isinstance(old, NominationRule):
        found = nominee_moves(material, old)
        return _named(material, "nomination", found, "nominee") if found else None
    if "result" not in material.statement:
        return None
    if isinstance(old, CountingRule):
        return _named(material, "counting", result_moves(material, old), "nominee")
    return _purge(material, now.rule, old)


def _purge(material: Material, now: Rule, old: Rule) -> dict[str, Any] | None:
    if not (isinstance(now, PurgeRule) and isinstance(old, PurgeRule)):
        return None
    return _named(material, "purge", purge_moves(material, now, old), "nominee")


def _named(material: Material, kind: str, found: Row, key: str) -> dict[str, Any]:
    rows: Sequence[Row] = found["moved"] or []
    moved = [
        {
            **row,
            "names": material.names(row[key]),
            "artist": row[key] if row[key] in material.artists else "",
        }
        for row in rows
    ]
    whole = {"artists": len({row["artist"] for row in rows})} if kind == "chart" else {}
    return {**found, **whole, "kind": kind, "moved": moved, "count": len(rows), "is_tied": found["moved"] is None}
