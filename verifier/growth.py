"""Growth: levels by day, what was added, bursts, milestones and first hours. A chapter of verify.py.

It is docs/spec/growth.md in another language, in the page's order.
"""

import json
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any, NamedTuple

from verify import MILLION, TABLES, Row, local, read_table, same

HOUR, WEEKDAYS = 3_600_000_000, ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
TABLES["growth"] = (
    "artist platform! account! metric! span! starts_on! days_known:n days:n value:i read_at:i grain:i change:s?"
    " least:s? most:s? gain:i? fell:b recovered:b rises_only:b"
)
TABLES["bursts"] = (
    "artist platform! account! metric! first_on! last_on gain:i least:i median:i peak_on peak_gain:i grain:i"
    " rises_only:b posts events"
)
TABLES["milestones"] = (
    "artist platform! account! post! metric! milestone:i! below:i below_at:i reached_at:i reached_on value:i grain:i"
    " fell_back:b rises_only:b"
)
TABLES["first_hours"] = "artist platform! post! metric! hours:n! first_at:i read_at:i value:i grain:i readings:i"
Counter = tuple[str, str, str]


def ask(rule: Row, key: str) -> Any:
    """Give a list that a rule says under `first_hours`; empty where it says nothing."""
    return rule.get("first_hours", {}).get(key, [])


def step(row: Any, sources: Row) -> int:
    """Give how many one step of a reading's counter is; 0 where nothing is said of it."""
    grain = sources[row.source].get("grain", {}).get(row.metric, "0")
    is_figures = "figure" in grain
    return 10 ** max(len(str(row.value)) - int(grain.split()[0]), 0) if is_figures else int(grain)


class Level(NamedTuple):
    """What a counter stood at on one day."""

    day: int
    value: int
    read_at: int
    artist: str
    grain: int
    rises_only: bool


class Days:
    """The days that are told of: their dates, and the instants at which they start, with the end of the last."""

    def __init__(self, use: Row, zone: str) -> None:
        self.dates = [use["from"] + timedelta(days=number) for number in range((use["to"] - use["from"]).days + 1)]
        self.edges = [local(day, zone) for day in (*self.dates, use["to"] + timedelta(days=1))]

    def of(self, at: int) -> int:
        """Give the number of the day an instant lies in; -1 is earlier."""
        return bisect_right(self.edges, at) - 1

    def name(self, number: int) -> str:
        return str(self.dates[number])


def saw(source: Row, account: str, day: date) -> bool:
    """Say whether a source saw a day: it covers it, and has no gap of it."""
    covers, gaps = source["coverage"], source["coverage"].get("gaps", [])
    is_gap = any(gap["from"] <= day <= gap["to"] for gap in gaps if gap.get("account", "") in ("", account))
    return bool(covers["from"] <= day <= covers["to"]) and not is_gap


def levels(rule: Row, days: Days, readings: list[Any], sources: Row) -> dict[Counter, list[Level]]:
    """Give the levels of each counter on the days that were seen."""
    series: dict[Counter, Row] = defaultdict(lambda: defaultdict(list))
    for row in sorted(readings, key=lambda row: row.observed_at):
        if not row.post and row.artist and row.metric in rule["metrics"] and row.observed_at < days.edges[-1]:
            series[row.platform, row.account, row.metric][row.source].append(row)
    found: dict[Counter, list[Level]] = {}
    for counter, of in sorted(series.items()):
        best: dict[int, Level] = {}
        for name, rows in of.items():
            source, ats = sources[name], [row.observed_at for row in rows]
            for number, day in enumerate(days.dates):
                end = bisect_left(ats, days.edges[number + 1])
                holds = source.get("stores", "readings") != "readings"
                if not end or not (holds or ats[end - 1] >= days.edges[number]) or not saw(source, counter[1], day):
                    continue
                row, rises = rows[end - 1], source.get("stores") == "rises"
                level = Level(number, row.value, row.observed_at, row.artist, step(row, sources), rises)
                best[number] = max(best.get(number, level), level, key=lambda one: one.read_at)
        found[counter] = [best[number] for number in sorted(best)]
    return {counter: some for counter, some in found.items() if some}


def high(level: Level) -> int:
    """Give the most that a level stands for."""
    return level.value + max(level.grain - 1, 0)


