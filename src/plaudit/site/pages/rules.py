"""Every rule of the season: in short in the reader's language, whole in English, and as the file itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
from markdown_it import MarkdownIt
from markupsafe import Markup

from plaudit.rulebook.render import render
from plaudit.site.kinds import Page, PageKind
from plaudit.site.rule_words import KINDS, sections

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plaudit.rulebook.library import CitedRule
    from plaudit.site.site_data import SiteData
    from plaudit.words.words import Words

__all__ = ["RULE", "markdown_html", "rule_facts", "rule_path"]

_MARKDOWN: Final = MarkdownIt("zero").enable(["heading", "list", "backticks"])
"""What `rulebook.render` writes and no more: no HTML, no links, no images."""


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


def markdown_html(text: str) -> Markup:
    r"""Give the Markdown of a rule as HTML, its headings one level lower and its title left out.

    Examples
    --------
    >>> markdown_html("# Title\n\n## Ties\n\nBy `peak`, <b>then</b> nothing.")
    Markup('<h3>Ties</h3>\n<p>By <code>peak</code>, &lt;b&gt;then&lt;/b&gt; nothing.</p>\n')
    """
    tokens = _MARKDOWN.parse(text)
    if tokens and tokens[0].tag == "h1":
        del tokens[:3]
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + 1, 6)}"
    return Markup(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}))  # noqa: S704  # it escapes all text


def _pages(site_data: SiteData) -> Iterator[Page]:
    for name, cited in sorted(site_data.season.rules.items()):
        yield Page(rule_path(name), {**rule_facts(cited), "markdown": render(cited.rule)})


def _view(facts: dict[str, Any], words: Words) -> dict[str, object]:
    kind = KINDS[facts["kind"]]
    return {
        "kind": words.text(kind),
        "sections": sections(facts["rule"], words),
        "whole": markdown_html(facts["markdown"]),
    }


RULE: Final = PageKind("rule", "rule.html", _pages, _view)
