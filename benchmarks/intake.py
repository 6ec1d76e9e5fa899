"""Take ballots over loopback: ours, the server a team would write, and one that stores nothing.

    python benchmarks/intake.py --seconds 8

Ours is `plaudit serve`, complete: session, allowance, ballot durable before the
answer, receipt, log. The baseline is FastAPI and PostgreSQL with an insert per
vote. Every cell starts its server fresh in an empty folder; servers take turns,
so a slow minute of the machine falls on all of them; the load comes from a
process of its own on the same machine. `accepted/s` is what 256 connections get
out of a server, `CPU µs` the processor time of all its processes per accepted
ballot; p50 and p99 are of an open load, in milliseconds from the instant a
ballot was due. The table comes twice: with the disk as it is, and with 3 ms
added to every fsync.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from array import array
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

import psutil
from intake_ours import ours
from intake_servers import PATH, Target, bare, baseline, lacking

Server = Callable[[Path, Sequence[int], Mapping[str, str]], AbstractContextManager[Target]]
SERVERS: dict[str, Server] = {"ours": ours, "baseline": baseline, "bare": bare}


def cell(server: str, voters: Sequence[int], rate: int, asked: argparse.Namespace, shim: Path | None) -> dict[str, Any]:
    """Start a server, load it, hold what it kept against what it acknowledged, stop it."""
    with tempfile.TemporaryDirectory(prefix="plaudit-intake-") as scratch:
        folder = Path(scratch)
        folder.chmod(0o755)  # PostgreSQL runs as another user
        environ = {"LD_PRELOAD": str(shim)} if shim else {}
        with SERVERS[server](folder, voters, environ) as target:
            used = cpu_seconds()
            came = load(target, folder, rate, asked)
            came["cpu_us"] = 1e6 * (cpu_seconds() - used) / max(1, came["accepted"])
            acknowledged = array("q", (folder / "acknowledged").read_bytes())
            came["kept"] = target.audit(acknowledged, came["sent"])
    return came


def cpu_seconds() -> float:
    """Give the processor time that the servers have taken so far, all their processes together."""
    times = [child.cpu_times() for child in psutil.Process().children(recursive=True)]
    return float(sum(time.user + time.system for time in times))


def load(target: Target, folder: Path, rate: int, asked: argparse.Namespace) -> dict[str, Any]:
    """Run the load in a process of its own; a rate of 0 asks for the most."""
    (folder / "sessions").write_text("\n".join(target.sessions), "ascii")
    command = [sys.executable, Path(__file__).with_name("intake_load.py"), "--port", target.port, "--path", PATH]
    command += ["--sessions", folder / "sessions", "--nominees", *target.nominees, "--seconds", asked.seconds]
    command += ["--connections", asked.connections, "--acknowledged", folder / "acknowledged"]
    command += ["--rate", rate] if rate else []
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"the load failed:\n{done.stderr}")
    came: dict[str, Any] = json.loads(done.stdout)
    return came


def slow_fsync(folder: Path) -> Path | str:
    """Compile the shim that makes fsync slow, or say why there is none."""
    compiler = shutil.which("cc")
    if compiler is None:
        return "no C compiler; on Debian run: apt-get install gcc libc6-dev"
    shim = folder / "slow_fsync.so"
    source = Path(__file__).with_name("slow_fsync.c")
    done = subprocess.run([compiler, "-shared", "-fPIC", "-O2", "-o", shim, source], capture_output=True, check=False)
    return shim if done.returncode == 0 else f"slow_fsync.c does not compile: {done.stderr.decode()[:300]}"


def fsync_ms(folder: Path, shim: Path | None) -> float:
    """Give what an fsync of a written page takes, the median of fifty."""
    script = (
        "import os, time, statistics\n"
        "file, taken = os.open('probe', os.O_WRONLY | os.O_CREAT), []\n"
        "for _ in range(50):\n"
        "    os.write(file, bytes(4096)); started = time.perf_counter(); os.fsync(file)\n"
        "    taken.append(time.perf_counter() - started)\n"
        "print(1000 * statistics.median(taken))"
    )
    environ = {**os.environ, **({"LD_PRELOAD": str(shim)} if shim else {})}
    done = subprocess.run([sys.executable, "-c", script], cwd=folder, env=environ, capture_output=True, check=True)
    return float(done.stdout)


def measured(servers: Sequence[str], asked: argparse.Namespace, shim: Path | None) -> dict[str, dict[str, Any]]:
    """Give each server's figures: medians over the rounds, and what went wrong."""
    voters = sorted(Random(20260101).sample(range(1, 1 << 63), asked.voters))
    runs: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for _ in range(asked.rounds):
        for rate in (0, *asked.rates):
            for server in servers:
                came = cell(server, voters, rate, asked, shim)
                runs.setdefault((server, rate), []).append(came)
                what = f"at {rate:,}/s p99 {came['p99']:.1f} ms" if rate else f"{came['per_second']:,.0f} accepted/s"
                print(f"  {server}: {what}; {came['kept']}", file=sys.stderr)
    return {server: figures({rate: runs[server, rate] for rate in (0, *asked.rates)}) for server in servers}


