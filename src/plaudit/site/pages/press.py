"""The press kit of the season's edition and of those the record tells of: pages, Markdown and share cards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from plaudit.frame.addresses import site_address
from plaudit.site.kinds import FileKind, Page, PageKind
from plaudit.site.pages.cards import press_card
from plaudit.site.press.kit import kits
from plaudit.site.press.markdown import fact_sheet, release
from plaudit.site.press.release import label_of, paragraphs, title_of_section, told_headline
from plaudit.site.press.sentences import sentence
from plaudit.site.press.voice import html_voice
from plaudit.words.names import grade

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plaudit.site.site_data import SiteData
    from plaudit.words.words import Words

__all__ = ["PRESS", "PRESS_FILES", "markdown_paths"]


def markdown_paths(page: str) -> list[str]:
    """Give where the fact sheet and the release of a kit lie, beside its page."""
    return [f"{page}-fact-sheet.md", f"{page}-release.md"]


def _pages(site_data: SiteData) -> Iterator[Page]:
    for page, kit in kits(site_data).items():
        yield Page(
            f"{page}.html", {**kit, "page": page, "titles": site_data.season.titles, "files": markdown_paths(page)}
        )


def _view(facts: dict[str, Any], words: Words) -> dict[str, object]:
    voice = html_voice(words)
    line, called = told_headline(facts, facts["titles"], voice)
    return {
        "card": press_card(words.language, facts["page"]),
        "prize": voice.prize(facts["award"], facts["edition"]),
        "sections": [
            {
                "id": section["id"],
                "title": title_of_section(section, voice),
                "label": label_of(section, voice),
                "is_real": section["label"] in {"record", "real"},
                "claims": [(sentence(claim, facts["award"], voice), claim["notes"]) for claim in section["claims"]],
            }
            for section in facts["sections"]
        ],
        "headline": line,
        "headline_notes": called,
        "paragraphs": paragraphs(facts, voice),
        "sources_of": [
            [(voice.mark(source), grade(words, letter)) for source, letter in note["sources"]]
            for note in facts["notes"]
        ],
    }


def _files(site_data: SiteData) -> Iterator[Page]:
    for page, kit in kits(site_data).items():
        for language in site_data.languages:
            facts = {
                "kit": kit,
                "language": language,
                "titles": site_data.season.titles,
                "address": site_address(site_data.season),
            }
            yield Page(f"{language}/{page}", facts)


def _render(facts: dict[str, Any]) -> list[bytes]:
    return [fact_sheet(facts).encode(), release(facts).encode()]


PRESS: Final = PageKind("press", "press.html", _pages, _view)
PRESS_FILES: Final = FileKind("press-files", _files, _render, markdown_paths)
