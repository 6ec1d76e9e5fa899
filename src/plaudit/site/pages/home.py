"""The door, where a language is chosen, and the first page of each language: who won, the count, and the chart."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

import msgspec

from plaudit.base.numbers import half_even
from plaudit.certify.scenarios import winners
from plaudit.publish.charts import Entry
from plaudit.site.geometry import bars, emblem
from plaudit.site.kinds import MenuItem, Page, PageKind
from plaudit.site.pages.artist import run_of
from plaudit.site.pages.chart import chart_head, drawn_entries, entry_facts
from plaudit.site.press.claims import Claim, First, Titles, Won, beaten, headline, people
from plaudit.site.press.kit import kits
from plaudit.words.awards import prize
from plaudit.words.counted import ordinal
from plaudit.words.message import Code, Message, Named, WeekOf, count, say, with_names
from plaudit.words.texts import N_

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plaudit.publish.charts import Chart
    from plaudit.site.site_data import Row, SiteData
    from plaudit.words.message import Value
    from plaudit.words.words import Words

__all__ = ["DOOR", "HOME"]

_SHOWN: Final = 10
_BARS: Final = 5
_NOMINEES_SHOWN: Final = 8


def _door(_site_data: SiteData) -> Iterator[Page]:
    yield Page("index.html", {})


def _home(site_data: SiteData) -> Iterator[Page]:
    charts = [found for chart in site_data.charts if (found := _top(site_data, chart))]
    yield Page(
        "index.html",
        {
            "season": site_data.season.titles,
            "record": _record(site_data),
            "charts": charts,
            "edition": _edition(site_data),
        },
    )


def _record(site_data: SiteData) -> dict[str, Any] | None:
    """Give what the record says of the season's edition, and the winner's run on the first chart."""
    claims = kits(site_data)["press"].claims_of("record")
    if not claims:
        return None
    own = (site_data.season.award, site_data.season.edition)
    honours = [honour for honour in site_data.honours if (honour.award, honour.edition) == own]
    won = [honour.artist for honour in honours if honour.is_title]
    chart = site_data.charts[0] if site_data.charts else None
    return {
        "claims": claims,
        "sources": len({source for honour in honours for source in honour.source.split("; ")}),
        "run": run_of(chart, won[0]) if chart and len(won) == 1 and won[0] in chart.by_artist else None,
    }


def _edition(site_data: SiteData) -> dict[str, Any] | None:
    """Give the nominees and, once that is told, the first of the count, the margin and what the result withstands."""
    season, result = site_data.season, site_data.statement.get("result")
    if season.nomination is None:
        return None
    nominees = [row["nominee"] for row in site_data.statement.get("nominees", [])]
    windows = season.windows() if season.vote else []
    return {
        "count": len(nominees),
        "has_artists": any(nominee in site_data.artists for nominee in nominees),
        "nominees": [_nominee(site_data, nominee) for nominee in nominees[:_NOMINEES_SHOWN]],
        "closes_at": max(window.closes_at for window in windows) if windows and season.live else None,
        "is_replay": site_data.evidence_kind == "synthetic ballots" and bool(site_data.honours),
        "votes_counted": sum(row["votes_counted"] for row in result["totals"]) if result else None,
        "result": _result(site_data, result) if result else None,
        "is_sealed": site_data.is_still_sealed,
    }


def _result(site_data: SiteData, result: Row) -> dict[str, Any]:
    rows = site_data.statement.get("audit", {}).get("sensitivity", {}).get("rows", [])
    tried = [row for row in rows if row["kind"] not in ("certified", "channel")]
    positions = result["positions"]
    return {
        "unit": result["unit"],
        "total": sum(row["value"] for row in positions),
        "rows": [{**_nominee(site_data, row["nominee"]), "value": row["value"]} for row in positions[:_BARS]],
        "is_shared": len(result["winners"]) != 1,
        "set_aside": sum(row["votes_set_aside"] for row in result["totals"]),
        "tried": len(tried),
        "alone": [row for row in rows if row["kind"] == "channel" and row["changes"] and row["winners"]],
        "names": {row["nominee"]: site_data.names(row["nominee"]) for row in positions[: 2 * _BARS]},
        "changed": sum(bool(row["changes"]) for row in tried),
    }


def _nominee(site_data: SiteData, nominee: str) -> dict[str, Any]:
    return {"nominee": nominee, "names": site_data.names(nominee), "has_page": nominee in site_data.artists}


def _top(site_data: SiteData, chart: Chart) -> dict[str, Any] | None:
    """Give the first positions of a chart's latest week."""
    latest = chart.latest
    if latest is None:
        return None
    entries = latest.top(_SHOWN)
    return {
        "chart": chart_head(chart),
        "week": latest.week,
        "entries": entries,
        "sources": [source.title for source in site_data.season.sources if source.metrics],
        **entry_facts(site_data, chart, latest, entries),
    }


