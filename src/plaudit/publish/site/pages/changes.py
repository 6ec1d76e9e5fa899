"""What changed between a rule and the version before it, and what that does to this season's results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from plaudit.base.errors import UnknownName
from plaudit.publish.site.effects import chart_moves, result_moves
from plaudit.publish.site.kinds import Page, PageKind
from plaudit.publish.site.rule_words import KINDS
from plaudit.rulebook.chart_rule import ChartRule
from plaudit.rulebook.counting_rule import CountingRule
from plaudit.rulebook.differences import differences
from plaudit.rulebook.library import RuleLibrary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plaudit.publish.site.material import Material, Row
    from plaudit.publish.site.words import Words
    from plaudit.rulebook.library import CitedRule

__all__ = ["CHANGES"]

_MOVED_MOST: Final = 60
_WORDY: Final = frozenset({"because", "title", "sources", "not_found", "id", "version", "supersedes"})
"""Keys that say why, not what."""


def _pages(material: Material) -> Iterator[Page]:
    cited = [rule for _, rule in sorted(material.season.rules.items())]
    yield Page(
        "changes.html",
        {
            "changes": [_change(material, rule) for rule in cited if rule.rule.supersedes],
            "first": [[rule.name, rule.rule.title] for rule in cited if not rule.rule.supersedes],
        },
    )


def _change(material: Material, cited: CitedRule) -> dict[str, Any]:
    head = {
        "name": cited.name,
        "kind": cited.kind,
        "title": cited.rule.title,
        "because": cited.rule.because,
        "old": cited.rule.supersedes,
    }
    try:
        old = RuleLibrary(material.season.folder / "rules").cited(cited.rule.supersedes)
    except UnknownName:
        return {**head, "keys": [], "is_known": False, "effect": None}
    keys = [vars(one) for one in differences(old.rule, cited.rule) if not _WORDY & set(_words_of(one.key))]
    return {**head, "keys": keys, "is_known": True, "effect": _effect(material, cited, old)}


def _words_of(key: str) -> list[str]:
    return key.replace("[", ".").replace("]", "").split(".")


def _effect(material: Material, cited: CitedRule, old: CitedRule) -> dict[str, Any] | None:
    """Give who moves, or None where that is not recomputed here."""
    if isinstance(old.rule, ChartRule):
        chart = next((chart for chart in material.charts if chart.name == cited.name), None)
        if chart is None:
            return None
        found = chart_moves(material, chart, old.rule)
        moved = [{**row, "names": material.names(row["artist"])} for row in found["moved"]]
        return {
            "weeks": found["weeks"],
            "entries": found["entries"],
            "count": len(moved),
            "artists": len({row["artist"] for row in moved}),
            "moved": [_linked(material, row) for row in moved[:_MOVED_MOST]],
        }
    if isinstance(old.rule, CountingRule) and "result" in material.statement:
        rows = result_moves(material, old.rule)
        named = [{**row, "names": material.names(row["nominee"])} for row in rows or []]
        return {"result": named[:_MOVED_MOST], "count": len(named), "is_tied": rows is None}
    return None


def _linked(material: Material, row: Row) -> Row:
    return {**row, "artist": row["artist"] if row["artist"] in material.artists else ""}


def _view(_facts: dict[str, Any], words: Words) -> dict[str, object]:
    return {"kinds": {kind: words.text(message) for kind, message in KINDS.items()}}


CHANGES: Final = PageKind("changes", "changes.html", _pages, _view)
