"""The roll of honour: every edition with its winner and nominees, streaks and firsts, and who says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from plaudit.honour.honours import firsts, in_order, records
from plaudit.site.kinds import MenuItem, Page, PageKind
from plaudit.site.press.claims import genre_name, what_kind
from plaudit.words.awards import award_name
from plaudit.words.message import Country, say
from plaudit.words.texts import N_

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plaudit.honour.honours import Honour
    from plaudit.site.site_data import SiteData
    from plaudit.words.message import Message
    from plaudit.words.words import Words

__all__ = ["HONOURS"]

_KINDS: Final = ("person", "group")


class Who(msgspec.Struct, frozen=True):
    """An artist, with its names by language; without an id where it has no page."""

    artist: str
    names: dict[str, str]


class Held(Who, frozen=True):
    """What an artist holds of one award."""

    titles: int
    nominations: int
    longest_streak: int
    current_streak: int


class First(Who, frozen=True):
    """What an artist was the first of, in one edition."""

    edition: str
    attributes: list[str]


class Edition(msgspec.Struct, frozen=True):
    """One edition: who won, who was nominated, and who says so, with the grade of each."""

    edition: str
    won: list[Who]
    nominated: list[Who]
    sources: list[tuple[str, str]]


class Award(msgspec.Struct, frozen=True):
    """One award: its editions, the latest first, who won it most, and firsts."""

    award: str
    editions: list[Edition]
    records: list[Held]
    firsts: list[First]


class Facts(msgspec.Struct, frozen=True):
    """The roll of honour, and whether the season's result does not belong to it."""

    awards: list[Award]
    is_left_out: bool


def _pages(site_data: SiteData) -> Iterator[Page]:
    if not site_data.honours:
        return
    result = site_data.statement.get("result")
    is_left_out = bool(result and result["winners"]) and site_data.evidence_kind != "real"
    awards = sorted({honour.award for honour in site_data.honours})
    yield Page("honours.html", Facts([_award(site_data, award) for award in awards], is_left_out))


def _award(site_data: SiteData, award: str) -> Award:
    held = [honour for honour in site_data.honours if honour.award == award]
    place = in_order(held)
    editions = [edition for _, edition in sorted(place, key=place.__getitem__, reverse=True)]
    most = [
        Held(
            *_who(site_data, record.artist),
            len(record.titles),
            len(record.nominations),
            record.longest_streak,
            record.current_streak,
        )
        for record in records(held)
        if record.titles
    ]
    return Award(award, [_edition(site_data, held, edition) for edition in editions], most, _firsts(site_data, held))


def _firsts(site_data: SiteData, held: list[Honour]) -> list[First]:
    """Give the firsts, those of one artist in one edition together."""
    found: dict[tuple[str, str], list[str]] = {}
    for first in firsts(held, site_data.season.artists):
        found.setdefault((first.edition, first.artist), []).append(first.attribute)
    return [First(*_who(site_data, artist), edition, attributes) for (edition, artist), attributes in found.items()]


def _edition(site_data: SiteData, held: list[Honour], edition: str) -> Edition:
    own = [honour for honour in held if honour.edition == edition]
    won = [Who(*_who(site_data, honour.artist)) for honour in own if honour.is_title]
    nominated = [Who(*_who(site_data, honour.artist)) for honour in own if not honour.is_title]
    return Edition(edition, won, nominated, sorted({(honour.source, honour.grade) for honour in own}))


def _who(site_data: SiteData, artist: str) -> tuple[str, dict[str, str]]:
    return artist if artist in site_data.artists else "", site_data.names(artist)


def _view(facts: Facts, words: Words) -> dict[str, object]:
    found = {one for award in facts.awards for first in award.firsts for one in first.attributes}
    return {
        "name_of": {award.award: words.html(award_name(award.award)) for award in facts.awards},
        "first_of": {attribute: words.html(_first(attribute)) for attribute in sorted(found)},
    }


def _first(attribute: str) -> Message:
    """Give the words for an attribute of a first title, as `honour.firsts` writes it."""
    what, _, value = attribute.partition(" ")
    genre, _, kind = attribute.rpartition(" ")
    if attribute in _KINDS:
        return say("first %(what)s to win", what=what_kind(attribute))
    if what == "country":
        return say("first artist from %(country)s to win", country=Country(value))
    if kind in _KINDS and what != "genre":
        return say("first %(what)s to win", what=what_kind(kind, genre))
    return say("first %(genre)s artist to win", genre=genre_name(value))


def _menu(site_data: SiteData) -> Iterable[MenuItem]:
    return [MenuItem("honours.html", N_("Roll of honour"))] if site_data.honours else []


HONOURS: Final = PageKind("honours", "honours.html", _pages, _view, menu=_menu, facts=Facts)
