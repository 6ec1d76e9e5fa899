"""What changed between a rule and the version before it, and what that does to this season's results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from plaudit.base.errors import UnknownName
from plaudit.publish.site.effects.effect import effect
from plaudit.publish.site.kinds import Page, PageKind
from plaudit.publish.site.rule_words import KINDS
from plaudit.rulebook.differences import differences
from plaudit.rulebook.library import RuleLibrary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plaudit.publish.site.material import Material
    from plaudit.publish.site.words import Words
    from plaudit.rulebook.library import CitedRule

__all__ = ["CHANGES"]

_WORDY: Final = frozenset({"because", "title", "told", "sources", "not_found", "id", "version", "supersedes"})
"""Keys that say why in words, not what."""


def _pages(material: Material) -> Iterator[Page]:
    cited = [rule for _, rule in sorted(material.season.rules.items())]
    yield Page(
        "changes.html",
        {
            "changes": [_change(material, rule) for rule in cited if rule.rule.supersedes],
            "has_result": "result" in material.statement,
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
    return {**head, "keys": keys, "is_known": True, "effect": effect(material, cited, old.rule)}


def _words_of(key: str) -> list[str]:
    return key.replace("[", ".").replace("]", "").split(".")


def _view(_facts: dict[str, Any], words: Words) -> dict[str, object]:
    return {"kinds": {kind: words.text(message) for kind, message in KINDS.items()}}


CHANGES: Final = PageKind("changes", "changes.html", _pages, _view)
