"""The roll of honour: every edition with its winner and nominees, streaks and firsts, and who says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from plaudit.honour.honours import firsts, in_order, records
from plaudit.site.kinds import MenuItem, Page, PageKind
from plaudit.words.awards import award_name
from plaudit.words.message import Country, say
from plaudit.words.names import known
from plaudit.words.texts import N_

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plaudit.honour.honours import Honour
    from plaudit.site.site_data import SiteData
    from plaudit.words.message import Message
    from plaudit.words.words import Words

__all__ = ["HONOURS"]

_KINDS: Final = ("person", "group")


def _pages(site_data: SiteData) -> Iterator[Page]:
    if not site_data.honours:
        return
    held, result = site_data.honours, site_data.statement.get("result")
    yield Page(
        "honours.html",
        {
            "awards": [_award(site_data, award) for award in sorted({honour.award for honour in held})],
            "is_left_out": bool(result and result["winners"]) and site_data.evidence_kind != "real",
        },
    )


def _award(site_data: SiteData, award: str) -> dict[str, Any]:
    held = [honour for honour in site_data.honours if honour.award == award]
    place = in_order(held)
    editions = [edition for _, edition in sorted(place, key=place.__getitem__, reverse=True)]
    return {
        "award": award,
        "editions": [_edition(site_data, held, edition) for edition in editions],
        "records": [
            {
                **_who(site_data, record.artist),
                "titles": len(record.titles),
                "nominations": len(record.nominations),
                "longest_streak": record.longest_streak,
                "current_streak": record.current_streak,
            }
            for record in records(held)
            if record.titles
        ],
        "firsts": _firsts(site_data, held),
    }


def _firsts(site_data: SiteData, held: list[Honour]) -> list[dict[str, Any]]:
    """Give the firsts, those of one artist in one edition together."""
    found: dict[tuple[str, str], list[str]] = {}
    for first in firsts(held, site_data.season.artists):
        found.setdefault((first.edition, first.artist), []).append(first.attribute)
    return [
        {**_who(site_data, artist), "edition": edition, "attributes": attributes}
        for (edition, artist), attributes in found.items()
    ]


def _edition(site_data: SiteData, held: list[Honour], edition: str) -> dict[str, Any]:
    own = [honour for honour in held if honour.edition == edition]
    return {
        "edition": edition,
        "won": [_who(site_data, honour.artist) for honour in own if honour.is_title],
        "nominated": [_who(site_data, honour.artist) for honour in own if not honour.is_title],
        "sources": sorted({(honour.source, honour.grade) for honour in own}),
    }


def _who(site_data: SiteData, artist: str) -> dict[str, Any]:
    return {"artist": artist if artist in site_data.artists else "", "names": site_data.names(artist)}


def _view(facts: dict[str, Any], words: Words) -> dict[str, object]:
    found = {one for award in facts["awards"] for first in award["firsts"] for one in first["attributes"]}
    return {
        "name_of": {award["award"]: words.html(award_name(award["award"])) for award in facts["awards"]},
        "first_of": {attribute: words.html(_first(attribute)) for attribute in sorted(found)},
    }


def _first(attribute: str) -> Message:
    """Give the words for an attribute of a first title, as `honour.firsts` writes it."""
    what, _, value = attribute.partition(" ")
    genre, _, kind = attribute.rpartition(" ")
    if attribute in _KINDS:
        return say("first of the kind: %(kind)s", kind=known("kind", attribute))
    if what == "country":
        return say("first from the country: %(country)s", country=Country(value))
    if kind in _KINDS and what != "genre":
        return say("first %(genre)s act of the kind: %(kind)s", genre=genre, kind=known("kind", kind))
    return say("first of the genre: %(genre)s", genre=value)


def _menu(site_data: SiteData) -> Iterable[MenuItem]:
    return [MenuItem("honours.html", N_("Roll of honour"))] if site_data.honours else []


HONOURS: Final = PageKind("honours", "honours.html", _pages, _view, menu=_menu)
