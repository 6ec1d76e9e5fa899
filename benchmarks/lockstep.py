"""Measure how long it takes to find accounts that repost the same posts within a minute of each other.

    python benchmarks/lockstep.py --posts 10000000

Ours beside the coordination-network-toolkit from PyPI (its co-retweet network), and beside the
plain join that a team would write in DuckDB, over the same rows. All must give the same pairs.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
import os
import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import quantiles
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from turns import Runs, in_turns, options, print_table, run_one, summary

from plaudit.audit.co_action import co_actions
from plaudit.store.engines import open_engine

SEED = 20261122
WITHIN_SECONDS = 60
LEAST = 2
WEEK_SECONDS = 7 * 86_400
GROUPS, MEMBERS = 200, 20
TOOLKIT = "coordination_network_toolkit"
WHOLE = pa.schema([("who", pa.int64()), ("what", pa.string()), ("at", pa.int64())])


def make(folder: Path, posts: int) -> None:
    """Write the reposts in the order of time: most of fans, one in 25 of coordinated groups.

    The kth most popular post is reposted in proportion to k^-0.6, at most some 20,000 times in ten
    million; half of the fans come within 20 minutes, and few fans are very busy. A group reposts a
    post within half a minute. Nobody reposts a post twice, and times are whole seconds.
    """
    if (folder / "acts.parquet").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    chance = np.random.default_rng(SEED)
    most = 20_000 * (posts / 10_000_000) ** 0.5
    sizes = np.maximum(most * np.arange(1, posts + 1) ** -0.6, 1).astype(np.int64)
    things = int(np.searchsorted(np.cumsum(sizes), posts * 24 // 25)) + 1
    what = np.repeat(np.arange(things), sizes[:things])
    published = chance.integers(0, WEEK_SECONDS, things)
    at = published[what] + np.exp(chance.normal(np.log(1200), 1.5, len(what))).astype(np.int64)
    who = (posts // 10 * chance.random(len(what)) ** 2).astype(np.int64)
    ours = _groups(chance, posts, things)
    columns = [np.concatenate(pair) for pair in zip((who, what, at), ours, strict=True)]
    _, once = np.unique(columns[0] * (things + 1) + columns[1], return_index=True)
    who, what, at = (column[once] for column in columns)
    order = np.lexsort((who, what, at))
    names = pa.array([f"at://did:plc:{thing * 7919:024d}/app.bsky.feed.post/{thing:013d}" for thing in range(things)])
    made = pa.Table.from_arrays(
        [pa.array(who[order]), names.take(pa.array(what[order])), pa.array(at[order] * 1_000_000)], schema=WHOLE
    )
    pq.write_table(made, folder / "acts.parquet", compression="zstd")


def _groups(chance: np.random.Generator, posts: int, things: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    times = max(posts // 25 // (GROUPS * MEMBERS), 1)
    shape = (GROUPS, times, MEMBERS)
    members = posts // 10 + np.arange(GROUPS * MEMBERS).reshape(GROUPS, 1, MEMBERS)
    what = chance.integers(0, things, (GROUPS, times, 1))
    at = chance.integers(0, WEEK_SECONDS, (GROUPS, times, 1)) + chance.integers(0, 30, shape)
    return tuple(np.broadcast_to(column, shape).ravel() for column in (members, what, at))  # type: ignore[return-value]


def load(folder: Path) -> None:
    """Fill the toolkit's database, which it reads from; numbers go in as numbers, which suits it."""
    if (folder / "toolkit.loaded").exists():
        return
    from coordination_network_toolkit.preprocess import preprocess_data  # noqa: PLC0415 - may be absent

    for left in folder.glob("toolkit.db*"):
        left.unlink()
    started = time.perf_counter()
    preprocess_data(str(folder / "toolkit.db"), _messages(folder))
    taken = time.perf_counter() - started
    (folder / "toolkit.loaded").write_text(f"{taken:.1f}\n", "utf-8")


def _messages(folder: Path) -> Iterator[tuple[Any, ...]]:
    number = 0
    for batch in pq.ParquetFile(folder / "acts.parquet").iter_batches(65_536):
        for who, what, at in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            number += 1
            yield number, who, "", what, None, "", at // 1_000_000, ()


def ours(folder: Path) -> dict[str, Any]:
    """Find the pairs as the audit does."""
    engine = open_engine("duckdb")
    acts = engine.scan([(folder / "acts.parquet").as_posix()], "acts").select("who", "what", "at")
    pairs = engine.to_arrow(co_actions(acts, WITHIN_SECONDS, LEAST, materialize=engine.materialize))
    return _given(zip(*(pairs.column(name).to_pylist() for name in ("one", "other", "times")), strict=True))