def _view(facts: dict[str, Any], words: Words) -> dict[str, object]:
    record, edition = facts["record"], facts["edition"]
    claims = msgspec.convert(record["claims"], list[Claim]) if record else []
    won = next((claim for claim in claims if isinstance(claim, Won)), None)
    news = headline(claims) or _leads(facts)
    return {
        "news": words.html(news).striptags() if news else words.name(facts["season"]),
        "is_news_title": bool(news),
        "record": _told(claims, won, words) if won else None,
        "beaten": words.html(say("Over %(others)s.", others=beaten(won.over))) if won and won.over else "",
        "emblem": emblem(record["run"]["run"], record["run"]["positions"]) if record and record["run"] else None,
        "tally": _tally(edition["result"], words) if edition and edition["result"] else [],
        "trust": words.html(_trust(edition["result"])) if edition and edition["result"] else "",
        "charts": [
            {
                **chart,
                "entries": drawn_entries(chart, msgspec.convert(chart["entries"], list[Entry]), words),
                "sources": [words.title(title) for title in chart["sources"]],
            }
            for chart in facts["charts"]
        ],
    }


def _told(claims: list[Claim], won: Won, words: Words) -> dict[str, object]:
    """Give the story of the record in short: prize, winner, feat, and what the winner is the first of."""
    titles = next((claim for claim in claims if isinstance(claim, Titles)), None)
    first = next((claim for claim in claims if isinstance(claim, First)), None)
    return {
        "prize": words.html(prize(won.award, won.edition)),
        "winner": words.html(people(won.winners)).striptags(),
        "feat": words.html(_feat(titles)) if titles else "",
        "first": words.html(say("first %(what)s to win", what=first.what)) if first else "",
    }


def _feat(titles: Titles) -> Message:
    if titles.in_a_row == 1:
        return say("First win") if titles.titles == 1 else say("Win no. %(n)s", n=titles.titles)
    nth = ordinal(titles.in_a_row)
    return say("%(nth)s year running", nth=nth) if titles.is_yearly else say("%(nth)s time in a row", nth=nth)


def _leads(facts: dict[str, Any]) -> Message | None:
    """Give the news of a season without a record: who is at no. 1 of its first chart."""
    for chart in facts["charts"]:
        names = [Named(entry["names"]) for entry in chart["entries"] if entry["position"] == 1]
        if len(names) == 1:
            week = WeekOf(date.fromisoformat(chart["week"]))
            return say("%(artist)s is no. 1 in the week of %(week)s", artist=names[0], week=week)
    return None


def _tally(result: dict[str, Any], words: Words) -> list[dict[str, Any]]:
    most = max((row["value"] for row in result["rows"]), default=0)
    return [
        {
            **row,
            "width": bars([row["value"]], most, 1_000)[0][1],
            "share": words.tenths_of_percent(1_000 * half_even(1_000 * row["value"], max(result["total"], 1))),
        }
        for row in result["rows"]
    ]


def _trust(result: dict[str, Any]) -> tuple[Value, ...]:
    """Say by how much the first leads, what was set aside in the open, and whether another purge has another winner."""
    said: list[Value] = []
    if len(result["rows"]) > 1 and not result["is_shared"] and result["unit"] != "ppm":
        margin = result["rows"][0]["value"] - result["rows"][1]["value"]
        said.append(count("%(n)s vote between first and second.", "%(n)s votes between first and second.", margin))
    if result["set_aside"]:
        said.append(
            count(
                "%(n)s vote was set aside in the open.", "%(n)s votes were set aside in the open.", result["set_aside"]
            )
        )
    if result["tried"] and not result["changed"]:
        said.append(
            count(
                "Under the %(n)s other purge tried, the winner is the same.",
                "Under all %(n)s other purges tried, the winner is the same.",
                result["tried"],
            )
        )
    elif result["changed"]:
        said.append(
            say(
                "%(changed)s of %(n)s other purges tried have another winner.",
                changed=result["changed"],
                n=result["tried"],
            )
        )
    for row in result["alone"]:
        channel = Code(row["scenario"].removesuffix(" alone"))
        who = with_names(winners(row["winners"]), result["names"])
        said.append(
            say("By the votes in %(channel)s alone, another is first: %(winners)s.", channel=channel, winners=who)
        )
    return tuple(said)


def _menu(_site_data: SiteData) -> Iterable[MenuItem]:
    return [MenuItem("index.html", N_("Home"))]


DOOR: Final = PageKind("door", "door.html", _door, is_door=True)
HOME: Final = PageKind("home", "home.html", _home, _view, menu=_menu)