def interval(known: list[Level], before: int, end: int, first: int, after: int) -> tuple[int | None, int | None]:
    """Give the least and the most that was added from before the day `first` until before the day `after`."""
    edges = []
    for at, day in ((before, first - 1), (end, after - 1)):
        exact = [known[at - 1]] if at and known[at - 1].day == day else []
        edges.append(exact or (known[at - 1 : at + 1] if 0 < at < len(known) else []))
    start, stop = edges
    if not start or not stop:
        return None, None
    least = min(one.value for one in stop) - max(map(high, start))
    return least, max(map(high, stop)) - min(one.value for one in start)


def growth(rule: Row, days: Days, known: dict[Counter, list[Level]]) -> Iterator[Row]:
    """Give what was added on each day and in each week that was seen."""
    first = (WEEKDAYS.index(rule["week"]["starts_on"]) - days.dates[0].weekday()) % 7
    spans = [("day", number, number + 1) for number in range(len(days.dates))]
    spans += [("week", number, number + 7) for number in range(first, len(days.dates) - 6, 7)]
    for (platform, account, metric), some in known.items():
        at = [level.day for level in some]
        for span, start, after in spans:
            before, end = bisect_left(at, start), bisect_left(at, after)
            if end == before:
                continue
            here, last = some[before:end], some[end - 1]
            row: Row = {"artist": last.artist, "platform": platform, "account": account, "metric": metric, "span": span}
            row |= {"starts_on": days.name(start), "days_known": end - before, "value": last.value}
            row |= {"read_at": last.read_at, "grain": last.grain, "rises_only": any(one.rises_only for one in here)}
            row |= {"days": 0, "change": None, "least": None, "most": None, "gain": None}
            row |= {"fell": False, "recovered": False}
            if before or end > 1:
                base = some[before - 1] if before else some[0]
                top = max(one.value for one in some[: before or 1])
                change, gain = last.value - base.value, max(0, *(one.value - top for one in here))
                edges = (last.day - 1 if span == "day" else start - 1, after - 1)
                least, most = interval(some, before, end, edges[0] + 1, edges[1] + 1)
                if span == "day":
                    least, most = last.value - high(base), high(last) - base.value
                fell = any(some[n].value < some[n - 1].value for n in range(max(before, 1), end))
                row |= {"days": last.day - base.day, "change": change, "least": least, "most": most, "gain": gain}
                row |= {"fell": fell, "recovered": change > gain}
            yield row


