"""The press kit of the season's edition and of those the record tells of: pages, Markdown and share cards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plaudit.frame.addresses import site_address
from plaudit.site.kinds import FileKind, Page, PageKind
from plaudit.site.pages.cards import press_card
from plaudit.site.press.kit import Kit, kits
from plaudit.site.press.markdown import Facts, fact_sheet, release
from plaudit.site.press.release import label_of, paragraphs, title_of_section, told_headline
from plaudit.words.awards import prize
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
        yield Page(f"{page}.html", kit)


def _view(kit: Kit, words: Words) -> dict[str, object]:
    line, called = told_headline(kit)
    return {
        "card": press_card(words.language, kit.page),
        "files": markdown_paths(kit.page),
        "prize": words.html(prize(kit.award, kit.edition)),
        "sections": [
            {
                "id": section.id,
                "title": words.html(title_of_section(section)),
                "label": [words.html(said) for said in label_of(section)],
                "is_real": section.label in {"record", "real"},
                "claims": [(words.html(claim.said()), claim.notes) for claim in section.claims],
            }
            for section in kit.sections
        ],
        "headline": words.html(line),
        "headline_notes": called,
        "paragraphs": [[(words.html(said), notes) for said, notes in told] for told in paragraphs(kit)],
        "sources_of": [
            [(words.html(source), words.html(grade(letter))) for source, letter in note.sources] for note in kit.notes
        ],
    }


def _files(site_data: SiteData) -> Iterator[Page]:
    for page, kit in kits(site_data).items():
        for language in site_data.languages:
            yield Page(f"{language}/{page}", Facts(kit, language, site_address(site_data.season)))


def _render(facts: Facts) -> list[bytes]:
    return [fact_sheet(facts).encode(), release(facts).encode()]


PRESS: Final = PageKind("press", "press.html", _pages, _view, facts=Kit)
PRESS_FILES: Final = FileKind("press-files", _files, _render, markdown_paths, facts=Facts)
