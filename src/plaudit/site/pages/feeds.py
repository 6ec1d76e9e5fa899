"""Feeds of what is new: each charted week and the result, as Atom and as JSON Feed, one pair for each language."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

import msgspec
from markupsafe import Markup
from msgspec import structs

from plaudit.base.weeks import instant_text, to_instant
from plaudit.frame.addresses import absolute, site_address, tag_id
from plaudit.publish.charts import Week
from plaudit.publish.formats import json_bytes
from plaudit.site.kinds import FileKind, Page
from plaudit.site.press.claims import Claim, people
from plaudit.site.press.kit import kits
from plaudit.site.xml_text import xml_text
from plaudit.words.message import Named, say
from plaudit.words.names import evidence_note, known
from plaudit.words.texts import clipped
from plaudit.words.words import words_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plaudit.site.site_data import SiteData
    from plaudit.words.words import Words

__all__ = ["FEEDS"]

_SHOWN: Final = 10
_WEEKS: Final = 60
"""How many weeks of a chart a feed holds: over a year."""


class Result(msgspec.Struct, frozen=True):
    """What a feed says of the season's count, at the instant at which its vote closed."""

    claims: list[Claim]
    closed_at: int


class Facts(msgspec.Struct, frozen=True):
    """What a feed is made from: the season's texts by language, and the first entries of each week."""

    language: str
    titles: dict[str, str]
    abouts: dict[str, str]
    address: str
    origin: str
    evidence: str
    readings: str
    first_on: str
    charts: dict[str, str]
    weeks: list[Week]
    result: Result | None


class Item(msgspec.Struct, frozen=True):
    """One entry of a feed."""

    id: str
    url: str
    title: str
    summary: str
    html: str
    updated: str
    subject: str


def _pages(site_data: SiteData) -> Iterator[Page]:
    season = site_data.season
    weeks = [week for chart in site_data.charts for week in chart.charted[-_WEEKS:]]
    facts = Facts(
        "",
        season.titles,
        {language: " ".join(about.split()) for language, about in season.abouts.items()},
        site_address(season),
        season.origin,
        site_data.evidence_kind,
        site_data.readings_kind,
        _first_on(site_data),
        {chart.name: chart.rule.title for chart in site_data.charts},
        [structs.replace(week, entries=week.top(_SHOWN)) for week in weeks],
        _result(site_data),
    )
    for language in site_data.languages:
        yield Page(f"{language}/feed.xml", structs.replace(facts, language=language))


def _first_on(site_data: SiteData) -> str:
    """Give the season's first day, by its own dates."""
    days = [use.first_on.isoformat() for use in site_data.season.charts]
    if site_data.season.vote:
        days += [instant_text(window.opens_at)[:10] for window in site_data.season.windows()]
    return min(days, default="1970-01-01")


def _result(site_data: SiteData) -> Result | None:
    claims = kits(site_data)["press"].claims_of("count")
    if not claims:
        return None
    log = site_data.statement["vote"].get("log")
    closed_at = max(window.closes_at for window in site_data.season.windows())
    if log is not None:
        closed_at = to_instant(datetime.fromisoformat(log["closed_at"]))
    return Result(claims, closed_at)


def _render(facts: Facts) -> list[bytes]:
    words = words_of(facts.language)
    items = [_week_item(facts, week, words) for week in facts.weeks]
    if facts.result:
        items.append(_result_item(facts, facts.result, words))
    items.sort(key=lambda item: (item.updated, item.id), reverse=True)
    return [_atom(facts, items, words), _json_feed(facts, items, words)]


def _week_item(facts: Facts, week: Week, words: Words) -> Item:
    title, path = clipped(words.title(facts.charts[week.chart])), f"chart/{week.chart}/{week.week}"
    ranked = Markup().join(
        Markup('<li value="{}">{}</li>').format(entry.position, clipped(words.name(entry.names)))
        for entry in week.entries
    )
    note = Markup("")
    if week.verdict == "provisional":
        note = Markup("<p>{}</p>").format(words.text("Provisional: not every day of the week was seen."))
    for one in week.corrections[-1:]:
        said = words.text(
            "Corrected on %(day)s: %(because)s",
            day=words.day(instant_text(one.released_at)[:10]),
            because=clipped(one.because, 2000),
        )
        note += Markup("<p>{}</p>").format(said)
    updated = max([week.ends_at, *(one.released_at for one in week.corrections)])
    return Item(
        tag_id(facts.origin, week.week, f"{facts.language}/{path}"),
        absolute(facts.address, f"{facts.language}/{path}.html"),
        f"{title}, {words.text('week of %(week)s', week=words.day(week.week))}",
        words.plain(say("No. 1: %(artists)s", artists=people([entry.names for entry in week.leaders]))),
        _label(facts.readings, words) + note + Markup("<ol>{}</ol>").format(ranked),
        instant_text(updated),
        "chart",
    )


