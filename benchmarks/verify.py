"""Verify a whole season: signature, digests, the hash tree over every ballot, the recount, tables and pages.

    python benchmarks/verify.py --ballots 1000000 10000000

The ballots are those of recount.py: made up from a seed, heavy-tailed, a cap of 100 a day. The season that holds them
is counted, logged and certified first; what is measured is `plaudit verify` on it, in a process of its own with
the workers it starts. Peak memory is the most that one of these processes held.

Beside it stands what hashing the leaves alone takes, in two processes and in the same minutes: the ratio says more
than seconds do, since the machine's speed moves.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import date, timedelta
from itertools import groupby, pairwise
from multiprocessing import get_context
from operator import itemgetter
from os import urandom
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from recount import CAP, DAYS, FIRST, MIDNIGHTS, NOMINEES, ZONE, make

from plaudit import pipeline
from plaudit.base.weeks import instant_text
from plaudit.ledger.tree import leaf_hashes
from plaudit.rulebook.season import read_season
from plaudit.store.evidence import Evidence
from plaudit.verify.verify import verify
from plaudit.vote.record import RECORD_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

SECOND = Path(__file__).parents[1] / "verifier" / "verify.py"
RULE = f"""
kind = "counting"
id = "hundred-a-day"
version = 1
title = "A hundred a day"
because = "the cap of 2018"
day = {{ zone = "{ZONE}" }}
""" + "".join(
    f"""
[[channel]]
id = "{name}"
name = "{name}"
gestures = {{ vote = "counts", post = "counts", repost = "counts", quote = "counts" }}
cap = {{ votes = {CAP}, per = "day" }}
"""
    for name in ("web", "post")
)
SEASON = f"""
title = "Synthetic ballots"
about = "Made up to be verified."
award = "benchmark"
award_artists = "works"
edition = "2018"
origin = "plaudit.example/benchmark"

[nomination]
rule = "named-list@1"
nominees_file = "nominees.csv"
nominees_source = "made up"

[vote]
rule = "hundred-a-day@1"

[[vote.window]]
id = "vote"
from = {instant_text(MIDNIGHTS[0])}
to = {instant_text(MIDNIGHTS[-1])}

[[source]]
id = "synthetic"
kind = "ballots"
title = "Synthetic ballots"
files = "data/*.parquet"
columns = {{ channel = "channel", nominee = "nominee", voter = "voter", cast_at = "cast_at" }}
coverage = {{ from = {FIRST}, to = {FIRST.replace(day=FIRST.day + DAYS)}, sampling = "made up", synthetic = true }}
"""


def certified(folder: Path, ballots: int) -> None:
    """Make a season of so many ballots and walk the line from there, unless that was done."""
    if (folder / "published" / "certificate.note").is_file():
        return
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "rules").mkdir(parents=True)
    (folder / "rules" / "hundred-a-day@1.toml").write_text(RULE, "utf-8")
    (folder / "season.toml").write_text(SEASON, "utf-8")
    rows = "".join(f"{name},{name},{name}\n" for name in NOMINEES)
    (folder / "nominees.csv").write_text(f"nominee,name,artist\n{rows}", "utf-8")
    season = read_season(folder)
    tables = Evidence(season.evidence)
    make(folder / "made", ballots)
    for day, parts in groupby(_by_utc_day(Evidence(folder / "made")), itemgetter(0)):
        tables.write_stream("ballots", str(day), (part for _, part in parts))
    shutil.rmtree(folder / "made")
    tables.write_rows("set_aside", [])
    for step in (pipeline.nominate, pipeline.vote, pipeline.audit, pipeline.tally, pipeline.check):
        started = time.perf_counter()
        step(season, tables)
        print(f"  {step.__name__}: {time.perf_counter() - started:.2f} s", file=sys.stderr)
    certificate = pipeline.certify(season, tables)
    honours = pipeline.honour(season, tables, certificate.statement)
    pipeline.publish(season, tables, certificate.statement, honours)


def _by_utc_day(made: Evidence) -> Iterator[tuple[date, pa.RecordBatch]]:
    """Give the ballots, which lie by the rule's days, with the days of UTC that their files are named by."""
    for path in made.files("ballots"):
        for batch in pq.ParquetFile(path).iter_batches():
            days = batch["cast_at"].to_numpy() // 86_400_000_000
            cuts = [0, *(np.flatnonzero(np.diff(days)) + 1), len(days)]
            for first, last in pairwise(cuts):
                yield date(1970, 1, 1) + timedelta(days=int(days[first])), batch.slice(first, last - first)


