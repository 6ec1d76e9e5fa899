"""What machines read of a page: schema.org's words as JSON-LD, in a block of data that no browser runs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup

from plaudit.frame.addresses import absolute
from plaudit.words.awards import prize as prize_of
from plaudit.words.texts import clipped

if TYPE_CHECKING:
    from plaudit.site.press.kit import Kit
    from plaudit.words.words import Words

__all__ = ["artist_data", "block", "chart_data", "edition_data"]

Data = dict[str, Any]

_KINDS: Final = {"group": "MusicGroup", "person": "Person"}
_MUSICBRAINZ: Final = "https://musicbrainz.org/artist/"
_UNSAFE: Final = str.maketrans(
    {letter: f"\\u{ord(letter):04x}" for letter in "<>&'\u2028\u2029"}
)  # so that nothing in it can end the element, nor begin another


def block(data: Data) -> Markup:
    """Give the element that holds the data, with every letter of markup written as an escape."""
    text = json.dumps({"@context": "https://schema.org", **data}, ensure_ascii=False, separators=(",", ":"))
    return Markup('<script type="application/ld+json">%s</script>') % Markup(text.translate(_UNSAFE))  # noqa: S704


def chart_data(facts: Data, words: Words, frame: Data) -> Markup:
    """Give one week of a chart as a list of artists by position."""
    chart, week = facts["chart"], facts["week"]["week"]
    page = absolute(frame["address"], f"{words.language}/chart/{chart['name']}/{week}.html")
    return block(
        {
            "@type": "ItemList",
            "@id": page,
            "name": clipped(f"{words.title(chart['title'])}, {words.text('week of %(week)s', week=words.week(week))}"),
            "url": page,
            "inLanguage": words.language,
            "itemListOrder": "https://schema.org/ItemListOrderAscending",
            "numberOfItems": len(facts["week"]["entries"]),
            "itemListElement": [
                {
                    "@type": "ListItem",
                    "position": entry["position"],
                    "url": absolute(frame["address"], f"{words.language}/artist/{entry['artist']}.html"),
                    "name": clipped(words.name(entry["names"])),
                }
                for entry in facts["week"]["entries"]
            ],
        }
    )


def artist_data(facts: Data, words: Words, frame: Data) -> Markup:
    """Give an artist: names, genres, MusicBrainz identity and the titles it holds."""
    page = absolute(frame["address"], f"{words.language}/artist/{facts['artist']}.html")
    data: Data = {
        "@type": _KINDS[facts["kind"]],
        "@id": absolute(frame["address"], f"artist/{facts['artist']}"),
        "name": clipped(words.name(facts["names"])),
        "url": page,
    }
    others = sorted(set(facts["names"].values()) - {words.name(facts["names"])})
    if others:
        data["alternateName"] = [clipped(name) for name in others]
    if facts["kind"] == "group" and facts["genres"]:
        data["genre"] = facts["genres"]
    if facts["musicbrainz"]:
        data["sameAs"] = [_MUSICBRAINZ + facts["musicbrainz"]]
    titles = [honour for honour in facts["honours"] if honour["outcome"] == "won"]
    if titles:
        data["award"] = [clipped(words.plain(prize_of(title["award"], title["edition"]))) for title in titles]
    return block(data)


def edition_data(kit: Kit, words: Words, frame: Data, prize: Markup) -> Markup:
    """Give an edition of the award as an event."""
    data = {
        "@type": "Event",
        "@id": absolute(frame["address"], f"edition/{kit.edition}"),
        "name": clipped(prize.striptags()),
        "url": absolute(frame["address"], f"{words.language}/{kit.page}.html"),
        "inLanguage": words.language,
    }
    return block(data)
