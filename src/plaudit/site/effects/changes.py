"""What changed between each rule of a season and the version before it, and with what effect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from plaudit.base.errors import UnknownName
from plaudit.rulebook.differences import differences
from plaudit.rulebook.library import RuleLibrary
from plaudit.site.effects.effect import effect

if TYPE_CHECKING:
    from plaudit.rulebook.library import CitedRule
    from plaudit.site.site_data import SiteData

__all__ = ["rule_changes"]

_WORDY: Final = frozenset({"because", "title", "told", "sources", "not_found", "id", "version", "supersedes"})
"""Keys that say why in words, not what."""


def rule_changes(site_data: SiteData) -> list[dict[str, Any]]:
    """Give every rule that replaced another, by name: the keys that changed, and the effect as `effect` gives it."""
    cited = [rule for _, rule in sorted(site_data.season.rules.items())]
    return [_change(site_data, rule) for rule in cited if rule.rule.supersedes]


def _change(site_data: SiteData, cited: CitedRule) -> dict[str, Any]:
    head = {
        "name": cited.name,
        "kind": cited.kind,
        "title": cited.rule.title,
        "because": cited.rule.because,
        "old": cited.rule.supersedes,
    }
    try:
        old = RuleLibrary(site_data.season.folder / "rules").cited(cited.rule.supersedes)
    except UnknownName:
        return {**head, "keys": [], "is_known": False, "effect": None}
    keys = [vars(one) for one in differences(old.rule, cited.rule) if not _WORDY & set(_words_of(one.key))]
    return {**head, "keys": keys, "is_known": True, "effect": effect(site_data, cited, old.rule)}


def _words_of(key: str) -> list[str]:
    return key.replace("[", ".").replace("]", "").split(".")
