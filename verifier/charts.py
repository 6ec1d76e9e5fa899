"""Charts: from posts and readings to gains, points, positions, history and nominees. A chapter of verify.py.

It is docs/spec/chart.md in another language, in the page's order.
"""

import tomllib
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator
from csv import DictReader
from datetime import date, timedelta
from fractions import Fraction
from itertools import accumulate, count, groupby
from pathlib import Path
from typing import Any

from verify import MILLION, TABLES, Row, chapter, local, positions, read_table, refuse, same

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
STOCKS = frozenset({"followers", "subscribers"})
TABLES["entries"] = (
    "chart! week! position:n! artist! points:i exact last_week:n? peak:n weeks_on_chart:n weeks_at_no_1:n streak:n"
    " streak_at_no_1:n status verdict flags"
)
Measures = dict[tuple[int, str, str], Fraction]


def ask(file: Row, key: str, default: Any) -> Any:
    """Give what a rule says under `table.key`, or the default of docs/reference."""
    table, _, last = key.rpartition(".")
    return file.get(table, {}).get(last, default)


def decimals(exact: dict[str, Fraction]) -> dict[Fraction, str]:
    """Give the values that look equal once rounded, with as many decimals as tell them apart."""
    found: dict[Fraction, str] = {}
    for alike in ([*some] for _, some in groupby(sorted({*exact.values()}), round)):
        cut = next(cut for cut in count(1) if len({int(value * 10**cut) for value in alike}) == len(alike))
        told = {value: f"{int(value)}.{int(value * 10**cut) % 10**cut:0{cut}}" for value in alike}
        found |= told if len(alike) > 1 else {}
    return found