def run_one(folder: Path) -> None:
    """Verify in this process and print what each part took."""
    parts: dict[str, float] = {}
    last = ["start"]
    began = at = time.perf_counter()

    def said(part: str, _rows: int) -> None:
        nonlocal at
        now = time.perf_counter()
        parts[last[0]] = parts.get(last[0], 0) + now - at
        last[0], at = part, now

    found = verify(folder, on_progress=said)
    said("end", 0)
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    taken = {
        "seconds": time.perf_counter() - began,
        "cpu_seconds": sum(one.ru_utime + one.ru_stime for one in used),
        "peak_gb": max(one.ru_maxrss for one in used) / 1e6,
    }
    print(json.dumps({**taken, "parts": parts, "checked": found.checked}))


def main() -> None:
    """Certify seasons of several sizes, verify each in turns, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ballots", type=int, nargs="+", default=[1_000_000, 10_000_000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="where the seasons are made and kept; a temporary one if left out")
    parser.add_argument("--second", action="store_true", help="time the second verifier, verifier/verify.py, beside it")
    parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        run_one(asked.one)
        return
    with tempfile.TemporaryDirectory(prefix="plaudit-verify-") as scratch:
        rows = [
            measured((asked.folder or Path(scratch)) / f"season-{ballots}", ballots, asked.rounds, second=asked.second)
            for ballots in asked.ballots
        ]
    if asked.json:
        print(json.dumps(rows))


def measured(folder: Path, ballots: int, rounds: int, *, second: bool) -> dict[str, float]:
    """Verify one season several times and print its line."""
    print(f"certifying {ballots:,} synthetic ballots", file=sys.stderr)
    certified(folder, ballots)
    runs = []
    hashed = []
    for _ in range(rounds):
        hashed.append(hashing(ballots))
        command = [sys.executable, __file__, "--one", str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(f"verify failed:\n{done.stderr}")
        runs.append(json.loads(done.stdout.splitlines()[-1]))
    seconds, cpu_seconds = (median(run[name] for run in runs) for name in ("seconds", "cpu_seconds"))
    peak_gb = max(run["peak_gb"] for run in runs)
    parts = {part: median(run["parts"][part] for run in runs) for part in runs[0]["parts"]}
    each = ", ".join(f"{part} {taken:.1f}" for part, taken in parts.items() if taken >= 0.1)
    print(
        f"{ballots:>12,} ballots verified in {seconds:.2f} s ({each}; {cpu_seconds:.1f} s of processor),"
        f" peak {peak_gb:.2f} GB a process"
    )
    alone = median(hashed)
    ratios = ", ".join(f"{part} {taken / alone:.2f}" for part, taken in parts.items() if taken >= 0.1)
    print(
        f"{'':>12} hashing the leaves alone: {alone:.2f} s; verifying takes {seconds / alone:.2f} times that ({ratios})"
    )
    row = {"ballots": ballots, "seconds": seconds, "hashing": alone, "cpu_seconds": cpu_seconds, "peak_gb": peak_gb}
    if second:
        started = time.perf_counter()
        done = subprocess.run([sys.executable, str(SECOND), str(folder)], capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(f"the second verifier refused:\n{done.stdout}{done.stderr}")
        row["second_seconds"] = time.perf_counter() - started
        times = row["second_seconds"] / seconds
        print(
            f"{'':>12} by the second verifier, one process, in {row['second_seconds']:.2f} s: {times:.1f} times as long"
        )
    return row


def hashing(ballots: int) -> float:
    """Give the seconds that two processes take to hash so many leaves of 54 bytes."""
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        list(pool.map(_hash_some, [1, 1]))  # both have started
        started = time.perf_counter()
        list(pool.map(_hash_some, [65_536] * (ballots // 65_536) + [ballots % 65_536], chunksize=8))
        return time.perf_counter() - started


def _hash_some(leaves: int) -> int:
    data = urandom(RECORD_BYTES * leaves)
    records = (data[at : at + RECORD_BYTES] for at in range(0, len(data), RECORD_BYTES))
    return len(leaf_hashes(records))


if __name__ == "__main__":
    main()
