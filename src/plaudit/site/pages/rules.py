"""Every rule of the season: whole in the reader's language, and as the file itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from plaudit.rulebook.library import Rule
from plaudit.rulebook.sentences.rule import KIND_NAMES, rule_sections
from plaudit.site.kinds import Page, PageKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markupsafe import Markup

    from plaudit.rulebook.library import CitedRule
    from plaudit.site.site_data import SiteData
    from plaudit.words.words import Words

__all__ = ["RULE", "rule_facts", "rule_path", "rule_said"]


def rule_path(name: str) -> str:
    """Give where a rule's page lies."""
    return f"rules/{name}.html"


def rule_facts(cited: CitedRule) -> dict[str, Any]:
    """Give what any page says of a rule."""
    return {
        "name": cited.name,
        "kind": cited.kind,
        "title": cited.rule.title,
        "because": cited.rule.because,
        "supersedes": cited.rule.supersedes,
        "sha256": cited.sha256,
        "rule": msgspec.to_builtins(cited.rule),
    }


def rule_said(rule: dict[str, Any], words: Words) -> list[tuple[Markup, list[Markup]]]:
    """Give every choice of a rule in one language, as headed sections of sentences.

    Parameters
    ----------
    rule : the rule as plain values, as facts hold it
    """
    return [
        (words.html(heading), [words.html(said) for said in found])
        for heading, found in rule_sections(msgspec.convert(rule, Rule))
    ]


def _pages(site_data: SiteData) -> Iterator[Page]:
    for name, cited in sorted(site_data.season.rules.items()):
        yield Page(rule_path(name), rule_facts(cited))


def _view(facts: dict[str, Any], words: Words) -> dict[str, object]:
    return {"kind": words.html(KIND_NAMES[facts["kind"]]), "sections": rule_said(facts["rule"], words)}


RULE: Final = PageKind("rule", "rule.html", _pages, _view)