def plain(folder: Path) -> dict[str, Any]:
    """Find the pairs with one join on the post and the distance in time."""
    rows = duckdb.sql(f"""
        WITH acts AS (SELECT * FROM read_parquet('{folder}/acts.parquet'))
        SELECT a.who, b.who, count(*) FROM acts a JOIN acts b
            ON a.what = b.what AND a.who < b.who
            AND b."at" BETWEEN a."at" - {WITHIN_SECONDS}000000 AND a."at" + {WITHIN_SECONDS}000000
        GROUP BY ALL HAVING count(*) >= {LEAST}""").fetchall()
    return _given(iter(rows))


def toolkit(folder: Path) -> dict[str, Any]:
    """Find the pairs with the toolkit's co-retweet network, a process a core."""
    from coordination_network_toolkit.compute_networks import compute_co_retweet_parallel  # noqa: PLC0415

    database = str(folder / "toolkit.db")
    compute_co_retweet_parallel(database, WITHIN_SECONDS, n_threads=os.cpu_count() or 1, min_edge_weight=LEAST)
    with contextlib.closing(sqlite3.connect(database)) as connection:
        rows = connection.execute("SELECT user_1, user_2, weight FROM co_retweet_network WHERE user_1 < user_2")
        return _given(rows)


def _given(pairs: Iterator[Any]) -> dict[str, Any]:
    """Give the number of pairs, their digest, and the greatest child process."""
    digest, found = hashlib.sha256(), sorted(pairs)
    for one, other, times in found:
        digest.update(f"{one} {other} {times}\n".encode())
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e6
    return {"pairs": len(found), "sha256": digest.hexdigest(), "children_gb": children}


METHODS: dict[str, Callable[[Path], dict[str, Any]]] = {"ours": ours, "plain": plain, "toolkit": toolkit}


def turns(methods: list[str], folder: Path, rounds: int) -> Runs:
    """Run each method once a round; the order moves on by one, so that nobody always comes after the same one."""
    taken: Runs = {method: [] for method in methods}
    for turn in range(rounds):
        first = turn % len(methods)
        for method, runs in in_turns(__file__, methods[first:] + methods[:first], folder, 1).items():
            taken[method] += [{**run, "peak_gb": max(run["peak_gb"], run["gave"]["children_gb"])} for run in runs]
    return taken


def main() -> None:
    """Make the reposts, run the methods in turns, compare what they found, print the table."""
    parser = options(__doc__, list(METHODS))
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=list(METHODS))
    parser.add_argument("--posts", type=int, default=1_000_000)
    asked = parser.parse_args()
    if asked.one:
        run_one(METHODS[asked.one], asked.folder)
        return
    methods = [method for method in asked.methods if method != "toolkit" or importlib.util.find_spec(TOOLKIT)]
    if methods != asked.methods:
        print("the toolkit is not installed; add it with: pip install 'plaudit[bench]'", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="plaudit-lockstep-") as scratch:
        folder = (asked.folder or Path(scratch)) / f"posts-{asked.posts}"
        print(f"making {asked.posts:,} synthetic reposts", file=sys.stderr)
        make(folder, asked.posts)
        if "toolkit" in methods:
            print("loading the toolkit's database", file=sys.stderr)
            load(folder)
        taken = turns(methods, folder, asked.rounds)
        report(taken, folder)
    if asked.json:
        seconds, peaks = summary(taken)
        ratio = seconds["toolkit"] / seconds["ours"] if {"ours", "toolkit"} <= set(seconds) else None
        print(json.dumps({"posts": asked.posts, "seconds": seconds, "peak_gb": peaks, "times_faster": ratio}))


def report(taken: Runs, folder: Path) -> None:
    """Stop if the methods found other pairs than each other, else print what each took."""
    found = {method: {(run["gave"]["pairs"], run["gave"]["sha256"]) for run in runs} for method, runs in taken.items()}
    if len(set().union(*found.values())) != 1:
        sys.exit(f"the methods do not agree: {found}")
    ((pairs, _),) = set().union(*found.values())
    rows = pq.read_metadata(folder / "acts.parquet").num_rows
    print(
        f"{rows:,} synthetic reposts, {LEAST} posts or more within {WITHIN_SECONDS} s: {pairs:,} pairs; median seconds"
    )
    print_table(taken)
    for method, runs in taken.items():
        if len(runs) > 1:
            low, _, high = quantiles([run["seconds"] for run in runs], n=4, method="inclusive")
            print(f"{method}: half of the runs between {low:.2f} and {high:.2f} s")
    if "toolkit" in taken:
        loading = (folder / "toolkit.loaded").read_text("utf-8").strip()
        print(f"filling the toolkit's database took {loading} s more; ours reads Parquet in its time")


if __name__ == "__main__":
    main()
