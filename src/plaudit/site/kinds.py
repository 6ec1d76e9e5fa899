"""What the site is made of: kinds of pages, and what each page is made from.

A kind says which pages there are and gives each its facts: plain values that JSON
can hold, the same for every language. A page is rendered from its facts' bytes, so
nothing that is not in their digest can reach the page, and equal facts need no
rendering again. To add a kind, write a module in `pages/` and name it in
`registry`; docs/explanation/the-site.md has an example.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from plaudit.site.site_data import SiteData
    from plaudit.words.words import Words

__all__ = ["FileKind", "MenuItem", "Page", "PageKind"]


@dataclass(frozen=True)
class MenuItem:
    """One entry of the site's menu: a path below a language's folder, and a message or a title from the season."""

    path: str
    text: str


@dataclass(frozen=True)
class Page:
    """One page or file: where it lies and the plain values it is made from.

    path : of a page, below each language's folder; of a file, below the site's.
    """

    path: str
    facts: Any


def _nothing(_facts: Any, _words: Words) -> Mapping[str, object]:
    return {}


def _no_menu(_site_data: SiteData) -> Iterable[MenuItem]:
    return ()


@dataclass(frozen=True)
class PageKind:
    """HTML pages, one in each language.

    pages : gives every page of the kind, by path.
    template : the file in `templates/`; it sees `facts`, what `view` gives, and the context of `render`.
    view : what the template needs beyond the facts; pure, of the facts and one language.
    menu : the kind's entries in the menu.
    is_door : the page lies above the languages' folders and is in the source language.
    facts : the type of a page's facts.
    """

    name: str
    template: str
    pages: Callable[[SiteData], Iterable[Page]]
    view: Callable[[Any, Words], Mapping[str, object]] = _nothing
    menu: Callable[[SiteData], Iterable[MenuItem]] = _no_menu
    is_door: bool = False
    facts: Any = Any


@dataclass(frozen=True)
class FileKind:
    """Files that are no pages, of no language: pictures, style sheets, tables to download.

    pages : gives every file of the kind; a file's facts may stand for several files.
    paths : the files that one page's facts make.
    render : gives the bytes of those files, in the order of `paths`.
    facts : the type of a page's facts.
    """

    name: str
    pages: Callable[[SiteData], Iterable[Page]]
    render: Callable[[Any], list[bytes]]
    paths: Callable[[str], list[str]] = lambda path: [path]
    facts: Any = Any
