"""A season of a few posts with one weekly chart of views, walked from its sources to its entries."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from plaudit import pipeline
from plaudit.base.progress import quiet
from plaudit.rulebook.season import read_season
from plaudit.store.evidence import Evidence

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

Row = dict[str, Any]

SEASON = """
title = "A case"
about = "For tests."
award = "cases"
edition = "2026"
origin = "tests.example/cases"

[[chart]]
rule = "views-only@1"
from = 2026-01-02
to = 2026-01-15

[[source]]
id = "counts"
kind = "counters"
title = "Counts"
platform = "youtube"
files = "data/*.jsonl"
metrics = { views = "views", likes = "likes" }
MORE
coverage = { from = 2026-01-01, to = 2026-01-22, sampling = "made up", synthetic = true }

[source.columns]
post = "post"
account = "account"
published_at = "published_at"
observed_at = "day"
title = "title"
media = "media"
is_repost = "is_repost"
artists = "artists"
"""

ARTISTS = """
[[artist]]
id = "ann"
names = { en = "Ann" }
kind = "person"
accounts = [{ platform = "youtube", account = "ann" }, { platform = "youtube", account = "ann-official" }]

[[artist]]
id = "bob"
names = { en = "Bob" }
kind = "person"
accounts = [{ platform = "youtube", account = "bob" }]

[[label]]
platform = "youtube"
account = "label"
patterns = [{ artist = "ann", title = "Ann" }, { artist = "bob", title = "Bob" }]
"""

RULE = """
kind = "chart"
id = "views-only"
version = 1
title = "A chart of views"
because = "One number."
positions = 10
part = [{ measure = "views_gain", weight_ppm = 1000000 }]
ties = { then = "share" }
week = { starts_on = "friday", zone = "UTC" }
coverage = { full_days = 7, least_days = 1 }
"""

WEEKS = ("2026-01-02", "2026-01-09")


class Charting:
    """The season's folder, and what was made of it."""

    def __init__(self, folder: Path, more: str = "", artists: str = "", rule: str = "") -> None:
        (folder / "data").mkdir(parents=True, exist_ok=True)
        (folder / "rules").mkdir(exist_ok=True)
        (folder / "season.toml").write_text(SEASON.replace("MORE", more), "utf-8")
        (folder / "artists.toml").write_text(ARTISTS + artists, "utf-8")
        (folder / "rules" / "views-only@1.toml").write_text(RULE + rule, "utf-8")
        self.folder = folder
        self.tables = Evidence(folder / "evidence")

    def walk(self, *files: Iterable[Row]) -> Charting:
        """Write a file for each, in this order of names, and walk to the chart."""
        for old in (self.folder / "data").iterdir():
            old.unlink()
        for number, rows in enumerate(files):
            text = "".join(f"{json.dumps(row)}\n" for row in rows)
            (self.folder / "data" / f"{number}.jsonl").write_text(text, "utf-8")
        season = read_season(self.folder)
        pipeline.collect(season, self.tables)
        pipeline.walk(season, self.tables, (pipeline.measure, pipeline.chart), quiet)
        return self

    def rows(self, name: str, *without: str) -> list[Row]:
        """Give a table's rows in their order, some columns left out."""
        found = self.tables.to_arrow(self.tables.read(name).order_by(*self.tables.read(name).columns)).to_pylist()
        return [{key: value for key, value in row.items() if key not in without} for row in found]

    def entries(self, week: str) -> dict[str, int]:
        """Give the points of a week's chart by artist."""
        return {row["artist"]: row["points"] for row in self.rows("entries") if row["week"] == week}

    def gains(self, metric: str = "views") -> dict[tuple[str, str], int]:
        """Give what each artist's posts gained, by week and artist."""
        wanted = f"{metric}_gain"
        return {(row["week"], row["artist"]): row["value"] for row in self.rows("measures") if row["measure"] == wanted}

    @property
    def reasons(self) -> dict[str, list[str]]:
        """The different details of what was set aside, by reason."""
        found: dict[str, set[str]] = {}
        for row in self.rows("set_aside"):
            found.setdefault(row["reason"], set()).add(row["detail"])
        return {reason: sorted(details) for reason, details in found.items()}


def counts(post: str, account: str, each_day: int, days: Sequence[int] = range(1, 17), **more: Any) -> list[Row]:
    """Give a post's rows, one a day of January 2026 at noon; views grow evenly."""
    return [
        {
            "post": post,
            "account": account,
            "published_at": "2025-12-01T00:00:00Z",
            "day": f"2026-01-{day:02d}",
            "views": 1000 + each_day * day,
            "likes": 10 * day,
            "title": "Song",
            **dict.fromkeys(("media", "is_repost", "artists"), ""),
            **more,
        }
        for day in days
    ]
