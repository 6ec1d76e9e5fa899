"""What can be downloaded: each table that a page shows, cut to what that page is about; summaries last.

A cut has the columns of the table declared in `store.tables`, in its order, unless it
says others. Its rows are lists of plain values, so that they can be facts of a file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import structs

from plaudit.site.download import Download, DownloadKind, declared
from plaudit.site.summaries import SUMMARIES
from plaudit.store.tables import table
from plaudit.words.texts import N_

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from plaudit.publish.charts import Chart, Week
    from plaudit.site.site_data import SiteData

__all__ = [
    "EXTRACTS",
    "artists_cut",
    "cuts",
    "measures_cut",
    "posts_cut",
    "week_cut",
    "weeks_cut",
    "whole_cut",
]

_ARTIST: Final = ("artist", "kind", "country", "genres", "fandom", "musicbrainz")
_SOURCE: Final = ("id", "kind", "title", "publisher", "licence", "from", "to", "sampling", "synthetic")
_POST: Final = ("platform", "post", "account", "published_at", "media", "title", "response")


def whole_cut(site_data: SiteData, name: str) -> Download | None:
    """Give a declared table whole, or nothing where it was not made."""
    if name == "honours":  # the record with what certificates add
        return declared(name, name, [vars(honour) for honour in site_data.honours]) if site_data.honours else None
    if not site_data.tables.has(name):
        return None
    rows = site_data.tables.read(name).order_by(list(table(name).order))
    return declared(name, name, site_data.tables.to_rows(rows))


def week_cut(chart: Chart, week: Week) -> Download:
    """Give the entries of one week of a chart."""
    return declared(f"{chart.name}/{week.week}", "entries", week.rows())


def weeks_cut(chart: Chart) -> Download:
    """Give the weeks of a chart: what was seen of each."""
    return declared(f"{chart.name}/weeks", "weeks", map(structs.asdict, chart.weeks))


def measures_cut(site_data: SiteData, artist: str) -> Download | None:
    """Give what was measured of an artist, week by week, on every chart."""
    rows = [
        [chart.name, week, measure, value, is_flagged]
        for chart in site_data.charts
        for week, measures in sorted(site_data.measures.get((chart.name, artist), {}).items())
        for measure, (value, is_flagged) in sorted(measures.items())
    ]
    kinds = ("word", "string", "word", "int64", "bool")
    fields = list(zip(("chart", "week", "measure", "value", "is_flagged"), kinds, strict=True))
    return Download(f"artist/{artist}/measures", fields, rows) if rows else None


def posts_cut(site_data: SiteData, artist: str) -> Download | None:
    """Give an artist's own posts by time, with the last reading of each metric and the response that is their sum."""
    posts = site_data.posts.get(artist, [])
    metrics = sorted({metric for post in posts for metric in post["last"]})
    kinds = ["int64" if name in {"published_at", "response"} else "string" for name in _POST]
    rows = [[*(post[name] for name in _POST), *(post["last"].get(metric) for metric in metrics)] for post in posts]
    fields = [*zip(_POST, kinds, strict=True), *((metric, "int64") for metric in metrics)]
    return Download(f"artist/{artist}/posts", fields, rows) if rows else None


def cuts(site_data: SiteData) -> Iterator[Download]:
    """Give every table to download."""
    for extract in EXTRACTS:
        yield from extract.cuts(site_data)


def _whole(name: str) -> Callable[[SiteData], Iterator[Download]]:
    def found(site_data: SiteData) -> Iterator[Download]:
        if cut := whole_cut(site_data, name):
            yield cut

    return found


def _entries(site_data: SiteData) -> Iterator[Download]:
    for chart in site_data.charts:
        yield declared(f"{chart.name}/entries", "entries", chart.rows())


def _weeks(site_data: SiteData) -> Iterator[Download]:
    for chart in site_data.charts:
        yield weeks_cut(chart)


def _steadiness(site_data: SiteData) -> Iterator[Download]:
    whole = whole_cut(site_data, "chart_sensitivity")
    for chart in site_data.charts if whole else ():
        rows = [row for row in whole.dicts() if row["chart"] == chart.name] if whole else []
        yield declared(f"{chart.name}/sensitivity", "chart_sensitivity", rows)


def _of_weeks(site_data: SiteData) -> Iterator[Download]:
    for chart in site_data.charts:
        yield from (week_cut(chart, week) for week in chart.weeks if week.entries)


def _parts(site_data: SiteData) -> Iterator[Download]:
    for chart in site_data.charts:
        for week in chart.weeks:
            if week.entries:
                rows = (structs.asdict(part) for entry in week.entries for part in entry.parts)
                yield declared(f"{chart.name}/{week.week}-parts", "parts", rows)


def _measures(site_data: SiteData) -> Iterator[Download]:
    yield from filter(None, (measures_cut(site_data, artist) for artist in site_data.artists))


