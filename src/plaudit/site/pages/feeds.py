"""Feeds of what is new: each charted week and the result, as Atom and as JSON Feed, one pair for each language."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec
from markupsafe import Markup

from plaudit.base.weeks import instant_text, to_instant
from plaudit.frame.addresses import absolute, site_address, tag_id
from plaudit.publish.formats import json_bytes
from plaudit.site.kinds import FileKind, Page
from plaudit.site.press.claims import Claim
from plaudit.site.press.kit import kits
from plaudit.site.xml_text import xml_text
from plaudit.words.message import Named, say
from plaudit.words.names import evidence_note, known
from plaudit.words.texts import clipped
from plaudit.words.words import words_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plaudit.site.site_data import Row, SiteData
    from plaudit.words.words import Words

__all__ = ["FEEDS"]

_SHOWN: Final = 10
_WEEKS: Final = 60
"""How many weeks of a chart a feed holds: over a year."""

Facts = dict[str, Any]


def _pages(site_data: SiteData) -> Iterator[Page]:
    season = site_data.season
    facts = {
        "titles": season.titles,
        "abouts": {language: " ".join(about.split()) for language, about in season.abouts.items()},
        "address": site_address(season),
        "origin": season.origin,
        "award": season.award,
        "evidence": site_data.evidence_kind,
        "readings": site_data.readings_kind,
        "first_on": _first_on(site_data),
        "weeks": [_week(site_data, chart, week) for chart in site_data.charts for week in chart.charted[-_WEEKS:]],
        "result": _result(site_data),
    }
    for language in site_data.languages:
        yield Page(f"{language}/feed.xml", {**facts, "language": language})


def _first_on(site_data: SiteData) -> str:
    """Give the season's first day, by its own dates."""
    days = [use.first_on.isoformat() for use in site_data.season.charts]
    if site_data.season.vote:
        days += [instant_text(window.opens_at)[:10] for window in site_data.season.windows()]
    return min(days, default="1970-01-01")


def _week(site_data: SiteData, chart: Any, week: str) -> Facts:
    row: Row = next(row for row in chart.weeks if row["week"] == week)
    return {
        "chart": chart.name,
        "title": chart.rule.title,
        "week": week,
        "verdict": row["verdict"],
        "ends_at": row["ends_at"],
        "entries": [
            [entry["position"], site_data.names(entry["artist"])]
            for entry in chart.by_week[week]
            if entry["position"] <= _SHOWN
        ],
    }


def _result(site_data: SiteData) -> Facts | None:
    """Give the season's count, at the instant at which its vote closed."""
    claims = kits(site_data)["press"].claims_of("count")
    if not claims:
        return None
    log = site_data.statement["vote"].get("log")
    closed_at = max(window.closes_at for window in site_data.season.windows())
    if log is not None:
        closed_at = to_instant(datetime.fromisoformat(log["closed_at"]))
    return {"claims": claims, "closed_at": closed_at}


def _render(facts: Facts) -> list[bytes]:
    words = words_of(facts["language"])
    entries = [_week_entry(facts, week, words) for week in facts["weeks"]]
    if facts["result"]:
        entries.append(_result_entry(facts, words))
    entries.sort(key=lambda entry: (entry["updated"], entry["id"]), reverse=True)
    return [_atom(facts, entries, words), _json_feed(facts, entries, words)]


def _week_entry(facts: Facts, week: Facts, words: Words) -> Facts:
    title = clipped(words.title(week["title"]))
    items = Markup().join(
        Markup('<li value="{}">{}</li>').format(position, clipped(words.name(names)))
        for position, names in week["entries"]
    )
    leaders = words.list([clipped(words.name(names)) for position, names in week["entries"] if position == 1])
    note = Markup("")
    if week["verdict"] == "provisional":
        note = Markup("<p>{}</p>").format(words.text("Provisional: not every day of the week was seen."))
    return {
        "id": tag_id(facts["origin"], week["week"], f"{facts['language']}/chart/{week['chart']}/{week['week']}"),
        "url": absolute(facts["address"], f"{facts['language']}/chart/{week['chart']}/{week['week']}.html"),
        "title": f"{title}, {words.text('week of %(week)s', week=words.day(week['week']))}",
        "summary": words.text("No. 1: %(artists)s", artists=leaders).unescape(),
        "html": _label(facts["readings"], words) + note + Markup("<ol>{}</ol>").format(items),
        "updated": instant_text(week["ends_at"]),
        "subject": "chart",
    }