def _result_item(facts: Facts, result: Result, words: Words) -> Item:
    said = [claim.said() for claim in result.claims]
    updated = instant_text(result.closed_at)
    title = say("The count: %(season)s", season=Named(facts.titles))
    if facts.evidence != "real":
        title = say("%(title)s (%(kind)s)", title=title, kind=known("evidence", facts.evidence))
    return Item(
        tag_id(facts.origin, updated[:10], f"{facts.language}/result"),
        absolute(facts.address, f"{facts.language}/press.html"),
        words.plain(title),
        words.plain(said[0]),
        _label(facts.evidence, words) + Markup().join(Markup("<p>{}</p>").format(words.html(one)) for one in said),
        updated,
        "result",
    )


def _label(kind: str, words: Words) -> Markup:
    """Give what an entry rests on, where that is not plainly real."""
    if kind == "real":
        return Markup("")
    return Markup("<p><strong>{}</strong>. {}</p>").format(
        words.html(known("evidence", kind)), words.html(evidence_note(kind))
    )


def _updated(facts: Facts, items: list[Item]) -> str:
    return items[0].updated if items else f"{facts.first_on}T00:00:00Z"


def _atom(facts: Facts, items: list[Item], words: Words) -> bytes:
    language, origin, address = facts.language, facts.origin, facts.address
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{language}">',
        f"<id>{xml_text(tag_id(origin, facts.first_on, f'{language}/feed'))}</id>",
        _element("title", facts.titles, 160, words),
        _element("subtitle", facts.abouts, 600, words),
        f"<updated>{_updated(facts, items)}</updated>",
        f"<author><name>{xml_text(clipped(origin))}</name></author>",
        f'<link rel="self" type="application/atom+xml" href="{_address(address, f"{language}/feed.xml")}"/>',
        f'<link rel="alternate" type="text/html" href="{_address(address, f"{language}/index.html")}"/>',
    ]
    for item in items:
        lines += [
            "<entry>",
            f"<id>{xml_text(item.id)}</id>",
            f"<title>{xml_text(item.title)}</title>",
            f"<updated>{item.updated}</updated>",
            f'<link rel="alternate" type="text/html" href="{xml_text(item.url)}"/>',
            f'<category term="{item.subject}"/>',
            f"<summary>{xml_text(item.summary)}</summary>",
            f'<content type="html">{xml_text(item.html)}</content>',
            "</entry>",
        ]
    return "\n".join([*lines, "</feed>", ""]).encode()


def _element(name: str, texts: dict[str, str], letters: int, words: Words) -> str:
    """Give a text of the season as an element, with its language where that is not the feed's."""
    language, text = words.shown(texts)[0]
    said = "" if language == words.language else f' xml:lang="{xml_text(language)}"'
    return f"<{name}{said}>{xml_text(clipped(text, letters))}</{name}>"


def _address(address: str, path: str) -> str:
    return xml_text(absolute(address, path))


def _json_feed(facts: Facts, items: list[Item], words: Words) -> bytes:
    language, address = facts.language, facts.address
    return json_bytes(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": clipped(words.name(facts.titles)),
            "home_page_url": absolute(address, f"{language}/index.html"),
            "feed_url": absolute(address, f"{language}/feed.json"),
            "description": clipped(words.name(facts.abouts), 600),
            "language": language,
            "authors": [{"name": clipped(facts.origin)}],
            "items": [
                {
                    "id": item.id,
                    "url": item.url,
                    "title": item.title,
                    "summary": item.summary,
                    "content_html": item.html,
                    "date_published": item.updated,
                    "tags": [item.subject],
                    "language": language,
                }
                for item in items
            ],
        }
    )


def _paths(path: str) -> list[str]:
    return [path, path.removesuffix(".xml") + ".json"]


FEEDS: Final = FileKind("feeds", _pages, _render, _paths, facts=Facts)
