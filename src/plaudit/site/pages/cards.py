"""Share cards: one for each edition told of, each chart's latest week, and the artists who lead it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

import msgspec

from plaudit.site.card_drawing import Card, drawn, png_of
from plaudit.site.kinds import FileKind, Page
from plaudit.site.press.claims import Claim, First, Titles, Won, beaten, people
from plaudit.site.press.kit import kits
from plaudit.words.awards import prize
from plaudit.words.message import WeekOf, count, say
from plaudit.words.names import evidence_note, known
from plaudit.words.words import words_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plaudit.publish.charts import Entry
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


def carded(site_data: SiteData) -> dict[str, Entry]:
    """Give the artists with a card, each with its entry: the first ten of the first chart's latest week."""
    latest = site_data.charts[0].latest if site_data.charts else None
    leaders = latest.top(_LEADERS) if latest else []
    return {entry.artist: entry for entry in leaders if entry.artist in site_data.artists}


def _pages(site_data: SiteData) -> Iterator[Page]:
    season, readings = site_data.season, site_data.readings_kind
    for language in site_data.languages:
        for page, kit in kits(site_data).items():
            of = Edition(kit.award, kit.edition, kit.claims_of("record"), kit.evidence)
            yield Page(press_card(language, page), Facts(language, season.origin, season.titles, of))
        for chart in site_data.charts:
            if chart.latest:
                leaders = [(entry.position, entry.names) for entry in chart.latest.entries[:5]]
                top = Top(chart.rule.title, chart.latest.week, leaders, readings)
                yield Page(chart_card(language, chart.name), Facts(language, season.origin, season.titles, top))
        for artist, entry in carded(site_data).items():
            leader = Leader(
                entry.names,
                site_data.charts[0].rule.title,
                readings,
                entry.week,
                entry.position,
                entry.points,
                entry.peak,
                entry.weeks_on_chart,
            )
            yield Page(artist_card(language, artist), Facts(language, season.origin, season.titles, leader))


class Edition(msgspec.Struct, frozen=True, tag=True):
    """What the card of a press kit says."""

    award: str
    edition: str
    claims: list[Claim]
    evidence: str

    def drawn(self, facts: Facts, words: Words) -> Card:
        """Give the winner by the record; without one, the season's title and what its evidence is."""
        won = next((claim for claim in self.claims if isinstance(claim, Won)), None)
        if won is None:
            note = words.plain(evidence_note(self.evidence))
            return facts.card(words, "", words.name(facts.season), [note], self.evidence)
        lines = [claim.said() for claim in self.claims if isinstance(claim, (Titles, First))][:2]
        if won.over:
            lines.append(say("Over %(others)s", others=beaten(won.over)))
        return Card(
            kicker=words.plain(prize(self.award, self.edition)),
            large=words.plain(people(won.winners)),
            lines=[words.plain(line) for line in lines],
            rows=[],
            label=words.plain(say("The record, by the sources it names")),
            origin=facts.origin,
            is_warned=False,
        )


class Top(msgspec.Struct, frozen=True, tag=True):
    """What the card of a chart's latest week says."""

    chart: str
    week: str
    entries: list[tuple[int, dict[str, str]]]
    readings: str

    def drawn(self, facts: Facts, words: Words) -> Card:
        """Give the first five."""
        week = words.plain(say("week of %(week)s", week=WeekOf(date.fromisoformat(self.week))))
        rows = [(str(position), words.name(names)) for position, names in self.entries]
        title = words.title(self.chart)
        return facts.card(words, words.name(facts.season), f"{title}, {week}", [], self.readings, rows)


class Leader(msgspec.Struct, frozen=True, tag=True):
    """What the card of an artist says."""

    names: dict[str, str]
    chart: str
    readings: str
    week: str
    position: int
    points: int
    peak: int
    weeks_on_chart: int

    def drawn(self, facts: Facts, words: Words) -> Card:
        """Give where the artist stands and stood."""
        week = WeekOf(date.fromisoformat(self.week))
        lines = [
            say("No. %(position)s in the week of %(week)s", position=self.position, week=week),
            say("%(points)s of a million points", points=self.points),
            count(
                "Peak %(peak)s, %(n)s week on the chart",
                "Peak %(peak)s, %(n)s weeks on the chart",
                self.weeks_on_chart,
                peak=self.peak,
            ),
        ]
        said = [words.plain(line) for line in lines]
        return facts.card(words, words.title(self.chart), words.name(self.names), said, self.readings)


class Facts(msgspec.Struct, frozen=True):
    """A card in one language: the season's origin and title, and what the card is of."""

    language: str
    origin: str
    season: dict[str, str]
    of: Edition | Top | Leader

    def card(
        self,
        words: Words,
        kicker: str,
        large: str,
        lines: list[str],
        evidence: str,
        rows: list[tuple[str, str]] | None = None,
    ) -> Card:
        """Give a card labelled with what it rests on."""
        label = words.plain(known("evidence", evidence))
        return Card(kicker, large, lines, rows or [], label, self.origin, is_warned=evidence != "real")


def _render(facts: Facts) -> list[bytes]:
    return [png_of(drawn(facts.of.drawn(facts, words_of(facts.language))))]


CARDS: Final = FileKind("cards", _pages, _render, facts=Facts)
