"""What a rule's replacement does to this season: who moves, by the kind of rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plaudit.rulebook.chart_rule import ChartRule
from plaudit.rulebook.counting_rule import CountingRule
from plaudit.rulebook.nomination_rule import NominationRule
from plaudit.rulebook.purge_rule import PurgeRule
from plaudit.site.effects.chart import chart_moves
from plaudit.site.effects.nominees import nominee_moves
from plaudit.site.effects.purge import purge_moves
from plaudit.site.effects.result import result_moves

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plaudit.rulebook.library import CitedRule, Rule
    from plaudit.site.site_data import Row, SiteData

__all__ = ["effect"]


def effect(site_data: SiteData, now: CitedRule, old: Rule) -> dict[str, Any] | None:
    """Give who moves between a rule and the one it replaced, or None where nothing can be compared.

    Returns
    -------
    kind : of rule
    moved : rows with `names`; `count` is how many
    is_tied : the older rule leaves a tie and calls it an error, so nothing is compared

    and what the function of that kind gives.
    """
    if isinstance(old, ChartRule):
        chart = next((chart for chart in site_data.charts if chart.name == now.name), None)
        return _named(site_data, "chart", chart_moves(site_data, chart, old), "artist") if chart else None
    if isinstance(old, NominationRule):
        found = nominee_moves(site_data, old)
        return _named(site_data, "nomination", found, "nominee") if found else None
    if "result" not in site_data.statement:
        return None
    if isinstance(old, CountingRule):
        return _named(site_data, "counting", result_moves(site_data, old), "nominee")
    return _purge(site_data, now.rule, old)


def _purge(site_data: SiteData, now: Rule, old: Rule) -> dict[str, Any] | None:
    if not (isinstance(now, PurgeRule) and isinstance(old, PurgeRule)):
        return None
    return _named(site_data, "purge", purge_moves(site_data, now, old), "nominee")


def _named(site_data: SiteData, kind: str, found: Row, key: str) -> dict[str, Any]:
    rows: Sequence[Row] = found["moved"] or []
    moved = [
        {
            **row,
            "names": site_data.names(row[key]),
            "artist": row[key] if row[key] in site_data.artists else "",
        }
        for row in rows
    ]
    whole = {"artists": len({row["artist"] for row in rows})} if kind == "chart" else {}
    return {**found, **whole, "kind": kind, "moved": moved, "count": len(rows), "is_tied": found["moved"] is None}
