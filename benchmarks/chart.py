"""Charts with history from many readings, beside a plain group-by over the same columns.

    python benchmarks/chart.py --readings 20000000 --artists 100000

The readings are made up from a seed: cumulative counters of views, one post an
artist, over 52 weeks. Ours computes gains, measures, points, positions and the
history of 52 charts of 50 positions; the group-by only gives each post's least
and greatest value per week. Every run is a process of its own, in turns.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
from turns import in_turns, options, print_table, run_one, summary

from plaudit.base.weeks import weeks_between
from plaudit.chart.chart import chart
from plaudit.collect.values import LATEST
from plaudit.measure.credits import credited
from plaudit.measure.gains import gains
from plaudit.measure.measure import measure
from plaudit.rulebook.artists import Artist
from plaudit.rulebook.chart_rule import ChartRule, Part, Ties, WeekRule
from plaudit.store.evidence import Evidence
from plaudit.store.parquet import write_batches, write_table
from plaudit.store.tables import table

WEEKS = weeks_between(date(2018, 1, 5), date(2019, 1, 3), "friday", "UTC")
SPAN = (WEEKS[0].starts_at, WEEKS[-1].ends_at)
RULE = ChartRule(
    id="benchmark",
    version=1,
    title="Views gained",
    because="one measure over one metric",
    week=WeekRule("friday", "UTC"),
    part=(Part("views_gain", 1_000_000),),
    positions=50,
    ties=Ties(then="share"),
)


def make(folder: Path, readings: int, artists: int, seed: int = 20180105) -> None:
    """Write posts and readings, unless they are there."""
    if (folder / "readings.parquet").is_file():
        return
    names = [f"artist-{number:06d}" for number in range(artists)]
    posts = {
        "platform": ["example"] * artists,
        "post": [f"post-{number:06d}" for number in range(artists)],
        "account": names,
        "artist": names,
        "published_at": [SPAN[0] - 86_400_000_000] * artists,
        "media": ["video"] * artists,
        "is_repost": [False] * artists,
        "title": [""] * artists,
        "source": ["synthetic"] * artists,
        "row": list(range(artists)),
    }
    write_table(pa.table(posts, schema=table("posts").schema), folder / "posts.parquet")
    always = {"from_at": [0] * artists, "until_at": [LATEST] * artists, "artists": [1] * artists}
    credits_ = {name: {**posts, **always}[name] for name in table("credits").columns}
    write_table(pa.table(credits_, schema=table("credits").schema), folder / "credits.parquet")
    write_batches(table("readings").schema, _readings(names, readings // artists, seed), folder / "readings.parquet")


def _readings(names: list[str], each: int, seed: int) -> Iterator[pa.RecordBatch]:
    schema = table("readings").schema
    chance = np.random.default_rng(seed)
    at_once = max(1, 1_000_000 // each)
    for first in range(0, len(names), at_once):
        some = np.arange(first, min(first + at_once, len(names)))
        rows = len(some) * each
        step = (SPAN[1] - SPAN[0]) // each
        at = SPAN[0] + np.tile(np.arange(each) * step, len(some)) + chance.integers(0, step, rows)
        pace = np.repeat(chance.pareto(1.2, len(some)) * 1000, each)
        value = (chance.random(rows) * pace).astype(np.int64).reshape(len(some), each).cumsum(axis=1).ravel()
        which = pa.array(np.repeat(some - first, each).astype(np.int32))
        artist = pa.DictionaryArray.from_arrays(which, pa.array([names[n] for n in some])).cast(pa.string())
        post = pa.DictionaryArray.from_arrays(which, pa.array([f"post-{n:06d}" for n in some])).cast(pa.string())
        columns = {
            "platform": pa.array(["example"] * rows),
            "account": artist,
            "post": post,
            "artist": artist,
            "metric": pa.array(["views"] * rows),
            "observed_at": pa.array(at),
            "value": pa.array(value),
            "falls": pa.array(np.zeros(rows, bool)),
            "source": pa.array(["synthetic"] * rows),
            "row": pa.array(np.arange(rows) + first * each),
        }
        yield pa.RecordBatch.from_pydict(columns, schema=schema)


def ours(folder: Path) -> int:
    """Give the number of entries of 52 charts with history."""
    tables = Evidence(folder)
    readings, posts = tables.read("readings"), credited(tables.read("posts"), tables.read("credits"))
    names = [row["artist"] for row in tables.to_rows(posts.select("artist"))]
    artists = [Artist(name, {"en": name}, "person") for name in names]
    measures = measure(gains(readings, posts, WEEKS, RULE), posts, WEEKS, RULE)
    entries = chart(measures, [(week.id, "final") for week in WEEKS], RULE, artists, to_rows=tables.to_rows)
    return tables.to_arrow(entries).num_rows


def group_by(folder: Path) -> int:
    """Give the number of posts and weeks, with the least and greatest value of each."""
    week = f"(observed_at - {SPAN[0]}) // {7 * 86_400_000_000}"
    found = duckdb.sql(f"""
        SELECT platform, account, post, artist, metric, {week} AS week, min(value), max(value), count(*)
        FROM read_parquet('{folder}/readings.parquet') GROUP BY ALL""")
    return int(found.to_arrow_table().num_rows)


METHODS: dict[str, Callable[[Path], int]] = {"ours": ours, "group-by": group_by}


def main() -> None:
    """Make the readings, run both in turns, print the table."""
    parser = options(__doc__, list(METHODS))
    parser.add_argument("--readings", type=int, default=2_000_000)
    parser.add_argument("--artists", type=int, default=10_000)
    asked = parser.parse_args()
    if asked.one:
        run_one(METHODS[asked.one], asked.folder)
        return
    with tempfile.TemporaryDirectory(prefix="plaudit-chart-") as scratch:
        folder = (asked.folder or Path(scratch)) / f"readings-{asked.readings}-{asked.artists}"
        print(f"making {asked.readings:,} synthetic readings of {asked.artists:,} artists", file=sys.stderr)
        make(folder, asked.readings, asked.artists)
        taken = in_turns(__file__, list(METHODS), folder, asked.rounds)
    print(f"{asked.readings:,} synthetic readings, {asked.artists:,} artists, {len(WEEKS)} weeks; median seconds")
    print_table(taken)
    if asked.json:
        seconds, peaks = summary(taken)
        ratio = seconds["ours"] / seconds["group-by"]
        print(json.dumps({"ratio_to_group_by": ratio, "peak_gb": peaks["ours"], "seconds": seconds["ours"]}))


if __name__ == "__main__":
    main()
