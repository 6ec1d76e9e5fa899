"""Cost against work: recount 1 to 300 million ballots on each engine, and draw what it took.

    python benchmarks/scale.py --millions 1 10 100 --engines duckdb 'local[2]'
    python benchmarks/scale.py --draw

The ballots are those of recount.py. A run is a process of its own that opens the
engine and counts; its seconds include both. Processor seconds, which a busy machine
hardly changes, and peak memory are sums over it and the processes it started, looked
at ten times a second. Small sizes come first;
an engine that passes the limit is not asked for more. Every row is kept in
docs/explanation/scale.json with the machine's load at its start, and the plot
beside it is drawn from that file alone.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psutil
from recount import MIDNIGHTS, NOMINEES, RULE, make

from plaudit.rulebook.windows import VotingWindow
from plaudit.store.evidence import Evidence
from plaudit.tally.tally import tally

KEPT = Path(__file__).resolve().parents[1] / "docs" / "explanation" / "scale.json"
SPARK = "spark.driver.memory=4g&spark.sql.shuffle.partitions=16"
ENGINES = {
    "duckdb": "duckdb",
    "local[2]": f"local[2]?{SPARK}",
    "local-cluster[2,1,2048]": f"local-cluster[2,1,2048]?{SPARK}&spark.executor.memory=2g",
}
MILLION = 1_000_000
BILLION = 1_000


def count(folder: Path, engine: str) -> dict[str, int]:
    """Recount on one engine."""
    tables = Evidence(folder, engine=engine)
    window = VotingWindow("vote", MIDNIGHTS[0], MIDNIGHTS[-1])
    totals, rulings = (tables.rows(name, []) for name in ("source_totals", "rulings"))
    counted = tally(tables.read("ballots"), totals, rulings, NOMINEES, RULE, [window], materialize=tables.materialize)
    return {f"{row['nominee']} {row['channel']}": row["votes_counted"] for row in counted.totals}


def watched(engine: str, folder: Path, limit_seconds: float) -> dict[str, Any] | None:
    """Give seconds, peak memory and answer of one run; nothing if it passed the limit."""
    command = [sys.executable, __file__, "--one", ENGINES.get(engine, engine), "--folder", str(folder)]
    load, peak, processor, started = os.getloadavg()[0], 0, 0.0, time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        while process.poll() is None:
            held, used = looked_at(process.pid)
            peak, processor = max(peak, held), max(processor, used)
            if time.perf_counter() - started > limit_seconds:
                _stop(process.pid)
                return None
            time.sleep(0.1)
        said = process.stdout.read() if process.stdout else ""
    if process.returncode:
        sys.exit(f"{engine} failed; run: {' '.join(command)}")
    taken = {"processor_seconds": round(processor, 1), "peak_gb": round(peak / 1e9, 2), "load": round(load, 1)}
    return {**json.loads(said.splitlines()[-1]), **taken}


def _tree(pid: int) -> list[psutil.Process]:
    process = psutil.Process(pid)
    return [process, *process.children(recursive=True)]


def looked_at(pid: int) -> tuple[int, float]:
    """Give the bytes held and the processor's seconds used by a process and those it started."""
    held, used = 0, 0.0
    try:
        for process in _tree(pid):
            times = process.cpu_times()
            held += process.memory_info().rss
            used += times.user + times.system
    except psutil.NoSuchProcess:
        return held, used
    return held, used


def _stop(pid: int) -> None:
    for process in _tree(pid):
        process.kill()


