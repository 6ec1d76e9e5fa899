"""What changed between a rule and the version before it, and what that does to this season's results."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from plaudit.compare.effects import ChartEffect, NominationEffect, PurgeEffect
from plaudit.rulebook.sentences.rule import KIND_NAMES
from plaudit.site.kinds import Page, PageKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plaudit.compare.changes import RuleChange
    from plaudit.compare.effects import Effect
    from plaudit.compare.standings import Move
    from plaudit.site.site_data import SiteData
    from plaudit.words.words import Words

__all__ = ["CHANGES"]

_MOVED_MOST: Final = 60


def _pages(site_data: SiteData) -> Iterator[Page]:
    cited = [rule for _, rule in sorted(site_data.season.rules.items())]
    yield Page(
        "changes.html",
        {
            "changes": [_shown(site_data, change) for change in site_data.changes],
            "has_result": "result" in site_data.statement,
            "first": [[rule.name, rule.rule.title] for rule in cited if not rule.rule.supersedes],
        },
    )


def _shown(site_data: SiteData, change: RuleChange) -> dict[str, Any]:
    return {
        "name": change.cited.name,
        "kind": change.cited.kind,
        "title": change.cited.rule.title,
        "because": change.cited.rule.because,
        "old": change.old,
        "keys": [vars(key) for key in change.keys],
        "is_known": change.is_known,
        "effect": _effect(site_data, change.effect, change.cited.kind) if change.effect else None,
    }


def _effect(site_data: SiteData, effect: Effect, kind: str) -> dict[str, Any]:
    """Give an effect with the first of those who move."""
    moved = effect.moved or []
    shown = {
        "kind": kind,
        "moved": [_row(site_data, effect, move) for move in moved[:_MOVED_MOST]],
        "count": len(moved),
        "is_tied": effect.moved is None,
    }
    if isinstance(effect, ChartEffect):
        return {**shown, "weeks": effect.weeks, "artists": len({move.who for move in moved})}
    if isinstance(effect, NominationEffect):
        return {**shown, "nominees": asdict(effect.nominees) if effect.nominees else None}
    if isinstance(effect, PurgeEffect):
        pairs = {name: asdict(getattr(effect, name)) for name in ("voters", "only", "set_aside")}
        return {**shown, **pairs, "is_late": effect.is_late}
    return shown


def _row(site_data: SiteData, effect: Effect, move: Move) -> dict[str, Any]:
    row = {"names": site_data.names(move.who), "artist": move.who if move.who in site_data.artists else ""}
    if isinstance(effect, ChartEffect):
        return {**row, "week": move.week, "old": move.old.position, "new": move.new.position}
    if isinstance(effect, NominationEffect):
        return {**row, "old": move.old.ground, "new": move.new.ground}
    values = {"old_value": move.old.value, "new_value": move.new.value}
    return {**row, **values, "old": move.old.position, "new": move.new.position}


def _view(_facts: dict[str, Any], words: Words) -> dict[str, object]:
    return {"kinds": {kind: words.html(message) for kind, message in KIND_NAMES.items()}}


CHANGES: Final = PageKind("changes", "changes.html", _pages, _view)
