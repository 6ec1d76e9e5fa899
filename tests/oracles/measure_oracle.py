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
FLAGS = ("grain", "fell", "recovered", "gap_at_start", "gap_at_end")
STOCKS = ("followers", "subscribers")
GROUPS = {"arirang": "bolero"}
"""Whoever belongs to a group, where the rule lets members count for it."""

Row = dict[str, Any]


def gains(
    readings: list[Row], posts: list[Row], weeks: Sequence[Week], rule: ChartRule, sources: Iterable[Source] = ()
) -> list[Row]:
    """Give what each post or account gained, as rows of the table gains."""
    by_id = {source.id: source for source in sources}
    described = {(post["platform"], post["post"]): post for post in posts}
    series: dict[tuple[str, str, str, str], list[Row]] = defaultdict(list)
    for reading in sorted(readings, key=lambda reading: int(reading["observed_at"])):
        series[reading["platform"], reading["account"], reading["post"], reading["metric"]].append(reading)
    found = []
    for (platform, account, post, metric), held in series.items():
        description = described.get((platform, post))
        published_at = None if description is None else description["published_at"]
        steps = [step(reading, by_id.get(reading["source"])) for reading in held]
        changes = {source.id for source in by_id.values() if source.stores != "readings"}
        rows: list[Row] = []
        for week in weeks:
            if rule.gain.attribution == "published":
                row = published_gain(held, steps, published_at, week, rule)
            else:
                row = observed_gain(held, steps, published_at, weeks[0], week, rule, changes)
            if row is None:
                continue
            if rule.gain.attribution != "published":
                rows.append(row)
                row = smooth(rows, rule.gain.smooth_weeks) if rule.gain.rounded == "smooth" else row
            artists = counted_artists(description, week, rule) if description else [held[0]["artist"]]
            for artist in with_groups(artists, rule):
                subject = {"platform": platform, "account": account, "post": post, "artist": artist, "metric": metric}
                shared_by = len(artists) if rule.collaborations.counts == "share" else 1
                found.append({"chart": rule.name, "week": week.id, **subject, **row, "shared_by": shared_by})
    return [row for row in found if row["artist"] is not None]


def with_groups(artists: list[Any], rule: ChartRule) -> list[Any]:
    """Give artists and, if members count for their groups, these, each once."""
    groups = [GROUPS[artist] for artist in artists if artist in GROUPS] if rule.members.counts == "both" else []
    return [*dict.fromkeys([*artists, *groups])]


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


def step(reading: Row, source: Source | None) -> int:
    """Give the size of one step of a rounded counter at a reading, 0 of an exact one."""
    grain = source.grain.get(reading["metric"]) if source else None
    if grain is None:
        return 0
    if "figure" not in grain:
        return int(grain)
    return int(10 ** max(0, len(str(reading["value"])) - int(grain.split()[0])))


