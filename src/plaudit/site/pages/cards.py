"""Share cards: one for each edition told of, each chart's latest week, and the artists who lead it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup, escape

from plaudit.site.card_drawing import Card, drawn, png_of
from plaudit.site.kinds import FileKind, Page
from plaudit.site.press.kit import kits
from plaudit.site.press.sentences import sentence
from plaudit.site.press.voice import Voice
from plaudit.words.names import evidence_note, known
from plaudit.words.texts import N_
from plaudit.words.words import words_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plaudit.site.site_data import SiteData
    from plaudit.words.words import Words

__all__ = ["CARDS", "artist_card", "carded", "press_card"]

_LEADERS: Final = 10


def press_card(language: str, page: str) -> str:
    """Give where the card of a press kit lies, by its page; the season's own is every other page's too."""
    name = page.removesuffix(".html")
    return f"cards/{language}/{'edition' if not name.startswith('press/') else name}.png"


def chart_card(language: str, chart: str) -> str:
    """Give where the card of a chart's latest week lies."""
    return f"cards/{language}/chart/{chart}.png"


def artist_card(language: str, artist: str) -> str:
    """Give where an artist's card lies; only `carded` artists have one."""
    return f"cards/{language}/artist/{artist}.png"


def carded(site_data: SiteData) -> dict[str, dict[str, Any]]:
    """Give the artists with a card, each with its entry: the first ten of the first chart's latest week."""
    if not site_data.charts or not site_data.charts[0].charted:
        return {}
    chart = site_data.charts[0]
    entries = chart.by_week[chart.charted[-1]]
    return {
        entry["artist"]: entry
        for entry in entries
        if entry["position"] <= _LEADERS and entry["artist"] in site_data.artists
    }


def _pages(site_data: SiteData) -> Iterator[Page]:
    for language in site_data.languages:
        common = {"language": language, "origin": site_data.season.origin, "season": site_data.season.titles}
        for page, kit in kits(site_data).items():
            claims: list[dict[str, Any]] = next((s["claims"] for s in kit["sections"] if s["id"] == "record"), [])
            facts = {"award": kit["award"], "edition": kit["edition"], "claims": claims, "evidence": kit["evidence"]}
            yield Page(press_card(language, page), {"card": "edition", **common, **facts})
        for chart in site_data.charts:
            if chart.charted:
                yield Page(
                    chart_card(language, chart.name), {"card": "chart", **common, **_chart_facts(site_data, chart)}
                )
        for artist, entry in carded(site_data).items():
            facts = {
                "names": site_data.names(artist),
                "chart": site_data.charts[0].rule.title,
                "readings": site_data.readings_kind,
                **{key: entry[key] for key in ("week", "position", "points", "peak", "weeks_on_chart")},
            }
            yield Page(artist_card(language, artist), {"card": "artist", **common, **facts})


def _chart_facts(site_data: SiteData, chart: Any) -> dict[str, Any]:
    week = chart.charted[-1]
    entries = [[entry["position"], site_data.names(entry["artist"])] for entry in chart.by_week[week][:5]]
    return {"chart": chart.rule.title, "week": week, "entries": entries, "readings": site_data.readings_kind}


def _render(facts: dict[str, Any]) -> list[bytes]:
    words = words_of(facts["language"])
    return [png_of(drawn(_CARDS[facts["card"]](facts, words)))]


def _edition(facts: dict[str, Any], words: Words) -> Card:
    """Give the winner by the record; without one, the season's title and what its evidence is."""
    voice = Voice(words, escape)
    claims = facts["claims"]
    if not claims:
        note = _plain(evidence_note(words, facts["evidence"]))
        return _card(facts, words, "", words.name(facts["season"]), [note], facts["evidence"])
    won = claims[0]
    lines = [
        _plain(sentence(claim, facts["award"], voice)) for claim in claims if claim["says"] in {"titles", "first"}
    ][:2]
    if won["over"]:
        lines.append(_plain(words.text(N_("Over %(others)s"), others=voice.beaten(won["over"]))))
    return Card(
        kicker=_plain(voice.prize(facts["award"], facts["edition"])),
        large=_plain(voice.people(won["winners"])),
        lines=lines,
        rows=[],
        label=_plain(words.text(N_("The record, by the sources it names"))),
        origin=facts["origin"],
        is_warned=False,
    )


def _chart(facts: dict[str, Any], words: Words) -> Card:
    week = _plain(words.text("week of %(week)s", week=words.day(facts["week"])))
    rows = [(str(position), words.name(names)) for position, names in facts["entries"]]
    title = words.title(facts["chart"])
    return _card(facts, words, words.name(facts["season"]), f"{title}, {week}", [], facts["readings"], rows)


def _artist(facts: dict[str, Any], words: Words) -> Card:
    week = words.day(facts["week"])
    lines = [
        _plain(words.text(N_("No. %(position)s in the week of %(week)s"), position=facts["position"], week=week)),
        _plain(words.text(N_("%(points)s of a million points"), points=words.number(facts["points"]))),
        _plain(
            words.count(
                "Peak %(peak)s, %(n)s week on the chart",
                "Peak %(peak)s, %(n)s weeks on the chart",
                facts["weeks_on_chart"],
                peak=facts["peak"],
            )
        ),
    ]
    return _card(facts, words, words.title(facts["chart"]), words.name(facts["names"]), lines, facts["readings"])


def _card(
    facts: dict[str, Any],
    words: Words,
    kicker: str,
    large: str,
    lines: list[str],
    evidence: str,
    rows: list[tuple[str, str]] | None = None,
) -> Card:
    label = _plain(known(words, "evidence", evidence))
    return Card(kicker, large, lines, rows or [], label, facts["origin"], is_warned=evidence != "real")


def _plain(text: str) -> str:
    """Give a message without the escapes of HTML."""
    return text.unescape() if isinstance(text, Markup) else text


_CARDS: Final = {"edition": _edition, "chart": _chart, "artist": _artist}
CARDS: Final = FileKind("cards", _pages, _render)