def bursts(rule: Row, days: Days, known: dict[Counter, list[Level]], posts: Row, events: list[Row]) -> Iterator[Row]:
    """Give the runs of days that gained far more than the days before."""
    burst = rule["burst"]
    for (platform, account, metric), some in known.items():
        usual: list[tuple[int, int]] = []
        found: list[tuple[int, int, int, int]] = []
        top = some[0].value
        for one, other in pairwise(some):
            gain, is_next = max(other.value - top, 0), other.day == one.day + 1
            top = max(top, other.value)
            if not is_next:
                continue
            least = max(gain - max(one.grain - 1, 0), 0)
            recent = sorted(was for day, was in usual if day >= other.day - burst["baseline_days"])
            median = recent[(len(recent) - 1) // 2] if recent else 0
            is_large = least >= burst["times"] * median and least * MILLION >= burst["least_ppm"] * one.value
            if least and is_large and len(recent) >= burst["least_days"]:
                found.append((other.day, gain, least, median))
            else:
                usual.append((other.day, gain))
        for _, run in groupby(enumerate(found), lambda item: item[1][0] - item[0]):
            of = [item for _, item in run]
            first, last, peak = of[0][0], of[-1][0], max(of, key=lambda day: (day[1], -day[0]))
            level = next(one for one in some if one.day == last)
            near = range(first - burst.get("days_before", 0), last + burst.get("days_after", 0) + 1)
            named = [f"{one[1]}/{one[2]}" for one in sorted(posts[level.artist]) if one[0] in near]
            held = [one["id"] for one in events if (one["on"] - days.dates[0]).days in near]
            held = [one for one in held if level.artist in next(e["artists"] for e in events if e["id"] == one)]
            yield {
                "artist": level.artist,
                "platform": platform,
                "account": account,
                "metric": metric,
                "first_on": days.name(first),
                "last_on": days.name(last),
                "gain": sum(one[1] for one in of),
                "least": sum(one[2] for one in of),
                "median": of[0][3],
                "peak_on": days.name(peak[0]),
                "peak_gain": peak[1],
                "grain": level.grain,
                "rises_only": any(one.rises_only for one in some if first <= one.day <= last),
                "posts": json.dumps(named, ensure_ascii=False, separators=(",", ":")),
                "events": " ".join(sorted(held)),
            }


def milestones(rule: Row, days: Days, readings: list[Any], sources: Row) -> Iterator[Row]:
    """Give the counts that a counter was read below, and then at or above."""
    series = defaultdict(list)
    for row in sorted(readings, key=lambda row: row.observed_at):
        followed = ask(rule, "metrics") if row.post else rule["metrics"]
        if row.artist and row.metric in followed:
            series[row.platform, row.account, row.post, row.metric].append(row)
    for (platform, account, post, metric), rows in series.items():
        for count in ask(rule, "milestones") if post else rule["milestones"]:
            at = next((at for at, row in enumerate(rows) if row.value >= count), 0)
            row, before = rows[at], rows[at - 1]
            if not at or not days.edges[0] <= row.observed_at < days.edges[-1]:
                continue
            yield {
                "artist": row.artist,
                "platform": platform,
                "account": account,
                "post": post,
                "metric": metric,
                "milestone": count,
                "below": before.value,
                "below_at": before.observed_at,
                "reached_at": row.observed_at,
                "reached_on": days.name(days.of(row.observed_at)),
                "value": row.value,
                "grain": step(row, sources),
                "fell_back": any(later.value < count for later in rows[at:]),
                "rises_only": sources[row.source].get("stores") == "rises",
            }


def first_hours(rule: Row, days: Days, readings: list[Any], sources: Row) -> Iterator[Row]:
    """Give what a post's counters stood at so many hours after they were first read."""
    series = defaultdict(list)
    for one in sorted(readings, key=lambda row: row.observed_at):
        if one.post and one.artist and one.metric in ask(rule, "metrics"):
            series[one.platform, one.post, one.metric].append(one)
    for (platform, post, metric), rows in series.items():
        first, hours = rows[0].observed_at, [0, *ask(rule, "hours")]
        for hour in hours if first >= days.edges[0] else ():
            until = first + hour * HOUR
            some = [one for one in rows if one.observed_at <= until and one.observed_at < days.edges[-1]]
            if until > days.edges[-1] or not some or (hour and len(some) < 2):
                continue
            row: Row = {"artist": some[-1].artist, "platform": platform, "post": post, "metric": metric, "hours": hour}
            row |= {"first_at": first, "read_at": some[-1].observed_at, "value": some[-1].value}
            yield row | {"grain": step(some[-1], sources), "readings": len(some)}


def check(folder: Path, season: Row, rules: Row, tables: Row, stated: Row) -> None:
    """Make the tables of growth again, and compare them with what is there."""
    rule, sources = rules[season["growth"]["rule"]], {source["id"]: source for source in season["source"]}
    days = Days(season["growth"], rule["week"]["zone"])
    published = {(row.platform, row.post): row.published_at for row in tables["posts"]}
    posts: Row = defaultdict(set)
    for row in tables["credits"]:
        day = days.of(published[row.platform, row.post])
        if not row.is_repost and 0 <= day < len(days.dates):
            posts[row.artist].add((day, row.platform, row.post))
    known = levels(rule, days, tables["readings"], sources)
    made = {
        "growth": growth(rule, days, known),
        "bursts": bursts(rule, days, known, posts, season.get("event", [])),
        "milestones": milestones(rule, days, tables["readings"], sources),
        "first_hours": first_hours(rule, days, tables["readings"], sources),
    }
    for name, rows in made.items():
        cited = stated["evidence"]["made"][name]
        held, digest = read_table(folder / "evidence", name, cited["rows"])
        same(f"certificate.evidence.made.{name}", cited, digest)
        key = [column.split(":")[0].strip("!?") for column in TABLES[name].split() if "!" in column]
        right = sorted(rows, key=lambda row: [row[column] for column in key])
        same(f"evidence/{name}", [row._asdict() for row in held], right)
