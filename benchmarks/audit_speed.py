"""Time a whole audit: every shipped purge rule, the tally, the self-checks and the sensitivity of one season.

    python benchmarks/audit_speed.py --ballots 20000000

The ballots are those of `plaudit simulate` under the rules of 2018, with every attack in it and
the facts of voters beside it, collected once. Then a process of its own walks the steps audit,
tally and check, and each part of them is timed: wall and processor seconds. Two plain queries
over the same files say how fast the machine is: one that only scans, one that counts by voter.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import wraps
from pathlib import Path
from typing import Any
from unittest.mock import patch

import duckdb

from audit import PURGES
from plaudit import pipeline, steps
from plaudit.audit.checks import findings
from plaudit.rulebook.purge_rule import PurgeRule
from plaudit.rulebook.season import Season, read_season
from plaudit.simulate.simulate import ATTACKS, simulate_ballots
from plaudit.store.evidence import Evidence

NOMINEES = {"bts": 900_000, "swift": 400_000, "mars": 100_000, "eminem": 90_000, "sheeran": 30_000}
STEPS = (pipeline.audit, pipeline.tally, pipeline.check)
LIMIT_SECONDS = 120
SEASON = """
title = "Synthetic ballots"
about = "Made up to be audited."
award = "benchmark"
award_artists = "works"
edition = "2018"
origin = "plaudit.example/benchmark"
nomination = {{ rule = "named-list@1", nominees_file = "nominees.csv", nominees_source = "made up" }}
audit = {{ purges = {purges} }}

[vote]
rule = "bbma-2018@1"
window = [{{ id = "vote", from = 2018-05-14T09:00:00-07:00, to = 2018-05-20T17:30:00-07:00 }}]

[[source]]
id = "synthetic"
kind = "ballots"
title = "Synthetic ballots"
files = "data/*.parquet"
columns = {{ {ballot_columns} }}
coverage = {{ from = 2018-05-14, to = 2018-05-21, sampling = "made up", synthetic = true }}

[[source]]
id = "voters"
kind = "voters"
title = "What a source could say of synthetic voters"
files = "data/about/voters.parquet"
columns = {{ voter = "voter", state = "state", linked = "linked", network = "network" }}
coverage = {{ from = 2018-05-14, to = 2018-05-21, sampling = "made up", synthetic = true }}

[simulate]
seed = 20180520
source = "synthetic"
ballots = {ballots}
voters = {voters}
attacks = {{ {attacks} }}
"""
BALLOT_COLUMNS = ("channel", "nominee", "voter", "cast_at", "votes", "gesture", "tags", "account_created_at", "post")


def make(folder: Path, ballots: int) -> None:
    """Simulate and collect a season, unless that was done."""
    if (folder / "evidence" / "nominees.parquet").is_file():
        return
    folder.mkdir(parents=True, exist_ok=True)
    words = {
        "purges": json.dumps(PURGES),
        "ballot_columns": ", ".join(f'{name} = "{name}"' for name in BALLOT_COLUMNS),
        "ballots": ballots,
        "voters": max(100, ballots * 4 // 25),
        "attacks": ", ".join(f"{name}_ppm = {10_000 if name == 'farm' else 4_000}" for name in ATTACKS),
    }
    (folder / "season.toml").write_text(SEASON.format(**words), "utf-8")
    rows = "".join(f"{name},{name},{name}\n" for name in NOMINEES)
    (folder / "nominees.csv").write_text(f"nominee,name,artist\n{rows}", "utf-8")
    season = read_season(folder)
    assert season.simulate is not None
    print(f"making {ballots:,} synthetic ballots", file=sys.stderr)
    simulate_ballots(season.simulate, list(NOMINEES.items()), season.counting_rule(), season.windows(), folder / "data")
    print("collecting them", file=sys.stderr)
    tables = Evidence(season.evidence)
    pipeline.collect(season, tables)
    pipeline.nominate(season, tables)


class Parts:
    """What each part of a run took: wall and processor seconds, without the parts within it."""

    def __init__(self) -> None:
        self.taken: dict[str, list[float]] = {}
        self._within: list[list[float]] = []

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Add what happens within to a part."""
        self._within.append([0.0, 0.0])
        before = _now()
        yield
        whole = [now - then for now, then in zip(_now(), before, strict=True)]
        inner = self._within.pop()
        row = self.taken.setdefault(name, [0.0, 0.0])
        for place in (0, 1):
            row[place] += whole[place] - inner[place]
            if self._within:
                self._within[-1][place] += whole[place]

    def timing(self, function: Callable[..., Any], named: Callable[..., str]) -> Callable[..., Any]:
        """Give a function that adds each of its calls to a part."""

        @wraps(function)
        def called(*args: Any, **names: Any) -> Any:
            with self.timed(named(*args, **names)):
                return function(*args, **names)

        return called