def run(millions: Sequence[int], engines: Sequence[str], root: Path, limit_seconds: float) -> list[dict[str, Any]]:
    """Give a row for each size and engine; engines that answer differently stop the script."""
    rows: list[dict[str, Any]] = []
    slow: set[str] = set()
    for size in sorted(millions):
        folder = root / f"ballots-{size * MILLION}"
        print(f"making {size} million synthetic ballots", file=sys.stderr)
        make(folder, size * MILLION)
        answers = {}
        for engine in [engine for engine in engines if engine not in slow]:
            found = watched(engine, folder, limit_seconds)
            if found is None:
                slow.add(engine)
                print(f"{size:>6} million {engine:<26} more than {limit_seconds:.0f} s", flush=True)
                continue
            answers[engine] = found.pop("gave")
            rows.append({"engine": engine, "millions": size, **found})
            cost = f"{found['seconds']:>8.1f} s{found['processor_seconds']:>8.1f} s{found['peak_gb']:>7.2f} GB"
            print(f"{size:>6} million {engine:<26}{cost}", flush=True)
        if any(answer != next(iter(answers.values())) for answer in answers.values()):
            sys.exit(f"the engines do not agree: {answers}")
    return rows


def slopes(rows: Sequence[dict[str, Any]]) -> dict[str, tuple[float, float]]:
    """Give each engine's processor seconds a million ballots, and those it needs for none; by its ends."""
    found = {}
    for engine in dict.fromkeys(row["engine"] for row in rows):
        ours = sorted((row["millions"], row["processor_seconds"]) for row in rows if row["engine"] == engine)
        (least, fewest), (most, longest) = ours[0], ours[-1]
        if most > least:
            slope = (longest - fewest) / (most - least)
            found[engine] = (slope, fewest - slope * least)
    return found


def draw(rows: Sequence[dict[str, Any]], path: Path) -> None:
    """Draw time and memory over ballots, both axes by powers."""
    import altair  # noqa: PLC0415 - only drawing needs it

    base = altair.Chart(altair.Data(values=list(rows))).mark_line(point=True).properties(width=240, height=240)
    across = altair.X("millions:Q", title="ballots, millions", scale=altair.Scale(type="log"))
    color = altair.Color("engine:N", title=None, legend=altair.Legend(orient="bottom"))
    panels = [
        base.encode(x=across, y=altair.Y(f"{name}:Q", title=title, scale=altair.Scale(type="log")), color=color)
        for name, title in (
            ("seconds", "seconds to recount"),
            ("processor_seconds", "processor seconds"),
            ("peak_gb", "peak memory, GB"),
        )
    ]
    altair.hconcat(*panels).configure(font="sans-serif", background="white").save(path)


def main() -> None:
    """Run what was asked, keep the rows, draw them, print the slopes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--millions", type=int, nargs="+", default=[1, 3, 10])
    parser.add_argument("--engines", nargs="+", default=list(ENGINES), help="of these, or any that --engine takes")
    parser.add_argument("--limit", type=float, default=300, help="seconds a run may take")
    parser.add_argument("--folder", type=Path, help="where the ballots are made and kept; a temporary one if left out")
    parser.add_argument("--keep", action="store_true", help=f"put the rows into {KEPT.name} and draw it")
    parser.add_argument("--draw", action="store_true", help="draw what was kept, and run nothing")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        started = time.perf_counter()
        gave = count(asked.folder, asked.one)
        print(json.dumps({"seconds": round(time.perf_counter() - started, 2), "gave": gave}))
        return
    shown: list[dict[str, Any]] = []
    if not asked.draw:
        with tempfile.TemporaryDirectory(prefix="plaudit-scale-") as scratch:
            shown = run(asked.millions, asked.engines, asked.folder or Path(scratch), asked.limit)
    if asked.draw or asked.keep:
        kept = json.loads(KEPT.read_text("utf-8")) if KEPT.exists() else []
        made = {(row["engine"], row["millions"]): row for row in [*kept, *shown]}
        shown = [made[key] for key in sorted(made)]
    if asked.keep:
        KEPT.write_text("[\n" + ",\n".join(json.dumps(row) for row in shown) + "\n]\n", "utf-8")
    for engine, (slope, fixed) in slopes(shown).items():
        each = f"{slope:>8.3f} processor seconds a million + {fixed:.0f}"
        print(f"{engine:<26}{each}: {slope * BILLION + fixed:,.0f} a billion")
    if asked.draw or asked.keep:
        draw(shown, KEPT.with_suffix(".svg"))


if __name__ == "__main__":
    main()
