"""The roll of honour: every edition with its winner and nominees, streaks and firsts, and who says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from plaudit.honour.honours import firsts, in_order, records
from plaudit.publish.site import names
from plaudit.publish.site.awards import award_name
from plaudit.publish.site.kinds import N_, MenuItem, Page, PageKind
from plaudit.publish.site.texts import bdi

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from markupsafe import Markup

    from plaudit.honour.honours import Honour
    from plaudit.publish.site.material import Material
    from plaudit.publish.site.words import Words

__all__ = ["HONOURS"]

_KINDS: Final = ("person", "group")


def _pages(material: Material) -> Iterator[Page]:
    if not material.honours:
        return
    held, result = material.honours, material.statement.get("result")
    yield Page(
        "honours.html",
        {
            "awards": [_award(material, award) for award in sorted({honour.award for honour in held})],
            "is_left_out": bool(result and result["winners"]) and material.evidence_kind != "real",
        },
    )


def _award(material: Material, award: str) -> dict[str, Any]:
    held = [honour for honour in material.honours if honour.award == award]
    place = in_order(held)
    editions = [edition for _, edition in sorted(place, key=place.__getitem__, reverse=True)]
    return {
        "award": award,
        "editions": [_edition(material, held, edition) for edition in editions],
        "records": [
            {
                **_who(material, record.artist),
                "titles": len(record.titles),
                "nominations": len(record.nominations),
                "longest_streak": record.longest_streak,
                "current_streak": record.current_streak,
            }
            for record in records(held)
            if record.titles
        ],
        "firsts": _firsts(material, held),
    }


def _firsts(material: Material, held: list[Honour]) -> list[dict[str, Any]]:
    """Give the firsts, those of one artist in one edition together."""
    found: dict[tuple[str, str], list[str]] = {}
    for first in firsts(held, material.season.artists):
        found.setdefault((first.edition, first.artist), []).append(first.attribute)
    return [
        {**_who(material, artist), "edition": edition, "attributes": attributes}
        for (edition, artist), attributes in found.items()
    ]


def _edition(material: Material, held: list[Honour], edition: str) -> dict[str, Any]:
    own = [honour for honour in held if honour.edition == edition]
    return {
        "edition": edition,
        "won": [_who(material, honour.artist) for honour in own if honour.is_title],
        "nominated": [_who(material, honour.artist) for honour in own if not honour.is_title],
        "sources": sorted({(honour.source, honour.grade) for honour in own}),
    }


def _who(material: Material, artist: str) -> dict[str, Any]:
    return {"artist": artist if artist in material.artists else "", "names": material.names(artist)}


def _view(facts: dict[str, Any], words: Words) -> dict[str, object]:
    found = {one for award in facts["awards"] for first in award["firsts"] for one in first["attributes"]}
    return {
        "name_of": {award["award"]: award_name(words, award["award"]) for award in facts["awards"]},
        "first_of": {attribute: _first(attribute, words) for attribute in sorted(found)},
    }


def _first(attribute: str, words: Words) -> Markup:
    """Give the words for an attribute of a first title, as `honour.firsts` writes it."""
    what, _, value = attribute.partition(" ")
    genre, _, kind = attribute.rpartition(" ")
    if attribute in _KINDS:
        return words.text("first of the kind: %(kind)s", kind=names.known(words, "kind", attribute))
    if what == "country":
        return words.text("first from the country: %(country)s", country=words.country(value))
    if kind in _KINDS and what != "genre":
        kind_name = names.known(words, "kind", kind)
        return words.text("first %(genre)s act of the kind: %(kind)s", genre=bdi(genre), kind=kind_name)
    return words.text("first of the genre: %(genre)s", genre=bdi(value))


def _menu(material: Material) -> Iterable[MenuItem]:
    return [MenuItem("honours.html", N_("Roll of honour"))] if material.honours else []


HONOURS: Final = PageKind("honours", "honours.html", _pages, _view, menu=_menu)
