"""A live week in fast motion: four platforms asked, the week released, a vote counted, all of it verified.

python -m scripts.demo_live        what `make demo-live` runs

The platforms are fakes of ours on this machine, and everything that they tell is made up. What asks, archives,
charts, counts, certifies and verifies is what asks the real ones.
"""

from __future__ import annotations

import asyncio
import csv
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from plaudit.base.weeks import instant_text, to_instant
from plaudit.fetch.fetch import Fetcher
from plaudit.release.release import shelf_of
from plaudit.rulebook.season import read_season
from scripts.fakes import Fakes, Fault
from scripts.made_up import DAY, HOUR, FastClock, World, ballots

__all__ = ["PORT", "fetch_span", "main", "write_ballots"]

EXAMPLE = Path("examples/live-week")
PORT = 8790
FIRST = to_instant(datetime(2026, 11, 5, tzinfo=UTC))
DAYS = 9
VOTE = to_instant(datetime(2026, 11, 14, 9, tzinfo=UTC))
OUTAGE: Fault = ("mastodon", FIRST + 4 * DAY + 6 * HOUR, FIRST + 4 * DAY + 12 * HOUR, 503)


def fetch_span(season: Path, clock: FastClock, begin: int, end: int, every: int) -> tuple[int, int]:
    """Take one cycle after another from an instant until another, and give how many answers came, and gaps stayed."""
    answers = gaps = 0
    for at in range(begin, end, every):
        clock.at = max(clock.at, at)
        fetcher = Fetcher(read_season(season), {}, clock)
        try:
            asyncio.run(fetcher.once())
        finally:
            fetcher.close()
        answers += sum(one.answers for one in fetcher.status.values())
        gaps += sum(one.gaps for one in fetcher.status.values())
    return answers, gaps


def write_ballots(season: Path, begin: int, days: int, voters: int) -> int:
    """Write made-up ballots for the first five of the chart into the season, and give how many."""
    (chart,) = (use.rule for use in read_season(season).charts)
    shelf = shelf_of(read_season(season))
    charted = shelf.latest(chart, shelf.weeks(chart)[-1]).table("entries").to_pylist()
    rows = ballots([entry["artist"] for entry in charted[:5]], begin, days, voters)
    path = season / "data" / "ballots" / "ballots.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["channel", "nominee", "voter", "cast_at"])
        out.writerows(["web", row["nominee"], row["voter"], instant_text(row["cast_at"])] for row in rows)
    return len(rows)


def main() -> None:
    """Make the week; stop at the first command that fails, with its exit code."""
    began, season = time.monotonic(), Path("build/live-week")
    shutil.rmtree(season, ignore_errors=True)
    season.parent.mkdir(exist_ok=True)
    shutil.copytree(EXAMPLE, season)
    clock = FastClock(FIRST)
    world = World(read_season(season).artists, FIRST, DAYS)
    _say(f"== a season in {season}; platforms are fakes on this machine, and everything they tell is made up")
    with Fakes(world, lambda: clock.at, [OUTAGE], PORT):
        for day in range(DAYS):
            begin = FIRST + day * DAY
            answers, gaps = fetch_span(season, clock, begin + HOUR, begin + DAY, 6 * HOUR)
            told = f", {gaps} gaps: the fake Mastodon was out for six hours" if gaps else ""
            _say(f"   {instant_text(begin)[:10]}: {answers} answers archived{told}")
    plaudit = Path(sys.executable).with_name("plaudit")
    _do(plaudit, "archive", "check", season)
    _do(plaudit, "release", season, "--now", "2026-11-14T00:00:00Z")
    _say(f"   {write_ballots(season, VOTE, 3, 320):,} made-up ballots")
    _do(plaudit, "run", season)
    _do(plaudit, "verify", season)
    _do(sys.executable, "verifier/verify.py", season)
    _say(f"== verified, by both verifiers; all of it took {time.monotonic() - began:.0f} s")
    _say(f"   the pages: {season}/published/site/index.html")


def _do(*words: object) -> None:
    shown = [str(word) for word in words]
    _say(f"== {Path(shown[0]).name} {' '.join(shown[1:])}")
    done = subprocess.run(shown, check=False)  # noqa: S603 - our own commands
    if done.returncode:
        sys.exit(done.returncode)


def _say(words: str) -> None:
    print(words, flush=True)  # noqa: T201 - what it is for


if __name__ == "__main__":
    main()
