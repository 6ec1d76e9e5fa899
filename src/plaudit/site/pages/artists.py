"""Every artist of the season, by name, with what it reached."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from plaudit.site.kinds import MenuItem, Page, PageKind
from plaudit.words.texts import N_

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plaudit.site.site_data import SiteData
    from plaudit.words.words import Words

__all__ = ["ARTISTS"]

_ON_A_PAGE: Final = 400
"""By English name, so that a page holds the same artists in every language."""


def _pages(site_data: SiteData) -> Iterator[Page]:
    titles = Counter(honour.artist for honour in site_data.honours if honour.is_title)
    rows = []
    for artist in sorted(site_data.artists.values(), key=lambda one: (one.name.casefold(), one.id)):
        entries = [entry for chart in site_data.charts[:1] for entry in chart.by_artist.get(artist.id, ())]
        rows.append(
            {
                "artist": artist.id,
                "names": artist.names,
                "weeks": len(entries),
                "peak": min((entry.position for entry in entries), default=None),
                "titles": titles[artist.id],
            }
        )
    starts = range(0, len(rows), _ON_A_PAGE)
    for number, start in enumerate(starts, 1):
        yield Page(_path(number), {"artists": rows[start : start + _ON_A_PAGE], "number": number, "pages": len(starts)})


def _path(number: int) -> str:
    return "artists.html" if number == 1 else f"artists-{number}.html"


def _view(facts: dict[str, Any], words: Words) -> dict[str, object]:
    ordered = sorted(facts["artists"], key=lambda row: (words.name(row["names"]).casefold(), row["artist"]))
    return {
        "charted": [row for row in ordered if row["weeks"] or row["titles"]],
        "others": [row for row in ordered if not row["weeks"] and not row["titles"]],
        "paths": [_path(number) for number in range(1, facts["pages"] + 1)],
    }


def _menu(site_data: SiteData) -> Iterable[MenuItem]:
    return [MenuItem("artists.html", N_("Artists"))] if site_data.artists else []


ARTISTS: Final = PageKind("artists", "artists.html", _pages, _view, menu=_menu)
