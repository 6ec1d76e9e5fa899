"""The site of a large season, built whole and again after one week changed.

    python benchmarks/site.py --artists 1000 --weeks 100

Tables are made up from a seed: every artist posts one video every few weeks, each
read daily for ten days; a chart of 50 positions is drawn anew each week. Only the
site is timed: the tables are there before.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from plaudit.base.change import InPlace
from plaudit.base.weeks import Week, weeks_between
from plaudit.certify.statement import statement
from plaudit.cli.init import init
from plaudit.collect.values import LATEST
from plaudit.rulebook.season import Season, read_season
from plaudit.site.site import build
from plaudit.store.evidence import Evidence

DAY = 86_400_000_000
FIRST = date(2018, 1, 5)
RULE = "social-weekly@1"
METRICS = ("views", "likes", "comments")
POSITIONS = 50
POST_EVERY_WEEKS = 4
READ_DAYS = 10


def make(folder: Path, artists: int, weeks: int) -> tuple[Season, Evidence]:
    """Write a season and the tables its site is made from."""
    init(folder)
    names = [f"artist-{number:04d}" for number in range(artists)]
    last = FIRST + timedelta(days=7 * weeks - 1)
    text = (folder / "season.toml").read_text("utf-8")
    text = re.sub(r"from = 2026-01-02\nto = 2026-01-15", f"from = {FIRST}\nto = {last}", text, count=1)
    text = re.sub(r"\[nomination\].*?(?=\[\[source\]\])", "", text, flags=re.DOTALL)  # charts and nothing after them
    (folder / "season.toml").write_text(text, "utf-8")
    told = "".join(
        f'[[artist]]\nid = "{name}"\nnames = {{ en = "Artist {number}", ko = "가수 {number}" }}\nkind = "group"\n'
        for number, name in enumerate(names)
    )
    (folder / "artists.toml").write_text(told, "utf-8")
    season = read_season(folder)
    tables = Evidence(season.evidence)
    found = weeks_between(FIRST, last, "friday", "UTC")
    _write_posts(tables, names, found)
    _write_charts(tables, names, found)
    return season, tables


def _write_posts(tables: Evidence, names: list[str], weeks: list[Week]) -> None:
    chance = np.random.default_rng(20180105)
    posts: list[dict[str, Any]] = []
    columns: dict[str, list[Any]] = {
        name: [] for name in ("post", "account", "artist", "metric", "observed_at", "value")
    }
    for number, name in enumerate(names):
        for week in weeks[number % POST_EVERY_WEEKS :: POST_EVERY_WEEKS]:
            post = f"{name}-{week.id}"
            at = week.starts_at + int(chance.integers(0, 7 * DAY))
            posts.append(_post(name, post, at, len(posts)))
            for metric, scale in zip(METRICS, (100_000, 5_000, 500), strict=True):
                grown = np.cumsum(chance.pareto(1.5, READ_DAYS) * scale / np.arange(1, READ_DAYS + 1)).astype(int)
                columns["post"] += [post] * READ_DAYS
                columns["account"] += [name] * READ_DAYS
                columns["artist"] += [name] * READ_DAYS
                columns["metric"] += [metric] * READ_DAYS
                columns["observed_at"] += [at + (day + 1) * DAY * 9 // 10 for day in range(READ_DAYS)]
                columns["value"] += grown.tolist()
    tables.write_rows("posts", posts)
    tables.write_rows("credits", [{**post, "from_at": 0, "until_at": LATEST, "artists": 1} for post in posts])
    rows = len(columns["post"])
    fixed = {"platform": ["example"] * rows, "falls": [False] * rows, "source": ["made"] * rows, "row": range(rows)}
    tables.write("readings", pa.table({**columns, **{key: list(values) for key, values in fixed.items()}}))


def _post(name: str, post: str, at: int, row: int) -> dict[str, Any]:
    return {
        "platform": "example",
        "post": post,
        "account": name,
        "artist": name,
        "published_at": at,
        "media": ("video", "photo", "text")[row % 3],
        "is_repost": False,
        "title": f"A post of {name}, number {row}, with a title of a usual length",
        "source": "made",
        "row": row,
    }


def _write_charts(tables: Evidence, names: list[str], weeks: list[Week], changed: int = 0) -> None:
    """Draw every week's chart; in the last week, some artists' values come out doubled."""
    seen, measures, entries, parts, gains = [], [], [], [], []
    before: dict[str, dict[str, Any]] = {}
    for place, week in enumerate(weeks):
        chance = np.random.default_rng(place)
        values = (chance.pareto(1.2, (len(names), len(METRICS))) * (100_000, 5_000, 500)).astype(int) + 1
        if changed and place == len(weeks) - 1:
            values[:changed] *= 2
        seen.append(_week(week))
        totals = values.sum(axis=0)
        points = (values / totals * (500_000, 300_000, 200_000)).astype(int)
        order = np.argsort(-points.sum(axis=1), kind="stable")
        for number in range(len(names)):
            for column, metric in enumerate(METRICS):
                measures.append(_measure(week, names[number], f"{metric}_gain", int(values[number, column]), metric))
        for position, number in enumerate(order[:POSITIONS], 1):
            name, old = names[number], before.get(names[number])
            entries.append(_entry(week, position, name, int(points[number].sum()), old, weeks[place - 1].id))
            before[name] = entries[-1]
            for column, metric in enumerate(METRICS):
                value, total = int(values[number, column]), int(totals[column])
                parts.append(_part(week, name, f"{metric}_gain", value, total, int(points[number, column]), column))
            gains.append(_gain(week, name, int(values[number, 0])))
    tables.write_rows("set_aside", [])
    tables.write_rows("weeks", seen)
    tables.write_rows("measures", measures)
    tables.write_rows("entries", entries)
    tables.write_rows("parts", parts)
    tables.write_rows("gains", gains)


def _week(week: Week) -> dict[str, Any]:
    span = {"starts_at": week.starts_at, "ends_at": week.ends_at}
    return {"chart": RULE, "week": week.id, **span, "days_seen": 7, "verdict": "final", "missing": "", "unfed": ""}


def _measure(week: Week, artist: str, measure: str, value: int, unit: str) -> dict[str, Any]:
    flags = {"grain": 0, "fell": 0, "recovered": 0, "gap_at_start": 0, "gap_at_end": 0, "account_gap": False}
    return {"chart": RULE, "week": week.id, "artist": artist, "measure": measure, "value": value, "unit": unit, **flags}


def _part(week: Week, artist: str, measure: str, value: int, total: int, points: int, column: int) -> dict[str, Any]:
    weight = (500_000, 300_000, 200_000)[column]
    key = {"chart": RULE, "week": week.id, "artist": artist, "measure": measure}
    return {**key, "value": value, "total": total, "weight_ppm": weight, "points": points}


def _entry(
    week: Week, position: int, artist: str, points: int, old: dict[str, Any] | None, week_before: str
) -> dict[str, Any]:
    last = old["position"] if old and old["week"] == week_before else None
    moved = "same" if last == position else "up" if last and position < last else "down"
    return {
        "chart": RULE,
        "week": week.id,
        "position": position,
        "artist": artist,
        "points": points,
        "last_week": last,
        "peak": min(position, old["peak"] if old else position),
        "weeks_on_chart": (old["weeks_on_chart"] if old else 0) + 1,
        "weeks_at_no_1": (old["weeks_at_no_1"] if old else 0) + (position == 1),
        "streak": (old["streak"] if old and last else 0) + 1,
        "streak_at_no_1": int(position == 1),
        "status": "debut" if old is None else "re-entry" if last is None else moved,
        "exact": "",
        "verdict": "final",
        "flags": "",
    }


def _gain(week: Week, artist: str, gain: int) -> dict[str, Any]:
    number = int(artist.removeprefix("artist-"))
    back = ((date.fromisoformat(week.id) - FIRST).days // 7 - number) % POST_EVERY_WEEKS
    posted = (date.fromisoformat(week.id) - timedelta(days=7 * back)).isoformat()
    key = {"chart": RULE, "week": week.id, "platform": "example", "account": artist, "post": f"{artist}-{posted}"}
    read = {"baseline": 0, "baseline_at": None, "last_value": gain, "last_at": week.ends_at - 1, "gain": gain}
    return {**key, "artist": artist, "metric": "views", **read, "fell": 0, "gap_at_start": 0, "gap_at_end": 0}


def heaviest(folder: Path) -> tuple[str, int]:
    """Give the page that weighs most with the style sheet and its own pictures, and its bytes."""
    weights = {}
    sheet = (folder / "assets" / "site.css").stat().st_size
    for path in folder.rglob("*.html"):
        own = folder / "pictures" / RULE / f"{path.stem}.svg"
        pictures = 2 * own.stat().st_size if path.parent.name == "artist" and own.is_file() else 0
        weights[path.relative_to(folder).as_posix()] = path.stat().st_size + pictures + sheet
    return max(weights.items(), key=lambda item: (item[1], item[0]))


def timed(what: str, season: Season, tables: Evidence, folder: Path) -> None:
    """Build once and print what it took."""
    before, started = os.times(), time.monotonic()
    built = build(season, tables, statement(season, tables, None), [], InPlace(folder))
    seconds, after = time.monotonic() - started, os.times()
    spent = sum(after[:4]) - sum(before[:4])
    print(f"{what:28} {seconds:6.1f} s, {spent:6.1f} s of processor; {built.rendered:,} of {built.files:,} rendered")


def main() -> None:
    """Make the tables, build, change one week, build again."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--artists", type=int, default=1_000)
    parser.add_argument("--weeks", type=int, default=100)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        season, tables = make(Path(made) / "season", asked.artists, asked.weeks)
        folder = Path(made) / "site"
        print(f"{asked.artists:,} artists, {asked.weeks} weeks, en and ko", file=sys.stderr)
        timed("all of it", season, tables, folder)
        timed("again, nothing changed", season, tables, folder)
        last = FIRST + timedelta(days=7 * asked.weeks - 1)
        weeks = weeks_between(FIRST, last, "friday", "UTC")
        _write_charts(tables, sorted(season.artists.by_id()), weeks, changed=10)
        timed("after one week changed", season, tables, folder)
        page, weight = heaviest(folder)
        print(f"{'the heaviest page':28} {weight:,} bytes with its pictures and style sheet: {page}")


if __name__ == "__main__":
    main()