class Weeks:
    """The weeks of one chart: their first days, and the instants at which they start, with the end of the last."""

    def __init__(self, use: Row, rule: Row) -> None:
        first, self.zone = use["from"], rule["week"]["zone"]
        first += timedelta(days=(WEEKDAYS.index(rule["week"]["starts_on"]) - first.weekday()) % 7)
        self.days = [first + timedelta(days=7 * week) for week in range(((use["to"] - first).days + 1) // 7)]
        self.edges = [local(day, self.zone) for day in (*self.days, self.days[-1] + timedelta(days=7))]

    def of(self, at: int) -> int:
        """Give the number of the week an instant lies in; -1 is earlier."""
        return bisect_right(self.edges, at) - 1

    def has(self, week: int) -> bool:
        """Say whether the chart has that week."""
        return 0 <= week < len(self.days)


def gains(
    readings: list[Any], rule: Row, weeks: Weeks, published: int, sources: dict[str, Row]
) -> Iterator[tuple[int, int, int, int]]:
    """Give what one counter gained: the week, the gain, what the counter reached, and how coarsely it is told."""
    values, has_fallen = [row.value for row in readings], any(row.falls for row in readings)
    tops, is_last = list(accumulate(values, max)), ask(rule, "gain.falls", "high-water") == "last"
    may_fall = not is_last and readings[0].metric in ask(rule, "gain.may_fall", ["comments"])

    def level(first: int, end: int) -> int:
        if is_last or not has_fallen:
            return int(values[end - 1])
        if may_fall:
            honest = [values[at] for at in range(first, end) if 2 * values[at] >= tops[at]]
            return int(honest[-1] if honest else tops[end - 1])
        leaps = {at for at in range(max(first, 1), end - 1) if values[at - 1] <= values[at + 1] < values[at]}
        return int(max(values[at] for at in range(first, end) if at not in leaps))

    if ask(rule, "gain.attribution", "observed") == "published":
        yield published, level(0, len(values)), 0, max(step(row, sources) for row in readings)
        return
    height, first, before = None, 0, 0
    for week, some in groupby(readings, lambda row: weeks.of(row.observed_at)):
        end = first + len(list(some))
        coarse = max(step(row, sources) for row in readings[first:end])
        here = level(first, end) if height is None or may_fall or is_last else max(height, level(first, end))
        base = height if height is not None else 0 if published == week else values[first]
        yield week, max(here - base, 0), max(here, base), max(coarse, before)
        height, first, before = here, end, coarse


def members(folder: Path) -> dict[str, list[str]]:
    """Give the groups that each person belongs to."""
    path = folder / "artists.toml"
    artists = tomllib.loads(path.read_text("utf-8"))["artist"] if path.is_file() else []
    return {one["id"]: one["groups"] for one in artists if one.get("groups")}


def of_groups(row: Any, groups: dict[str, list[str]]) -> list[Any]:
    """Give what is an artist's as it is that of the artist's groups."""
    return [row._replace(artist=group) for group in groups.get(row.artist, [])]


def step(row: Any, sources: dict[str, Row]) -> int:
    """Give how many one step of a reading's counter is; 0 where nothing is said of it."""
    grain = sources.get(row.source, {}).get("grain", {}).get(row.metric, "")
    if "figure" not in grain:
        return int(grain or 0)
    return int(10 ** max(len(str(row.value)) - int(grain.split()[0]), 0))


def measures(rule: Row, weeks: Weeks, tables: Row, folder: Path, sources: dict[str, Row]) -> Measures:
    """Give every measure by week, artist and name."""
    grains: dict[tuple[int, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    how, own, published = ask(rule, "collaborations.counts", "each"), defaultdict(list), {}
    found: Measures = defaultdict(Fraction)
    groups = members(folder) if ask(rule, "members.counts", "own") == "both" else {}
    for row in tables["credits"]:
        if not row.is_repost and (row.artists == 1 or how != "none"):
            some = own[row.platform, row.post]
            some += [one for one in (row, *of_groups(row, groups)) if one not in some]

    def owners(post: tuple[str, str], week: int) -> list[Any]:
        return [row for row in own[post] if row.from_at < weeks.edges[week + 1] <= row.until_at]

    for row in tables["posts"]:
        week = published[row.platform, row.post] = weeks.of(row.published_at)
        for owner in owners((row.platform, row.post), week) if weeks.has(week) else ():
            found[week, owner.artist, "posts"] += 1
            found[week, owner.artist, f"posts_{owner.media}"] += owner.media != "unknown"
    series = defaultdict(list)
    for row in tables["readings"]:
        series[row.platform, row.account if not row.post else "", row.post, row.metric].append(row)
    for (platform, _, post, metric), some in series.items():
        some.sort(key=lambda row: row.observed_at)
        for week, gain, reached, grain in gains(some, rule, weeks, published.get((platform, post), -1), sources):
            if not weeks.has(week) or not (post or some[0].artist):
                continue
            for owner in owners((platform, post), week) if post else [some[0], *of_groups(some[0], groups)]:
                among = owner.artists if post and how == "share" else 1
                name = f"{metric}_{'gain' if post else 'addition'}"
                found[week, owner.artist, name] += Fraction(gain, among)
                found[week, owner.artist, "reached"] += reached if metric in STOCKS and not post else 0
                grains[week, name][owner.artist] += grain
    if ask(rule, "gain.rounded", "count") == "steps":
        for (week, name), by_artist in grains.items():
            coarsest = max(1, *by_artist.values())
            for who in by_artist:
                found[week, who, name] = Fraction(int(found[week, who, name]) // coarsest * coarsest)
    metrics = {f"{metric}_gain" for metric in ask(rule, "response.metrics", [])}
    for week, artist in {(week, artist) for week, artist, measure in found if measure in metrics}:
        response = sum(int(found[week, artist, measure]) for measure in metrics)
        for name, of in (("views", "views_gain"), ("followers", "reached")):
            if base := int(found[week, artist, of]):
                found[week, artist, f"response_per_1000_{name}"] = Fraction(response * MILLION // base)
    return found


def needs(measure: str, rule: Row) -> list[tuple[frozenset[str], bool]]:
    """Give what a part is made of: readings of any of some metrics, of posts or of accounts; of no metric, posts."""
    response = (frozenset(ask(rule, "response.metrics", [])), True)
    if measure.startswith("response_"):
        return [response, (frozenset({"views"}), True) if measure.endswith("views") else (STOCKS, False)]
    if measure == "posts" or measure.startswith("posts_"):
        return [(frozenset(), True)]
    metric, _, kind = measure.rpartition("_")
    return [(frozenset({metric}), kind == "gain")]


def verdicts(rule: Row, weeks: Weeks, season: Row, readings: list[Any], coverage: list[Any]) -> list[Row]:
    """Give each week's verdict, the days that were not seen, and the parts that nothing fed."""
    is_observed = ask(rule, "gain.attribution", "observed") == "observed"
    days = [weeks.days[0] + timedelta(days=number) for number in range(7 * len(weeks.days) + 1)]
    starts, sources = [local(day, weeks.zone) for day in days], [one for one in season["source"] if one.get("platform")]
    read = {(bisect_right(starts, row.observed_at) - 1, row.platform, row.metric, row.post != "") for row in readings}
    answered = {(one.source, one.metric, bisect_right(starts, one.hour_at) - 1) for one in coverage if one.answered}
    told_of = {metric for _, metric, _ in answered}
    given = {(row.source, row.metric, row.post != "") for row in readings}

    def feeds(source: Row, metrics: frozenset[str], of_post: bool) -> bool:
        tells = source["kind"] in ("counters", "posts", "live") and of_post
        told = tells and (not metrics or metrics & {*source.get("metrics", {})})
        return bool(told or any((source["id"], metric, of_post) in given for metric in metrics))

    def covers(source: Row, day: date) -> bool:
        return bool(source["coverage"]["from"] <= day <= source["coverage"]["to"])

    def is_open(source: Row, day: date) -> bool:
        gaps = [gap for gap in source["coverage"].get("gaps", []) if not gap.get("account")]
        return not any(gap["from"] <= day <= gap["to"] for gap in gaps)

    def has_answer(source: Row, metrics: frozenset[str], number: int) -> bool:
        return any((source["id"], metric, number) in answered for metric in metrics or told_of)

    def is_seen(need: tuple[frozenset[str], bool], fed: list[Row], day: date) -> bool:
        spanning, number = [source for source in fed if covers(source, day)], (day - days[0]).days
        for platform in {source["platform"] for source in spanning}:
            some = [
                source
                for source in spanning
                if source["platform"] == platform
                and (has_answer(source, need[0], number) if source["kind"] == "live" else is_open(source, day))
            ]
            has_reading = any((number, platform, metric, need[1]) in read for metric in need[0])
            holds = any(source.get("stores", "readings") != "readings" for source in some)
            if not some or (is_observed and need[0] and not holds and not has_reading):
                return False
        return bool(spanning)

    things = [(part["measure"], need) for part in rule["part"] for need in needs(part["measure"], rule)]
    fed = {thing: [source for source in sources if feeds(source, *thing[1])] for thing in things}
    found = []
    for week, first in enumerate(weeks.days):
        dates, unfed = [first + timedelta(days=day) for day in range(7)], set()
        missing = [
            str(day)
            for day in dates
            if not any(fed.values()) or not all(is_seen(need, some, day) for (_, need), some in fed.items() if some)
        ]
        for (measure, (metrics, of_post)), some in fed.items():
            holds = any(one.get("stores", "readings") != "readings" and covers(one, dates[-1]) for one in some)
            was_read = any(
                7 * week <= day < 7 * week + 7 and name in metrics and of == of_post for day, _, name, of in read
            )
            unfed |= set() if some and (not metrics or not is_observed or holds or was_read) else {measure}
        seen = 7 - len(missing)
        verdict = "provisional" if seen >= ask(rule, "coverage.least_days", 1) else "uncharted"
        verdict = "final" if seen >= ask(rule, "coverage.full_days", 7) else verdict
        row = {"week": str(first), "verdict": verdict, "missing": missing}
        found.append(row | ({"unfed": sorted(unfed)} if unfed else {}))
    return found


def is_eligible(artist: Row, rule: Row) -> bool:
    """Say whether a chart is about an artist."""
    kinds, countries, genres = (ask(rule, f"eligibility.{key}", []) for key in ("kinds", "countries", "genres"))
    is_kind, is_there = (
        artist["kind"] in (kinds or [artist["kind"]]),
        not countries or artist.get("country", "") in countries,
    )
    has_genre = not genres or {*genres} & {*artist.get("genres", [])}
    return bool(is_kind and is_there and has_genre and artist["id"] not in ask(rule, "eligibility.excluded", []))


def placed(week: int, found: Measures, rule: Row, eligible: set[str] | None) -> list[tuple[int, str, Fraction]]:
    """Give position, artist and exact points of everybody on one week's chart."""
    points: dict[str, Fraction] = defaultdict(Fraction)
    for part in rule["part"]:
        of = {who: int(value) for (at, who, name), value in found.items() if at == week and name == part["measure"]}
        of = {who: value for who, value in of.items() if value > 0 and (eligible is None or who in eligible)}
        if sum(of.values()) > 2**52:
            refuse(f"{rule['id']}, week {week + 1}", f"the total of {part['measure']} is above 2^52")
        for who, value in of.items():
            points[who] += Fraction(part["weight_ppm"] * value, sum(of.values()))
    ties = ask(rule, "ties.order", [])
    merits = {
        who: (exact, *(int(found.get((week, who, name), 0)) for name in ties))
        for who, exact in points.items()
        if round(exact)
    }
    ranked = [(position, who, points[who]) for position, who in positions(merits) if position <= rule["positions"]]
    if ask(rule, "ties.then", "raise") == "raise" and len({position for position, *_ in ranked}) < len(ranked):
        refuse(f"{rule['id']}, week {week + 1}", "a position is shared, and the rule does not settle it")
    return ranked


def entries(use: Row, rule: Row, seen: list[Row], found: Measures, eligible: set[str] | None) -> list[Row]:
    """Give the entries of one chart, with their history."""
    history: dict[str, Row] = {}
    rows, number = [], 0
    for week, of in enumerate(seen):
        if of["verdict"] == "uncharted":
            number += ask(rule, "history.uncharted_week", "skip") == "break"
            continue
        ranked = placed(week, found, rule, eligible)
        told = decimals({who: exact for _, who, exact in ranked})
        for position, who, exact in ranked:
            was = history.get(who, {"number": -9, "peak": position, "weeks_on_chart": 0, "weeks_at_no_1": 0})
            last = was if was["number"] == number - 1 else {}
            moves = {-1: "up", 0: "same", 1: "down"}
            moved = moves[(position > last["position"]) - (position < last["position"])] if last else "re-entry"
            row = {"chart": use["rule"], "week": of["week"], "position": position, "artist": who}
            row |= {"points": round(exact), "exact": told.get(exact, ""), "last_week": last.get("position")}
            row |= {"peak": min(position, was["peak"]), "weeks_on_chart": was["weeks_on_chart"] + 1}
            row |= {"weeks_at_no_1": was["weeks_at_no_1"] + (position == 1), "streak": last.get("streak", 0) + 1}
            row |= {"streak_at_no_1": last.get("streak_at_no_1", 0) + 1 if position == 1 else 0}
            row |= {"status": moved if was["weeks_on_chart"] else "debut", "verdict": of["verdict"]}
            history[who] = row | {"number": number}
            rows.append(row)
        number += 1
    return rows


def nominees(folder: Path, season: Row, rule: Row, rows: list[Row], artists: list[Row]) -> list[Row]:
    """Give the nominees: those that the season names, then those of the chart."""
    wanted, of = season["nomination"], defaultdict(list)
    for row in rows:
        is_within = str(wanted.get("from", "")) <= row["week"] <= str(wanted.get("to", "9999"))
        counts = row["verdict"] == "final" or ask(rule, "chart.counts", "all") == "all"
        if row["chart"] == wanted.get("chart") and is_within and counts:
            of[row["artist"]].append(row)
    ways: dict[str, Callable[[list[Row]], int]] = {
        "weeks_on_chart": len,
        "weeks_at_no_1": lambda some: sum(row["position"] == 1 for row in some),
        "peak": lambda some: -min(row["position"] for row in some),
    }
    points = {who: sum(row["points"] for row in some) for who, some in of.items()}
    names = {one["id"]: one["names"].get("en") or next(iter(one["names"].values())) for one in artists}
    found: dict[str, tuple[str, str]] = {}
    if "named" in rule:
        found = {one["nominee"]: ("named", one["source"]) for one in wanted.get("named", [])}
        path = folder / wanted.get("nominees_file", "")
        for line in DictReader(path.read_text("utf-8-sig").splitlines(keepends=True)) if path.is_file() else ():
            found[line["nominee"]] = ("named", wanted.get("nominees_source", ""))
            names[line["nominee"]] = f"{line['name']} – {line['artist']}" if line["artist"] else line["name"]
        if len(found) > rule["named"]["places"]:
            refuse("season.toml", f"{len(found)} nominees are named, and {rule['id']} has fewer places")
    merits = {who: (points[who], *(ways[way](of[who]) for way in ask(rule, "ties.order", []))) for who in of}
    chosen = [who for position, who in positions(merits) if position <= ask(rule, "chart.places", 0)]
    if len(chosen) > ask(rule, "chart.places", 0) and ask(rule, "ties.then", "raise") == "raise":
        refuse("certificate.nominees", f"the last place is tied between {', '.join(chosen)}")
    found = dict.fromkeys(chosen, ("chart", "")) | found
    rows = [{"nominee": who, "name": names.get(who, who), "charts": len(of.get(who, []))} for who in sorted(found)]
    for row in rows:
        ground, source = found[row["nominee"]]
        why = {"rule": f"{rule['id']}@{rule['version']}"} if ground == "chart" else {"source": source}
        row |= {"ground": ground, "source": {"code": f"nominees.{ground}", "values": why}}
        row["points"] = points.get(row["nominee"], 0)
    return rows


def made(folder: Path, season: Row, rules: Row, tables: Row, stated: Row) -> Row:
    """Give what is stated of charts and nominees, once the entries are those of the evidence."""
    path = folder / "artists.toml"
    artists = tomllib.loads(path.read_text("utf-8"))["artist"] if path.is_file() else []
    found: Row = {}
    rows: list[Row] = []
    sources = {source["id"]: source for source in season["source"]}
    pages = chapter("releases", "that released weeks follow from what they cite") if "release" in season else None
    released = pages.made(folder, season) if pages else {}
    for use in season["chart"]:
        rule = rules[use["rule"]]
        weeks, eligible = Weeks(use, rule), {one["id"] for one in artists if is_eligible(one, rule)}
        seen = [] if released else verdicts(rule, weeks, season, tables["readings"], tables.get("coverage", []))
        is_open = not any(ask(rule, f"eligibility.{key}", []) for key in ("kinds", "countries", "genres", "excluded"))
        if released:
            seen, some = released[use["rule"]]
        else:
            found_of = measures(rule, weeks, tables, folder, sources)
            some = entries(use, rule, seen, found_of, None if is_open else eligible)
        for of in seen:
            of["no_1"] = sorted(row["artist"] for row in some if row["week"] == of["week"] and row["position"] == 1)
        found.setdefault("charts", []).append({"rule": use["rule"], "weeks": seen})
        rows += some
    if season["chart"]:
        cited = stated["evidence"]["made"]["entries"]
        held, digest = read_table(folder / "evidence", "entries", cited["rows"])
        same("certificate.evidence.made.entries", cited, digest)
        bare = [{name: value for name, value in row._asdict().items() if name != "flags"} for row in held]
        rows.sort(key=lambda row: [row[key] for key in ("chart", "week", "position", "artist")])
        same("evidence/entries", bare, rows)
    if "nomination" in season:
        found["nominees"] = nominees(folder, season, rules[season["nomination"]["rule"]], rows, artists)
    return found
