"""Run methods in turns, each in a process of its own, so that a slow minute of the machine falls on all of them."""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

__all__ = ["in_turns", "options", "print_table", "run_one", "summary"]

Runs = dict[str, list[dict[str, Any]]]


def options(about: str | None, methods: Sequence[str]) -> argparse.ArgumentParser:
    """Give the options that every benchmark of several methods has."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="where the rows are made and kept; a temporary one if left out")
    parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")
    parser.add_argument("--one", choices=methods, help=argparse.SUPPRESS)
    return parser


def run_one(method: Callable[[Path], Any], folder: Path) -> None:
    """Run a method in this process and print what it took and gave."""
    started = time.perf_counter()
    gave = method(folder)
    seconds = time.perf_counter() - started
    peak_gb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(json.dumps({"seconds": seconds, "peak_gb": peak_gb, "gave": gave}))


def in_turns(script: str, methods: Sequence[str], folder: Path, rounds: int, once: Sequence[str] = ()) -> Runs:
    """Give each method's runs; those in `once` are run in the first round only."""
    taken: Runs = {method: [] for method in methods}
    for turn in range(rounds):
        for method in methods:
            if method in once and turn:
                continue
            command = [sys.executable, script, "--one", method, "--folder", str(folder)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                sys.exit(f"{method} failed:\n{done.stderr}")
            taken[method].append(json.loads(done.stdout.splitlines()[-1]))
            print(f"  {method}: {taken[method][-1]['seconds']:.2f} s", file=sys.stderr)
    return taken


def summary(taken: Runs) -> tuple[dict[str, float], dict[str, float]]:
    """Give each method's median seconds and its greatest peak in GB."""
    seconds = {method: median(run["seconds"] for run in runs) for method, runs in taken.items()}
    return seconds, {method: max(run["peak_gb"] for run in runs) for method, runs in taken.items()}


def print_table(taken: Runs) -> None:
    """Print seconds, every run, our time over theirs, and peak memory."""
    seconds, peaks = summary(taken)
    print(f"{'method':<10}{'seconds':>10}{'runs':>26}{'ours ÷ it':>12}{'peak GB':>10}")
    for method, runs in taken.items():
        each = " ".join(f"{run['seconds']:.2f}" for run in runs)
        ratio = f"{seconds['ours'] / seconds[method]:.2f}" if "ours" in seconds else "–"
        print(f"{method:<10}{seconds[method]:>10.2f}{each:>26}{ratio:>12}{peaks[method]:>10.2f}")
