"""What whole verbs cost: collect, the log, audit, tally, check, certify and verify, over a synthetic season.

    python benchmarks/verbs.py --thousands 200 1000
    python benchmarks/verbs.py --thousands 1000 --engines duckdb 'local[2]'

scale.py times the bare count; a verb also reads sources, makes the log, looks for the patterns of six purge
rules, counts twice more, and weighs how safe the result is. The season is examples/top-social-artist-2018 with as
many ballots as asked, one voter to five. A verb is a process of its own; processor seconds and peak memory are sums
over it and what it starts. `audit`, `tally` and `check` run on each engine; every other verb runs on this machine. The
last line of a size says what the log is: bytes and files a ballot.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from scale import ENGINES, looked_at

EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "top-social-artist-2018"
THOUSAND = 1_000
BEFORE = ("collect", "measure", "chart", "nominate", "vote log")
COUNTING = ("audit", "tally", "check")
AFTER = ("certify", "verify")


def season(folder: Path, ballots: int) -> None:
    """Make the example's season with so many synthetic ballots."""
    made = shutil.ignore_patterns("evidence", "published", "keys", "ballots", "vote")
    shutil.copytree(EXAMPLE, folder, ignore=made)
    file = folder / "season.toml"
    text = re.sub(r"(?m)^ballots = \d+$", f"ballots = {ballots}", file.read_text("utf-8"))
    file.write_text(re.sub(r"(?m)^voters = \d+$", f"voters = {ballots // 5}", text), "utf-8")
    plaudit("simulate", folder)


def plaudit(verb: str, folder: Path, *options: str) -> tuple[float, float, float]:
    """Run a verb and give its seconds, its processor's seconds and its peak memory in GB."""
    command = [sys.executable, "-c", "from plaudit.cli.main import main; main()", *verb.split(), str(folder), *options]
    peak, processor, started = 0, 0.0, time.perf_counter()
    with tempfile.TemporaryFile("w+") as said, subprocess.Popen(command, stdout=said, stderr=said) as process:
        while process.poll() is None:
            held, used = looked_at(process.pid)
            peak, processor = max(peak, held), max(processor, used)
            time.sleep(0.1)
        if process.returncode:
            said.seek(0)
            sys.exit(f"{verb} ended with {process.returncode}:\n{said.read()}")
    return time.perf_counter() - started, processor, peak / 1e9


def told(ballots: int, verb: str, engine: str, cost: tuple[float, float, float]) -> None:
    """Print one row."""
    seconds, processor, peak = cost
    each = processor / ballots * 1e6
    print(
        f"{ballots:>10,} {verb:<8} {engine:<24}{seconds:>8.1f} s{processor:>8.1f} s{peak:>7.2f} GB"
        f"{each:>8.1f} processor s a million   load {os.getloadavg()[0]:.1f}",
        flush=True,
    )


def log_size(folder: Path, ballots: int) -> str:
    """Say what the log of a season takes, a ballot."""
    files = [path for path in (folder / "evidence" / "log").rglob("*") if path.is_file()]
    held = sum(path.stat().st_size for path in files)
    return f"log: {held / ballots:.1f} bytes and {len(files) / ballots:.5f} files a ballot"


def main() -> None:
    """Run every size and print what each verb took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--thousands", type=int, nargs="+", default=[200])
    parser.add_argument("--engines", nargs="+", default=["duckdb"], help="of scale.py's, or any that --engine takes")
    parser.add_argument("--no-after", action="store_true", help=f"leave out {' and '.join(AFTER)}")
    asked = parser.parse_args()
    for size in sorted(asked.thousands):
        with tempfile.TemporaryDirectory(prefix="plaudit-verbs-") as scratch:
            folder, ballots = Path(scratch) / "season", size * THOUSAND
            season(folder, ballots)
            for verb in BEFORE:
                told(ballots, verb, "duckdb", plaudit(verb, folder))
            for engine in asked.engines:
                for verb in COUNTING:
                    told(ballots, verb, engine, plaudit(verb, folder, "--engine", ENGINES.get(engine, engine)))
            for verb in () if asked.no_after else AFTER:
                told(ballots, verb, "duckdb", plaudit(verb, folder))
            print(log_size(folder, ballots), flush=True)


if __name__ == "__main__":
    main()
