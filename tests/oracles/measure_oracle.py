"""Slow weekly gains and measures in plain Python, one post and one week at a time."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from plaudit.base.weeks import Week
    from plaudit.rulebook.chart_rule import ChartRule
    from plaudit.rulebook.sources import Source

HOUR_MICROSECONDS = 3_600_000_000
FLAGS = ("fell", "gap_at_start", "gap_at_end")
STOCKS = ("followers", "subscribers")

Row = dict[str, Any]


def gains(readings: list[Row], posts: list[Row], weeks: Sequence[Week], rule: ChartRule) -> list[Row]:
    """Give what each post or account gained, as rows of the table gains."""
    described = {(post["platform"], post["post"]): post for post in posts}
    series: dict[tuple[str, str, str, str], list[Row]] = defaultdict(list)
    for reading in sorted(readings, key=lambda reading: int(reading["observed_at"])):
        series[reading["platform"], reading["account"], reading["post"], reading["metric"]].append(reading)
    found = []
    for (platform, account, post, metric), held in series.items():
        description = described.get((platform, post))
        published_at = None if description is None else description["published_at"]
        for week in weeks:
            if rule.gain.attribution == "published":
                row = published_gain(held, published_at, week)
            else:
                row = observed_gain(held, published_at, week, rule.gain.edge_gap_hours)
            if row is None:
                continue
            artists = counted_artists(description, week, rule) if description else [held[0]["artist"]]
            for artist in artists:
                subject = {"platform": platform, "account": account, "post": post, "artist": artist, "metric": metric}
                shared_by = len(artists) if rule.collaborations.counts == "share" else 1
                found.append({"chart": rule.name, "week": week.id, **subject, **row, "shared_by": shared_by})
    return [row for row in found if row["artist"] is not None]


def history(post: Row) -> list[tuple[int, str | None, str, bool]]:
    """Give what was known of a post from which instants on: its artists, media and whether it is a repost."""
    now = (0, post["artist"], post["media"], post["is_repost"])
    return list(post.get("history", [now]))


def known(post: Row, week: Week) -> tuple[int, str | None, str, bool]:
    """Give what was known of a post when a week ended; what was known first holds before it, too."""
    found = history(post)
    return [change for number, change in enumerate(found) if number == 0 or change[0] < week.ends_at][-1]


def counted_artists(post: Row, week: Week, rule: ChartRule) -> list[str]:
    """Give the artists who have something of a post in a week under a rule."""
    _, artist, _, is_repost = known(post, week)
    artists = [] if is_repost else (artist or "").split()
    return [] if len(artists) > 1 and rule.collaborations.counts == "none" else artists


def observed_gain(held: list[Row], published_at: int | None, week: Week, edge_gap_hours: int) -> Row | None:
    """Give the gain between readings, or None where the week has no reading."""
    before = [reading for reading in held if reading["observed_at"] < week.starts_at]
    within = [reading for reading in held if week.starts_at <= reading["observed_at"] < week.ends_at]
    if not within:
        return None
    edge = edge_gap_hours * HOUR_MICROSECONDS
    baseline = within[0]["value"]
    if published_at is not None and week.starts_at <= published_at < week.ends_at:
        baseline = 0
    if before:
        baseline = before[-1]["value"]
    values = [reading["value"] for reading in [*before[-1:], *within]]
    last = within[-1]
    return {
        "baseline": baseline,
        "baseline_at": before[-1]["observed_at"] if before else None,
        "last_value": last["value"],
        "last_at": last["observed_at"],
        "gain": max(0, last["value"] - baseline),
        "fell": int(any(later < earlier for earlier, later in pairwise(values))),
        "gap_at_start": int(bool(before) and week.starts_at - before[-1]["observed_at"] > edge),
        "gap_at_end": int(week.ends_at - last["observed_at"] > edge),
    }


def published_gain(held: list[Row], published_at: int | None, week: Week) -> Row | None:
    """Give the last reading, or None where the post was not published in the week."""
    if published_at is None or not week.starts_at <= published_at < week.ends_at:
        return None
    last = held[-1]
    nothing = {"baseline": 0, "baseline_at": None, "fell": 0, "gap_at_start": 0, "gap_at_end": 0}
    return {**nothing, "last_value": last["value"], "last_at": last["observed_at"], "gain": last["value"]}


def measures(
    gained: list[Row], posts: list[Row], weeks: Sequence[Week], rule: ChartRule, sources: Iterable[Source] = ()
) -> list[Row]:
    """Give every measure of every artist and week, as rows of the table measures."""
    sums: dict[tuple[str, str, str], Row] = {}

    def add(week: str, artist: str, measure: str, unit: str, value: Fraction | int, flags: Row | None = None) -> None:
        row = sums.setdefault((week, artist, measure), {"value": 0, "unit": unit, **dict.fromkeys(FLAGS, 0)})
        row["value"] += value
        for flag in FLAGS:
            row[flag] += flags[flag] if flags else 0

    for row in gained:
        kind = "gain" if row["post"] else "addition"
        share = Fraction(row["gain"], row["shared_by"])
        add(row["week"], row["artist"], f"{row['metric']}_{kind}", row["metric"], share, row)
    for total in sums.values():
        total["value"] = int(total["value"])
    for week in weeks:
        for artist, name in published(posts, week, rule):
            add(week.id, artist, name, "posts", 1)
        for artist in {row["artist"] for row in gained}:
            ours = [row for row in gained if (row["week"], row["artist"]) == (week.id, artist)]
            of_artist = {name: total for (at, of, name), total in sums.items() if (at, of) == (week.id, artist)}
            for name, value, flags in ratios(ours, of_artist, rule):
                add(week.id, artist, name, "thousandths", value, flags)
    once = [{**post, "artist": one} for post in posts for change in history(post) for one in (change[1] or "").split()]
    lacking = account_gaps([*once, *gained], weeks, sources)
    return [
        {
            "chart": rule.name,
            "week": week,
            "artist": artist,
            "measure": measure,
            **row,
            "account_gap": (week, artist) in lacking,
        }
        for (week, artist, measure), row in sums.items()
    ]


def published(posts: list[Row], week: Week, rule: ChartRule) -> Iterator[tuple[str, str]]:
    """Give the measures of posts that each post published in the week adds one to, by artist."""
    for post in own_posts(posts, week):
        for artist in counted_artists(post, week, rule):
            yield artist, "posts"
            if known(post, week)[2] != "unknown":
                yield artist, f"posts_{known(post, week)[2]}"


def own_posts(posts: list[Row], week: Week) -> list[Row]:
    """Give the posts that were published in the week."""
    return [post for post in posts if week.starts_at <= post["published_at"] < week.ends_at]


def ratios(ours: list[Row], sums: dict[str, Row], rule: ChartRule) -> Iterator[tuple[str, int, Row]]:
    """Give one artist's ratios in one week, with the flags of the response."""
    metrics = {row["metric"] for row in ours if row["post"] and row["metric"] in rule.response.metrics}
    response = [sums[f"{metric}_gain"] for metric in sorted(metrics)]
    views = sums["views_gain"]["value"] if any(row["post"] and row["metric"] == "views" for row in ours) else 0
    stocks = sum(row["last_value"] for row in ours if not row["post"] and row["metric"] in STOCKS)
    for name, base in (("response_per_1000_views", views), ("response_per_1000_followers", stocks)):
        if response and base:
            value = sum(row["value"] for row in response) * 1_000 * 1_000 // base
            yield name, value, {flag: sum(row[flag] for row in response) for flag in FLAGS}


def account_gaps(seen: list[Row], weeks: Sequence[Week], sources: Iterable[Source]) -> set[tuple[str, str]]:
    """Give the weeks and artists of whom a source lacks an account for a day or more."""
    found = set()
    for source in sources:
        for gap in source.coverage.gaps:
            for week in weeks:
                if gap.account and any(gap.first_on <= day <= gap.last_on for day in week.days):
                    found |= {
                        (week.id, row["artist"])
                        for row in seen
                        if (row["platform"], row["account"]) == (source.platform, gap.account)
                    }
    return found
