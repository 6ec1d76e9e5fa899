"""Recount many ballots: ours, the window query a team would write, the same in Polars, and only scanning the columns.

    python benchmarks/recount.py --ballots 100000000

The ballots are made up from a seed: heavy-tailed voters over seven days and two
channels, a cap of 100 votes per voter, channel and local day, first votes count.
They lie in Parquet as `plaudit collect` writes them, a folder a day. Every method runs in a process of
its own; its peak memory is the system's figure for that process. Methods take
turns, so a slow minute of the machine falls on all of them.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
from turns import in_turns, options, print_table, run_one, summary

from plaudit.base.weeks import local_midnights
from plaudit.rulebook.counting_rule import Cap, Channel, CountingRule, Day, Gestures
from plaudit.rulebook.windows import VotingWindow
from plaudit.store.evidence import Evidence
from plaudit.store.tables import table
from plaudit.tally.tally import tally

ZONE = "America/Los_Angeles"
FIRST, DAYS, CAP = date(2018, 5, 14), 7, 100
NOMINEES = ["bts", "ariana-grande", "demi-lovato", "justin-bieber", "shawn-mendes"]
MIDNIGHTS = local_midnights(FIRST, FIRST + timedelta(days=DAYS), ZONE)
EVERY = Gestures(vote="counts", post="counts", repost="counts", quote="counts")
RULE = CountingRule(
    id="recount",
    version=1,
    title="A hundred a day",
    because="the cap of 2018",
    day=Day(ZONE),
    channel=tuple(Channel(name, name, gestures=EVERY, cap=Cap(CAP, "day")) for name in ("web", "post")),
)
CHUNK = 1 << 20


def make(folder: Path, ballots: int, seed: int = 20180514) -> None:
    """Write the ballots, unless they are there."""
    tables = Evidence(folder)
    voters = max(50, ballots * 195 // 1000)
    hearts = max(3, ballots * 1430 // 10**8)
    weight = np.minimum(np.random.default_rng(seed).pareto(1.1, hearts) + 1, 60)
    heavy = np.cumsum(weight / weight.sum())
    for number in range(DAYS):
        day = FIRST + timedelta(days=number)
        first, last = ballots * number // DAYS, ballots * (number + 1) // DAYS
        if (folder / "ballots" / f"day={day}").is_dir():
            continue
        tables.write_stream("ballots", day.isoformat(), _day(number, first, last, voters, heavy, seed))


def _day(number: int, first: int, last: int, voters: int, heavy: np.ndarray, seed: int) -> Iterator[pa.RecordBatch]:
    schema = table("ballots").schema
    starts, ends = MIDNIGHTS[number], MIDNIGHTS[number + 1]
    for at in range(first, last, CHUNK):
        rows = min(CHUNK, last - at)
        chance = np.random.default_rng([seed, number, at])
        begin = starts + (ends - starts) * (at - first) // (last - first)
        end = starts + (ends - starts) * (at + rows - first) // (last - first)
        is_heavy = chance.random(rows) < 0.04
        casual = (voters * chance.random(rows) ** 2).astype(np.int64)
        voter = np.where(is_heavy, voters + np.searchsorted(heavy, chance.random(rows)), casual)
        nominee = np.searchsorted([0.36, 0.62, 0.81, 0.95], chance.random(rows))
        made = {
            "ballot": pa.array(np.arange(at, at + rows)),
            "channel": _words(chance.random(rows) < 0.5, ["web", "post"]),
            "nominee": _words(nominee, NOMINEES),
            "votes": pa.array(np.ones(rows, np.int32)),
            "cast_at": pa.array(np.sort(chance.integers(begin, end, rows))),
            "voter": pa.array(_spread(voter)),
            "gesture": _words(chance.random(rows) < 0.3, ["post", "repost"]),
            "tags": pa.array(np.ones(rows, np.int16)),
            "is_deleted": pa.array(np.zeros(rows, bool)),
            "is_private": pa.array(np.zeros(rows, bool)),
            "account_created_at": pa.nulls(rows, pa.int64()),
            "post": _words(np.zeros(rows, bool), [""]),
            "source": _words(np.zeros(rows, bool), ["synthetic"]),
        }
        yield pa.RecordBatch.from_pydict(made, schema=schema)


def _words(codes: np.ndarray, words: list[str]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), pa.array(words)).cast(pa.string())


def _spread(voter: np.ndarray) -> np.ndarray:
    mixed = voter.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((mixed ^ (mixed >> np.uint64(31))) >> np.uint64(1)).astype(np.int64)


def ours(folder: Path) -> dict[str, int]:
    """Count with plaudit tally."""
    tables = Evidence(folder)
    window = VotingWindow("vote", MIDNIGHTS[0], MIDNIGHTS[-1])
    none = {name: tables.rows(name, []) for name in ("source_totals", "rulings")}
    counted = tally(
        tables.read("ballots"),
        none["source_totals"],
        none["rulings"],
        NOMINEES,
        RULE,
        [window],
        materialize=tables.materialize,
    )
    return {f"{row['nominee']} {row['channel']}": row["votes_counted"] for row in counted.totals}


def window(folder: Path) -> dict[str, int]:
    """Count with a running sum over every voter, channel and day."""
    day = " + ".join(f"(cast_at >= {midnight})::int" for midnight in MIDNIGHTS[1:-1])
    rows = duckdb.sql(f"""
        SELECT nominee, channel, sum(greatest(0, least(votes, {CAP} - before))) FROM (
            SELECT nominee, channel, votes, sum(votes) OVER (
                PARTITION BY voter, channel, {day} ORDER BY cast_at, ballot ROWS UNBOUNDED PRECEDING) - votes AS before
            FROM read_parquet('{folder}/ballots/*/*.parquet', hive_partitioning = false)
            WHERE cast_at >= {MIDNIGHTS[0]} AND cast_at < {MIDNIGHTS[-1]}
        ) GROUP BY ALL""").fetchall()
    return {f"{nominee} {channel}": int(votes) for nominee, channel, votes in rows}


def polars(folder: Path) -> dict[str, int]:
    """Count with the same running sum in Polars, streaming."""
    votes = pl.col("votes").cast(pl.Int64)
    day = sum(((pl.col("cast_at") >= midnight).cast(pl.Int8) for midnight in MIDNIGHTS[1:-1]), pl.lit(0, pl.Int8))
    counted = (
        pl.scan_parquet(f"{folder}/ballots/*/*.parquet", hive_partitioning=False)
        .filter(pl.col("cast_at").is_between(MIDNIGHTS[0], MIDNIGHTS[-1], closed="left"))
        .select("voter", "channel", "nominee", "votes", "cast_at", "ballot", day.alias("day"))
        .sort("cast_at", "ballot")
        .with_columns(before=votes.cum_sum().over("voter", "channel", "day") - votes)
        .with_columns(counted=(CAP - pl.col("before")).clip(0, votes))
        .group_by("nominee", "channel")
        .agg(pl.col("counted").sum())
        .collect(engine="streaming")
    )
    return {f"{nominee} {channel}": votes for nominee, channel, votes in counted.iter_rows()}


def scan(folder: Path) -> dict[str, int]:
    """Touch every value of the columns that the count needs, and no more."""
    columns = "sum(voter), sum(cast_at), sum(ballot), sum(votes), sum(length(nominee)), sum(length(channel))"
    files = f"read_parquet('{folder}/ballots/*/*.parquet', hive_partitioning = false)"
    duckdb.sql(f"SELECT {columns} FROM {files}").fetchall()
    return {}


METHODS: dict[str, Callable[[Path], dict[str, int]]] = {"ours": ours, "window": window, "polars": polars, "scan": scan}


def main() -> None:
    """Make the ballots, run the methods in turns, print the table."""
    parser = options(__doc__, list(METHODS))
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=list(METHODS))
    parser.add_argument("--ballots", type=int, default=10_000_000)
    asked = parser.parse_args()
    if asked.one:
        run_one(METHODS[asked.one], asked.folder)
        return
    with tempfile.TemporaryDirectory(prefix="plaudit-recount-") as scratch:
        folder = (asked.folder or Path(scratch)) / f"ballots-{asked.ballots}"
        print(f"making {asked.ballots:,} synthetic ballots", file=sys.stderr)
        make(folder, asked.ballots)
        taken = in_turns(__file__, asked.methods, folder, asked.rounds, once=["polars"])  # far behind; once is enough
    answers = {method: runs[0]["gave"] for method, runs in taken.items() if runs[0]["gave"]}
    if any(answer != next(iter(answers.values())) for answer in answers.values()):
        sys.exit(f"the methods do not agree: {answers}")
    print(f"{asked.ballots:,} synthetic ballots, cap {CAP} per voter, channel and day; median seconds")
    print_table(taken)
    if asked.json:
        seconds, peaks = summary(taken)
        ratios = {
            f"ratio_to_{method}": seconds["ours"] / seconds[method] if method in seconds else None
            for method in ("window", "scan")
        }
        print(json.dumps({"ballots": asked.ballots, **ratios, "peak_gb": peaks["ours"], "seconds": seconds["ours"]}))


if __name__ == "__main__":
    main()