def _result_entry(facts: Facts, words: Words) -> Facts:
    said = [claim.said() for claim in msgspec.convert(facts["result"]["claims"], list[Claim])]
    updated = instant_text(facts["result"]["closed_at"])
    title = say("The count: %(season)s", season=Named(facts["titles"]))
    if facts["evidence"] != "real":
        title = say("%(title)s (%(kind)s)", title=title, kind=known("evidence", facts["evidence"]))
    return {
        "id": tag_id(facts["origin"], updated[:10], f"{facts['language']}/result"),
        "url": absolute(facts["address"], f"{facts['language']}/press.html"),
        "title": words.plain(title),
        "summary": words.plain(said[0]),
        "html": _label(facts["evidence"], words)
        + Markup().join(Markup("<p>{}</p>").format(words.html(one)) for one in said),
        "updated": updated,
        "subject": "result",
    }


def _label(kind: str, words: Words) -> Markup:
    """Give what an entry rests on, where that is not plainly real."""
    if kind == "real":
        return Markup("")
    return Markup("<p><strong>{}</strong>. {}</p>").format(
        words.html(known("evidence", kind)), words.html(evidence_note(kind))
    )


def _updated(facts: Facts, entries: list[Facts]) -> str:
    return entries[0]["updated"] if entries else f"{facts['first_on']}T00:00:00Z"


def _atom(facts: Facts, entries: list[Facts], words: Words) -> bytes:
    language, origin, address = facts["language"], facts["origin"], facts["address"]
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{language}">',
        f"<id>{xml_text(tag_id(origin, facts['first_on'], f'{language}/feed'))}</id>",
        _element("title", facts["titles"], 160, words),
        _element("subtitle", facts["abouts"], 600, words),
        f"<updated>{_updated(facts, entries)}</updated>",
        f"<author><name>{xml_text(clipped(origin))}</name></author>",
        f'<link rel="self" type="application/atom+xml" href="{_address(address, f"{language}/feed.xml")}"/>',
        f'<link rel="alternate" type="text/html" href="{_address(address, f"{language}/index.html")}"/>',
    ]
    for entry in entries:
        lines += [
            "<entry>",
            f"<id>{xml_text(entry['id'])}</id>",
            f"<title>{xml_text(entry['title'])}</title>",
            f"<updated>{entry['updated']}</updated>",
            f'<link rel="alternate" type="text/html" href="{xml_text(entry["url"])}"/>',
            f'<category term="{entry["subject"]}"/>',
            f"<summary>{xml_text(entry['summary'])}</summary>",
            f'<content type="html">{xml_text(entry["html"])}</content>',
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


def _json_feed(facts: Facts, entries: list[Facts], words: Words) -> bytes:
    language, address = facts["language"], facts["address"]
    return json_bytes(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": clipped(words.name(facts["titles"])),
            "home_page_url": absolute(address, f"{language}/index.html"),
            "feed_url": absolute(address, f"{language}/feed.json"),
            "description": clipped(words.name(facts["abouts"]), 600),
            "language": language,
            "authors": [{"name": clipped(facts["origin"])}],
            "items": [
                {
                    "id": entry["id"],
                    "url": entry["url"],
                    "title": entry["title"],
                    "summary": entry["summary"],
                    "content_html": str(entry["html"]),
                    "date_published": entry["updated"],
                    "tags": [entry["subject"]],
                    "language": language,
                }
                for entry in entries
            ],
        }
    )


def _paths(path: str) -> list[str]:
    return [path, path.removesuffix(".xml") + ".json"]


FEEDS: Final = FileKind("feeds", _pages, _render, _paths)
