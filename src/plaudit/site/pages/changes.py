"""What changed between a rule and the version before it, and what that does to this season's results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from plaudit.site.kinds import Page, PageKind
from plaudit.site.rule_words import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plaudit.site.site_data import SiteData
    from plaudit.words.words import Words

__all__ = ["CHANGES"]

_MOVED_MOST: Final = 60


def _pages(site_data: SiteData) -> Iterator[Page]:
    cited = [rule for _, rule in sorted(site_data.season.rules.items())]
    yield Page(
        "changes.html",
        {
            "changes": [_shown(change) for change in site_data.changes],
            "has_result": "result" in site_data.statement,
            "first": [[rule.name, rule.rule.title] for rule in cited if not rule.rule.supersedes],
        },
    )


def _shown(change: dict[str, Any]) -> dict[str, Any]:
    """Give a change with the first of those who move."""
    effect = change["effect"]
    return {**change, "effect": {**effect, "moved": effect["moved"][:_MOVED_MOST]}} if effect else change


def _view(_facts: dict[str, Any], words: Words) -> dict[str, object]:
    return {"kinds": {kind: words.text(message) for kind, message in KINDS.items()}}


CHANGES: Final = PageKind("changes", "changes.html", _pages, _view)
