"""What releasing one week costs after 10, 50, 100 and 200 weeks, beside a run and build of the whole season.

    python benchmarks/release.py [--artists 1000] [--weeks 10 50 100 200] [--folder DIR]

Processor time of the command, user and system, its start included. Each artist has an
account whose followers are read once a day, and a post a week whose views are read once a
day for two weeks; one file holds one week. The last line compares the release after 100
weeks with `plaudit run` on the same season: the aim is a fifth.
"""

from __future__ import annotations

import argparse
import re
import resource
import subprocess
import sys
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from plaudit.base.weeks import to_instant
from plaudit.release.release import release
from plaudit.rulebook.season import read_season

FIRST = date(2022, 1, 7)
CHART = "bench@1"
AIM = 100
SEASON = """
title = "Released weeks"
about = "Made up, for a benchmark."
award = "bench"
edition = "1"
origin = "bench.example/release"

[[chart]]
rule = "bench@1"
from = {first}
to = {last}

[release]
grace_hours = 0

[[source]]
id = "posts"
kind = "counters"
title = "Posts"
platform = "youtube"
files = "data/posts-*.csv"
metrics = {{ views = "views" }}
columns = {{ post = "post", account = "account", published_at = "published", observed_at = "at" }}
coverage = {{ from = {first}, to = {last}, sampling = "all", synthetic = true }}

[[source]]
id = "accounts"
kind = "readings"
title = "Accounts"
platform = "youtube"
files = "data/accounts-*.csv"
columns = {{ account = "account", metric = "metric", value = "value", observed_at = "at" }}
coverage = {{ from = {first}, to = {last}, sampling = "all", synthetic = true }}
"""
RULE = """
kind = "chart"
id = "bench"
version = 1
title = "A chart of two measures"
because = "A benchmark."
positions = 100
part = [{ measure = "views_gain", weight_ppm = 600000, because = "Views." }, { measure = "followers_addition", \
weight_ppm = 400000, because = "Followers." }]
ties = { then = "share" }
week = { starts_on = "friday", zone = "UTC" }
"""


def main(arguments: list[str] | None = None) -> int:
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--artists", type=int, default=1_000)
    asked.add_argument("--weeks", type=int, nargs="+", default=[10, 50, 100, 200])
    asked.add_argument("--folder", type=Path)
    given = asked.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.folder or Path(scratch) / "season"
        write(folder, given.artists, max(given.weeks) + 1)
        costs = {after: cost_after(folder, after) for after in sorted(given.weeks)}
        aim = AIM if AIM in costs else max(costs)
        whole = cost_of_run(folder, aim)
    print(f"\n{given.artists:,} artists")
    for after, cost in costs.items():
        print(f"  one week after {after:>3}: {cost:6.1f} s")
    print(f"  a whole run of {aim + 1} weeks: {whole:6.1f} s; one week is {costs[aim] / whole:.3f} of it")
    return 0


def write(folder: Path, artists: int, weeks: int) -> None:
    for name in ("data", "rules"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    last = FIRST + timedelta(days=7 * weeks - 1)
    (folder / "season.toml").write_text(SEASON.format(first=FIRST, last=last), "utf-8")
    (folder / "rules" / "bench@1.toml").write_text(RULE, "utf-8")
    (folder / "artists.toml").write_text(
        "".join(
            f'[[artist]]\nid = "a{n}"\nnames = {{ en = "Artist {n}" }}\nkind = "person"\n'
            f'accounts = [{{ platform = "youtube", account = "c{n}" }}]\n\n'
            for n in range(artists)
        ),
        "utf-8",
    )
    for week in range(weeks):
        first = FIRST + timedelta(days=7 * week)
        posts, accounts = ["post,account,published,at,views"], ["account,metric,value,at"]
        for day in range(7):
            at = f"{first + timedelta(days=day)}T12:00:00Z"
            for n in range(artists):
                accounts.append(f"c{n},followers,{10_000 + (7 * week + day) * (n % 97 + 1)},{at}")
                for age in (0, 1) if week else (0,):
                    published = first - timedelta(days=7 * age)
                    views = (7 * age + day + 1) * (100 + (n * 31 + week * 17) % 1_009)
                    posts.append(f"p{n}-{week - age},c{n},{published}T06:00:00Z,{at},{views}")
        (folder / "data" / f"posts-{week:03}.csv").write_text("\n".join([*posts, ""]), "utf-8")
        (folder / "data" / f"accounts-{week:03}.csv").write_text("\n".join([*accounts, ""]), "utf-8")


def cost_after(folder: Path, weeks: int) -> float:
    """Release what lacks of so many weeks, then one more in a process of its own; give what that one takes."""
    release(read_season(folder), CHART, end_of(weeks))
    return cost(folder, "release", "--now", datetime.fromtimestamp(end_of(weeks + 1) / 1e6, UTC).isoformat())


def cost_of_run(folder: Path, weeks: int) -> float:
    """Run the whole season of that many weeks and one more, all at once."""
    text = (folder / "season.toml").read_text("utf-8")
    last = FIRST + timedelta(days=7 * (weeks + 1) - 1)
    text = re.sub(r"(?m)^to = \S+$", f"to = {last}", text.replace("[release]\ngrace_hours = 0\n", ""))
    (folder / "season.toml").write_text(text, "utf-8")
    for path in (folder / "data").glob("*.csv"):
        if int(path.stem.rpartition("-")[2]) > weeks:
            path.unlink()
    return cost(folder, "run")


def cost(folder: Path, verb: str, *words: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [str(Path(sys.executable).with_name("plaudit")), verb, str(folder), *words]
    subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def end_of(weeks: int) -> int:
    """Give the instant at which so many weeks have ended."""
    return to_instant(datetime.combine(FIRST + timedelta(days=7 * weeks), datetime.min.time(), UTC))


if __name__ == "__main__":
    sys.exit(main())