def _now() -> tuple[float, float]:
    used = os.times()
    return time.perf_counter(), used.user + used.system


def audited(folder: Path) -> dict[str, Any]:
    """Walk the steps and give what their parts took, in order, and the most memory held."""
    season = read_season(folder)
    tables = Evidence(season.evidence)
    parts = Parts()
    with ExitStack() as patched:
        for owner, function, named in _watched():
            put = parts.timing(getattr(owner, function), named)
            patched.enter_context(patch.object(owner, function, put))
        checks = {name: _timed_check(parts, name, check) for name, check in findings.CHECKS.items()}
        patched.enter_context(patch.dict(findings.CHECKS, checks))
        for step in STEPS:
            with parts.timed(f"{step.__name__}, the rest"):
                step(season, tables)
    peak_gb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    rows = {name: tables.read(name).count().to_pyarrow().as_py() for name in ("ballots", "rulings", "suspects")}
    return {"parts": parts.taken, "peak_gb": peak_gb, "rows": rows, "yardsticks": yardsticks(season)}


def _watched() -> list[tuple[Any, str, Callable[..., str]]]:
    def rule(rule: PurgeRule, *_args: Any, **_names: Any) -> str:
        return f"rule {rule.name}"

    def written(_tables: Evidence, name: str, _rows: Any) -> str:
        return f"write {name}"

    return [
        (sys.modules["plaudit.audit.audit"], "match", rule),
        (sys.modules["plaudit.audit.audit"], "rulings_of", lambda *_args: "rulings"),
        (Evidence, "write", written),
        (steps, "tally_ballots", lambda *_args, **_names: "tally"),
        (steps, "sensitivity", lambda *_args, **_names: "sensitivity"),
    ]


def _timed_check(parts: Parts, name: str, check: Callable[..., Any]) -> Callable[..., Any]:
    return parts.timing(lambda counted: list(check(counted)), lambda _: f"check {name}")


def yardsticks(season: Season) -> dict[str, list[float]]:
    """Give what two plain queries over the ballots take."""
    files = f"read_parquet('{season.evidence}/ballots/*/*.parquet', hive_partitioning = false)"
    columns = "sum(voter), sum(cast_at), sum(ballot), sum(votes), sum(length(nominee)), sum(length(channel))"
    queries = {
        "a plain scan": f"SELECT {columns} FROM {files}",
        "a plain count by voter": f"SELECT count(*) FROM (SELECT voter, count(*) FROM {files} GROUP BY voter)",
    }
    parts = Parts()
    for name, query in queries.items():
        with parts.timed(name), duckdb.connect() as connection:
            connection.sql(query).fetchall()
    return parts.taken


def report(found: dict[str, Any]) -> None:
    """Print a line for each part, and the sums."""
    rows, parts, plain = found["rows"], found["parts"], found["yardsticks"]
    whole = [sum(taken[place] for taken in parts.values()) for place in (0, 1)]
    scanned = plain["a plain scan"][1]
    print(
        f"{rows['ballots']:,} synthetic ballots, {len(PURGES)} purge rules, {rows['suspects']:,} suspects, "
        f"{rows['rulings']:,} rulings; on {os.cpu_count()} processors"
    )
    print(f"{'part':<28}{'seconds':>10}{'processor':>12}{'÷ a scan':>10}")
    for name, (seconds, processor) in [*parts.items(), ("the whole audit", whole), *plain.items()]:
        if processor >= 0.005 * whole[1]:
            print(f"{name:<28}{seconds:>10.2f}{processor:>12.2f}{processor / scanned:>10.1f}")
    verdict = "within" if whole[0] <= LIMIT_SECONDS else "not within"
    print(f"{verdict} {LIMIT_SECONDS} seconds; at most {found['peak_gb']:.2f} GB of memory held")


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the season, audit it in a process of its own, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ballots", type=int, default=20_000_000)
    parser.add_argument("--folder", type=Path, help="where the season is made and kept; a temporary one if left out")
    parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")
    parser.add_argument("--make", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    if asked.make:
        make(asked.folder, asked.ballots)
        return
    if asked.one:
        print(json.dumps(audited(asked.folder)))
        return
    with tempfile.TemporaryDirectory(prefix="plaudit-audit-speed-") as scratch:
        folder = (asked.folder or Path(scratch)) / f"season-{asked.ballots}"
        child = [sys.executable, __file__, "--ballots", str(asked.ballots), "--folder", str(folder)]
        subprocess.run([*child, "--make"], check=True)
        load = os.getloadavg()[0]
        done = subprocess.run([*child, "--one"], check=True, stdout=subprocess.PIPE, text=True)
        found = json.loads(done.stdout.splitlines()[-1])
    report(found)
    print(f"the machine's load before it: {load:.1f}")
    if asked.json:
        print(json.dumps({"ballots": asked.ballots, "load": load, **found}))


if __name__ == "__main__":
    main()