def _posts(site_data: SiteData) -> Iterator[Download]:
    yield from filter(None, (posts_cut(site_data, artist) for artist in site_data.artists))


def artists_cut(site_data: SiteData) -> Download | None:
    """Give the artists as the season lists them, with a column for their names in each language."""
    languages = sorted({language for artist in site_data.artists.values() for language in artist.names})
    rows = [
        [
            artist.id,
            artist.kind,
            artist.country,
            "; ".join(artist.genres),
            artist.fandom,
            artist.musicbrainz,
            *(artist.names.get(language) for language in languages),
        ]
        for artist in site_data.artists.values()
    ]
    names = [*_ARTIST, *(f"name_{language}" for language in languages)]
    return Download("artists", [(name, "string") for name in names], rows) if rows else None


def _artists(site_data: SiteData) -> Iterator[Download]:
    if cut := artists_cut(site_data):
        yield cut


def _sources(site_data: SiteData) -> Iterator[Download]:
    rows = [[source[name] for name in _SOURCE] for source in site_data.statement["evidence"]["sources"]]
    yield Download("sources", [(name, "bool" if name == "synthetic" else "string") for name in _SOURCE], rows)


def _set_aside(site_data: SiteData) -> Iterator[Download]:
    rows = [[reason, rows] for reason, rows in sorted(site_data.statement["set_aside"].items())]
    yield Download("set-aside", [("reason", "string"), ("rows", "int64")], rows)


EXTRACTS: Final[tuple[DownloadKind, ...]] = (
    DownloadKind(N_("Charts, every week"), N_("one entry of one chart"), ("chart", "week", "artist"), _entries),
    DownloadKind(
        N_("Weeks of the charts"), N_("one week: days seen, and whether there is a chart"), ("chart", "week"), _weeks
    ),
    DownloadKind(
        N_("How steady the first ten are"),
        N_("one entry of the first ten under other weightings"),
        ("chart", "week", "artist"),
        _steadiness,
    ),
    DownloadKind(N_("Artists"), N_("one artist, as the season lists it"), ("artist",), _artists),
    DownloadKind(N_("Nominees"), N_("one nominee and the ground for it"), ("nominee",), _whole("nominees")),
    DownloadKind(N_("Result"), N_("one nominee's result"), ("nominee",), _whole("result")),
    DownloadKind(
        N_("Totals"),
        N_("one nominee in one channel: where each vote went"),
        ("nominee", "channel"),
        _whole("totals"),
    ),
    DownloadKind(
        N_("Void ballots"),
        N_("one reason why ballots of a nominee are void"),
        ("nominee", "channel", "reason"),
        _whole("voids"),
    ),
    DownloadKind(
        N_("Votes by day"),
        N_("one nominee in one channel on one voting day, with the purge or without"),
        ("nominee", "channel", "number", "way"),
        _whole("days"),
    ),
    DownloadKind(
        N_("What purge rules took"),
        N_("what one rule took of one nominee in one channel on one day"),
        ("nominee", "channel", "number", "rule", "outcome"),
        _whole("purged"),
    ),
    DownloadKind(
        N_("Findings"), N_("one check of one subject, and its verdict"), ("check", "subject"), _whole("findings")
    ),
    DownloadKind(
        N_("Cases"),
        N_("voters whom a purge rule matched together, and what became of it"),
        ("rule", "case"),
        _whole("cases"),
    ),
    DownloadKind(
        N_("Results under other rules"), N_("one result under other rules"), ("scenario",), _whole("sensitivity")
    ),
    DownloadKind(
        N_("Record of titles"),
        N_("one title or nomination, and who says so"),
        ("award", "edition", "artist"),
        _whole("honours"),
    ),
    DownloadKind(N_("Sources"), N_("one source and what it covers"), ("id",), _sources),
    DownloadKind(N_("Rows set aside"), N_("one reason why source rows could not be used"), ("reason",), _set_aside),
    DownloadKind(N_("One week"), N_("one entry of one chart"), ("chart", "week", "artist"), _of_weeks, "CHART/WEEK"),
    DownloadKind(
        N_("Parts of the points"),
        N_("one part of one entry's points"),
        ("chart", "week", "artist", "measure"),
        _parts,
        "CHART/WEEK-parts",
    ),
    DownloadKind(
        N_("One artist's weeks"),
        N_("one quantity of one week"),
        ("chart", "week", "measure"),
        _measures,
        "artist/ARTIST/measures",
    ),
    DownloadKind(
        N_("One artist's posts"),
        N_("one post with its last readings"),
        ("platform", "post"),
        _posts,
        "artist/ARTIST/posts",
    ),
    *SUMMARIES,
)
"""Every kind of cut, in the order of the page that lists them; with a pattern, there is one for each page of a kind."""
