"""Tables that pages work out from others, to download: counts, medians, changes and what moved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from plaudit.certify.inputs import input_digests
from plaudit.honour.honours import records
from plaudit.publish.coverage import unknown_accounts
from plaudit.site.cadence import posts_by_hour
from plaudit.site.download import Download, DownloadKind
from plaudit.site.pages.posts import media_mix, zone_of
from plaudit.site.seen import unattributed_posts
from plaudit.words.texts import N_

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from plaudit.compare.standings import Standing
    from plaudit.site.site_data import SiteData

__all__ = ["SUMMARIES"]


def _one(
    path: str, fields: str, rows: Callable[[SiteData], Iterable[list[Any]]]
) -> Callable[[SiteData], Iterator[Download]]:
    """Give what makes one table of the season; without rows there is none.

    fields : the columns, numbers marked as `rows:int64`, the others text
    """

    def made(site_data: SiteData) -> Iterator[Download]:
        if found := list(rows(site_data)):
            yield Download(path, _fields(fields), found)

    return made


def _of_artists(
    name: str, fields: str, rows: Callable[[SiteData, str], Iterable[list[Any]]]
) -> Callable[[SiteData], Iterator[Download]]:
    """Give what makes a table of each artist who has rows."""

    def made(site_data: SiteData) -> Iterator[Download]:
        for artist in site_data.artists:
            if found := list(rows(site_data, artist)):
                yield Download(f"artist/{artist}/{name}", _fields(fields), found)

    return made


def _fields(fields: str) -> list[tuple[str, str]]:
    pairs = (field.partition(":") for field in fields.split())
    return [(name, kind or "string") for name, _, kind in pairs]


def _over_time(site_data: SiteData) -> Iterator[list[Any]]:
    found = site_data.over_time
    if found is None:
        return
    lines = [*found.nominees, *([""] if found.has_others else [])]
    for at, votes in found.rows:
        yield from ([at, nominee, count] for nominee, count in zip(lines, votes, strict=True))


def _windows(site_data: SiteData) -> Iterator[list[Any]]:
    for window in site_data.season.windows() if site_data.season.vote else ():
        yield [window.id, window.opens_at, window.closes_at, " ".join(window.channels)]


def _records(site_data: SiteData) -> Iterator[list[Any]]:
    for held in records(site_data.honours):
        numbers = [len(held.titles), len(held.nominations), held.longest_streak, held.current_streak]
        yield [held.award, held.artist, *numbers]


def _appeals(site_data: SiteData) -> Iterator[list[Any]]:
    for row in site_data.statement.get("audit", {}).get("appeals", []):
        yield [str(row["receipt"]), row["decision"], row["ballots"], row["why"]]


def _purge_rules(site_data: SiteData) -> Iterator[list[Any]]:
    for rules, is_late in ((site_data.season.purge_rules(), False), (site_data.season.late_rules(), True)):
        for rule in rules:
            yield [rule.name, rule.title, rule.does, is_late, site_data.season.rules[rule.name].sha256]


def _changed_keys(site_data: SiteData) -> Iterator[list[Any]]:
    for change in site_data.changes:
        for key in change.keys:
            yield [change.cited.name, change.old, key.key, key.old, key.new]


def _moved(site_data: SiteData) -> Iterator[list[Any]]:
    """Give who stands elsewhere under the version before; values and grounds as texts, for kinds of rules differ."""
    for change in site_data.changes:
        for move in (change.effect.moved or ()) if change.effect else ():
            yield [change.cited.name, change.old, move.week, move.who, _text(move.old), _text(move.new)]


def _text(standing: Standing) -> str:
    if standing.position is None:
        return standing.ground
    with_votes = "" if standing.value is None else f" with {standing.value}"
    return f"{standing.position}{with_votes}"


def _source_days(site_data: SiteData) -> Iterator[list[Any]]:
    for source, days in sorted(site_data.rows_by_day.items()):
        yield from ([source, day, rows] for day, rows in sorted(days.items()))


def _curves(site_data: SiteData, artist: str) -> Iterator[list[Any]]:
    for post in site_data.shown_posts(artist):
        series = site_data.curves.get((post["platform"], post["post"]), {})
        for metric, readings in sorted(series.items()):
            yield from ([post["platform"], post["post"], metric, at, value] for at, value in readings)


def _media(site_data: SiteData, artist: str) -> Iterator[list[Any]]:
    for row in media_mix(site_data.posts[artist]):
        middle = row["response"] or {"middle": None, "least": None, "most": None}
        yield [row["media"], row["posts"], middle["middle"], middle["least"], middle["most"]]


def _cadence(site_data: SiteData, artist: str) -> Iterator[list[Any]]:
    instants = (post["published_at"] for post in site_data.posts[artist])
    for (day, hour), posts in posts_by_hour(instants, zone_of(site_data)).items():
        yield [day.isoformat(), day.weekday(), hour, posts]


def _unknown_accounts(site_data: SiteData) -> Iterator[list[Any]]:
    yield from ([row["source"], row["account"], row["rows"]] for row in unknown_accounts(site_data.tables))


def _unattributed_posts(site_data: SiteData) -> Iterator[list[Any]]:
    yield from ([row["platform"], row["account"], row["posts"]] for row in unattributed_posts(site_data.tables))


def _inputs(site_data: SiteData) -> Iterator[list[Any]]:
    yield from ([file, digest] for file, digest in sorted(input_digests(site_data.statement).items()))


SUMMARIES: Final[tuple[DownloadKind, ...]] = (
    DownloadKind(
        N_("Votes over time"),
        N_("one nominee in one hour or day, or at one reading; without a nominee, all others"),
        ("at", "nominee"),
        _one("votes-over-time", "at nominee votes:int64", _over_time),
    ),
    DownloadKind(
        N_("Voting windows"),
        N_("one window; without channels, of all of them"),
        ("window",),
        _one("windows", "window opens_at:int64 closes_at:int64 channels", _windows),
    ),
    DownloadKind(
        N_("Who won most"),
        N_("one artist's titles of one award"),
        ("award", "artist"),
        _one(
            "records",
            "award artist titles:int64 nominations:int64 longest_streak:int64 current_streak:int64",
            _records,
        ),
    ),
    DownloadKind(
        N_("Appeals"),
        N_("one receipt and what was decided"),
        ("receipt",),
        _one("appeals", "receipt decision ballots:int64 why", _appeals),
    ),
    DownloadKind(
        N_("Purge rules"),
        N_("one purge rule of the season"),
        ("rule",),
        _one("purge-rules", "rule title does is_late:bool sha256", _purge_rules),
    ),
    DownloadKind(
        N_("Keys that rules changed"),
        N_("one key of a rule, before and now"),
        ("rule", "key"),
        _one("rule-changes", "rule before_rule key before now", _changed_keys),
    ),
    DownloadKind(
        N_("Who moves with a rule"),
        N_("one artist or nominee who stands elsewhere under the version before"),
        ("rule", "week", "who"),
        _one("rule-effects", "rule before_rule week who before now", _moved),
    ),
    DownloadKind(
        N_("Days of the sources"),
        N_("one day of one source with rows of it"),
        ("source", "day"),
        _one("source-days", "source day rows:int64", _source_days),
    ),
    DownloadKind(
        N_("Unknown accounts"),
        N_("one account that no artist of the season has"),
        ("source", "account"),
        _one("unknown-accounts", "source account rows:int64", _unknown_accounts),
    ),
    DownloadKind(
        N_("Unattributed posts"),
        N_("one shared account with posts that name no artist of the season"),
        ("platform", "account"),
        _one("posts-of-nobody", "platform account posts:int64", _unattributed_posts),
    ),
    DownloadKind(
        N_("Digests of the inputs"),
        N_("one input file and its SHA-256"),
        ("file",),
        _one("inputs", "file sha256", _inputs),
    ),
    DownloadKind(
        N_("Readings of the posts shown"),
        N_("one reading of one counter of a post"),
        ("platform", "post", "metric", "observed_at"),
        _of_artists("curves", "platform post metric observed_at:int64 value:int64", _curves),
        "artist/ARTIST/curves",
    ),
    DownloadKind(
        N_("Kinds of posts and what they draw"),
        N_("one kind of post, with the median response and its interval"),
        ("media",),
        _of_artists("media", "media posts:int64 median:int64 least:int64 most:int64", _media),
        "artist/ARTIST/media",
    ),
    DownloadKind(
        N_("When the artist posts"),
        N_("one hour of one day with posts; weekday 0 is Monday"),
        ("day", "hour"),
        _of_artists("cadence", "day weekday:int64 hour:int64 posts:int64", _cadence),
        "artist/ARTIST/cadence",
    ),
)
"""In the order of the page that lists them; with a pattern, there is one for each artist."""