def figures(runs: Mapping[int, Sequence[Mapping[str, Any]]]) -> dict[str, Any]:
    """Give one server's line of the table from its runs by rate."""
    found: dict[str, Any] = {name: median(run[name] for run in runs[0]) for name in ("per_second", "cpu_us")}
    found["said"] = []
    for rate, taken in runs.items():
        if rate:
            found[f"p50_{rate}"] = median(run["p50"] for run in taken)
            found[f"p99_{rate}"] = median(run["p99"] for run in taken)
        for run in taken:
            what = f"at {rate:,}/s" if rate else "at its most"
            found["said"].append(f"{what}: {run['kept']}")
            if run["refused"] or run["errors"] or run["twice"]:
                counts = ", ".join(
                    f"{run[name]:,} {name}" for name in ("sent", "accepted", "refused", "errors", "twice")
                )
                found["said"].append(f"{what}: {counts} {run['refusals'][:1] or ''}".rstrip())
    return found


def print_disk(lines: Mapping[str, Mapping[str, Any]], rates: Sequence[int], milliseconds: float) -> None:
    """Print the table of one disk, then what each server kept."""
    print(f"\nfsync takes {milliseconds:.2f} ms")
    over = "".join(f"{f'p50 at {rate:,}/s':>16}{f'p99 at {rate:,}/s':>16}" for rate in rates)
    print(f"{'server':<10}{'accepted/s':>12}{'ours ÷ it':>12}{'CPU µs':>10}{over}")
    for server, line in lines.items():
        ratio = f"{lines['ours']['per_second'] / line['per_second']:.2f}" if "ours" in lines else "–"
        each = "".join(f"{line[f'p50_{rate}']:>16,.1f}{line[f'p99_{rate}']:>16,.1f}" for rate in rates)
        print(f"{server:<10}{line['per_second']:>12,.0f}{ratio:>12}{line['cpu_us']:>10,.0f}{each}")
    for server, line in lines.items():
        for said in line["said"]:
            print(f"  {server} {said}")


def main() -> None:
    """Run every cell, print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=8, help="how long each cell is under load")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--rates", type=int, nargs="+", default=[2_000, 10_000], help="open loads, ballots a second")
    parser.add_argument("--connections", type=int, default=256)
    parser.add_argument("--voters", type=int, default=100_000)
    parser.add_argument("--servers", nargs="+", choices=SERVERS, default=list(SERVERS))
    parser.add_argument("--disks", nargs="+", choices=["plain", "slow"], default=["plain", "slow"])
    parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by a signal"))  # so that the servers end too
    reasons = {server: lacking(server) for server in asked.servers}
    for server, reason in reasons.items():
        if reason:
            print(f"{server} is left out: {reason}")
    servers = [server for server, reason in reasons.items() if not reason]
    print(
        f"{asked.connections} connections, {asked.seconds:g} s a cell, {asked.voters:,} voters, {os.cpu_count()} cores"
    )
    tables = {}
    with tempfile.TemporaryDirectory(prefix="plaudit-intake-") as scratch:
        Path(scratch).chmod(0o755)
        for disk in asked.disks:
            shim = slow_fsync(Path(scratch)) if disk == "slow" else None
            if isinstance(shim, str):
                print(f"the slow disk is left out: {shim}")
                continue
            tables[disk] = measured(servers, asked, shim)
            print_disk(tables[disk], asked.rates, fsync_ms(Path(scratch), shim))
    if asked.json:
        print(json.dumps(tables))


if __name__ == "__main__":
    main()