def smooth(rows: list[Row], weeks: int) -> Row:
    """Give the last row with the mean gain of the last rows, where the counter is rounded."""
    last, some = rows[-1], rows[-weeks:]
    if not last["grain"]:
        return last
    gain = sum(row["gain"] for row in some) // len(some)
    return {**last, "gain": gain, "grain": -(-last["grain"] // len(some))}


def sound(held: list[Row], group: list[Row], rule: ChartRule) -> int:
    """Give the highest value of some of a series' readings in a row that is no leap taken back within them.

    Of a metric that may fall: the last one of at least half the highest until then.
    """
    if held[0]["metric"] in rule.gain.may_fall:
        tops = [max(other["value"] for other in held[: held.index(reading) + 1]) for reading in group]
        believed = [reading["value"] for reading, top in zip(group, tops, strict=True) if 2 * reading["value"] >= top]
        return int(believed[-1] if believed else tops[-1])
    values = []
    for place, reading in enumerate(group):
        earlier = [other["value"] for other in held if other["observed_at"] < reading["observed_at"]]
        later = [other["value"] for other in group[place + 1 :]]
        is_leap = bool(earlier and later) and earlier[-1] <= later[0] < reading["value"]
        values += [] if is_leap else [reading["value"]]
    return int(max(values))


def observed_gain(
    held: list[Row],
    steps: list[int],
    published_at: int | None,
    first: Week,
    week: Week,
    rule: ChartRule,
    changes: set[str],
) -> Row | None:
    """Give the gain between readings, or None where the week has no reading."""
    before = [reading for reading in held if reading["observed_at"] < week.starts_at]
    within = [reading for reading in held if week.starts_at <= reading["observed_at"] < week.ends_at]
    if not within:
        return None
    edge = rule.gain.edge_gap_hours * HOUR_MICROSECONDS
    groups = in_groups(before, first)
    if rule.gain.falls == "high-water":
        level = sound(held, within, rule)
        levels = [sound(held, group, rule) for group in groups]
        highest = max(levels[-1:] if held[0]["metric"] in rule.gain.may_fall else levels, default=None)
    else:
        level, highest = within[-1]["value"], before[-1]["value"] if before else None
    is_new = published_at is not None and week.starts_at <= published_at < week.ends_at
    baseline = (0 if is_new else within[0]["value"]) if highest is None else highest
    values = [reading["value"] for reading in [*before[-1:], *within]]
    last = within[-1]
    of_week = [size for reading, size in zip(held, steps, strict=True) if reading in within]
    of_before = [size for reading, size in zip(held, steps, strict=True) if groups and reading in groups[-1]]
    holds, held_before = (
        any(one["source"] in changes for one in some) for some in (within, groups[-1] if groups else [])
    )
    gap = (week.starts_at - before[-1]["observed_at"] > edge and not held_before) if before else not is_new
    reached = max(baseline, level)
    return {
        "baseline": baseline,
        "baseline_at": before[-1]["observed_at"] if before else None if is_new else within[0]["observed_at"],
        "reached": reached,
        "last_value": last["value"],
        "last_at": last["observed_at"],
        "gain": reached - baseline,
        "grain": max(*of_week, *of_before, 0),
        "fell": int(any(later < earlier for earlier, later in pairwise(values))),
        "recovered": int(highest is not None and before[-1]["value"] < min(highest, last["value"])),
        "gap_at_start": int(gap),
        "gap_at_end": int(week.ends_at - last["observed_at"] > edge and not holds),
    }


def in_groups(before: list[Row], first: Week) -> list[list[Row]]:
    """Give earlier readings week by week; all before the chart's first week are one group."""
    groups: dict[int, list[Row]] = defaultdict(list)
    for reading in before:
        groups[week_number(reading["observed_at"], first)].append(reading)
    return [groups[number] for number in sorted(groups)]


def week_number(instant: int, first: Week) -> int:
    """Give the number of the week an instant lies in, by walking from the first; weeks may differ in length."""
    week, number = first, 0
    if instant < first.starts_at:
        return -1
    while instant >= week.ends_at:
        week, number = week.next, number + 1
    return number


def published_gain(
    held: list[Row], steps: list[int], published_at: int | None, week: Week, rule: ChartRule
) -> Row | None:
    """Give the highest sound or the last reading, or None where the post was not published in the week."""
    if published_at is None or not week.starts_at <= published_at < week.ends_at:
        return None
    last = held[-1]
    nothing = {"baseline": 0, "baseline_at": None, "recovered": 0, "gap_at_start": 0, "gap_at_end": 0}
    reached = sound(held, held, rule) if rule.gain.falls == "high-water" else last["value"]
    fell = int(any(later["value"] < earlier["value"] for earlier, later in pairwise(held)))
    told = {"last_value": last["value"], "last_at": last["observed_at"], "gain": reached, "reached": reached}
    return {**nothing, **told, "fell": fell, "grain": max(steps)}


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
    if rule.gain.rounded == "steps":
        to_steps(sums)
    for week in weeks:
        for artist, name in published(posts, week, rule):
            add(week.id, artist, name, "posts", 1)
        for artist in {row["artist"] for row in gained}:
            ours = [row for row in gained if (row["week"], row["artist"]) == (week.id, artist)]
            of_artist = {name: total for (at, of, name), total in sums.items() if (at, of) == (week.id, artist)}
            for name, value, flags in ratios(ours, of_artist, rule):
                add(week.id, artist, name, "thousandths", value, flags)
    once = [
        {**post, "artist": one}
        for post in posts
        for change in history(post)
        for one in with_groups((change[1] or "").split(), rule)
    ]
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


def to_steps(sums: dict[tuple[str, str, str], Row]) -> None:
    """Leave of each value the whole steps of the coarsest grain of its week and measure."""
    for (week, _, name), total in sums.items():
        coarsest = max(other["grain"] for (at, _, of), other in sums.items() if (at, of) == (week, name))
        total["value"] -= total["value"] % max(coarsest, 1)


def published(posts: list[Row], week: Week, rule: ChartRule) -> Iterator[tuple[str, str]]:
    """Give the measures of posts that each post published in the week adds one to, by artist."""
    for post in own_posts(posts, week):
        for artist in with_groups(counted_artists(post, week, rule), rule):
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
    stocks = sum(row["reached"] for row in ours if not row["post"] and row["metric"] in STOCKS)
    for name, base in (("response_per_1000_views", views), ("response_per_1000_followers", stocks)):
        if response and base:
            value = sum(row["value"] for row in response) * 1_000 * 1_000 // base
            yield name, value, {flag: sum(row[flag] for row in response) for flag in FLAGS} | {"grain": 0}


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
