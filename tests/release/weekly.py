"""A season of a few posts whose weeks are released one by one, beside the same season run at once."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from plaudit import pipeline
from plaudit.base.progress import quiet
from plaudit.base.weeks import to_instant
from plaudit.release.correct import correct
from plaudit.release.release import release
from plaudit.rulebook.season import read_season
from plaudit.store.evidence import Evidence
from tests.collect.charting import ARTISTS, RULE, SEASON

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from plaudit.release.shelf import Released
    from plaudit.rulebook.season import Season

Row = dict[str, Any]
AFTER = to_instant(datetime(2026, 2, 10, tzinfo=UTC))
LATER = to_instant(datetime(2026, 2, 11, tzinfo=UTC))
RELEASING = "\n[release]\ngrace_hours = 24\n"
CHART = "views-only@1"
HISTORY = ("last_week", "peak", "weeks_on_chart", "weeks_at_no_1", "streak", "streak_at_no_1", "status")


def write_season(
    folder: Path, *, more: str = "", rule: str = "", last_on: str = "2026-01-22", history: str = ""
) -> None:
    """Write a season that releases its weeks; `last_on` is the last day of its chart."""
    (folder / "data").mkdir(parents=True, exist_ok=True)
    (folder / "rules").mkdir(exist_ok=True)
    text = SEASON.replace("2026-01-22", "2026-03-31").replace("2026-01-15", last_on).replace("MORE", more)
    text = text.replace("[[source]]", f"{history}\n[[source]]", 1) if history else text
    (folder / "season.toml").write_text(text + RELEASING, "utf-8")
    (folder / "artists.toml").write_text(ARTISTS, "utf-8")
    (folder / "rules" / f"{CHART}.toml").write_text(RULE + rule, "utf-8")


def write_rows(folder: Path, name: str, rows: Iterable[Row]) -> None:
    """Write one file of the source."""
    text = "".join(f"{json.dumps(row)}\n" for row in rows)
    (folder / "data" / f"{name}.jsonl").write_text(text, "utf-8")


def row(post: str, account: str, day: str, views: int, published: str = "2025-12-01") -> Row:
    """Give one row of the source: what a post had on a day."""
    return {
        "post": post,
        "account": account,
        "published_at": f"{published}T00:00:00Z",
        "day": day,
        "views": views,
        "likes": 1,
        "title": "Song",
        **dict.fromkeys(("media", "is_repost", "artists"), ""),
    }


def released(folder: Path, now: int, **more: Any) -> list[Released]:
    """Release what is due."""
    return release(read_season(folder), CHART, now, **more)


def entries(one: Released) -> list[Row]:
    """Give a release's entries."""
    found: list[Row] = one.table("entries").to_pylist()
    return found


def at_once(folder: Path, scratch: Path) -> dict[str, list[Row]]:
    """Give the entries of every week by its first day, as a run of the whole season has them."""
    season = whole(read_season(folder))
    tables = Evidence(scratch)
    pipeline.collect(season, tables)
    pipeline.walk(season, tables, (pipeline.measure, pipeline.chart), quiet)
    found: dict[str, list[Row]] = {row["week"]: [] for row in tables.to_rows(tables.read("weeks"))}
    for entry in tables.to_rows(tables.read("entries").order_by("week", "position", "artist")):
        found[entry["week"]].append(entry)
    return found


def whole(season: Season) -> Season:
    """Give a season that computes all its weeks at once."""
    return replace(season, release=None)


def make_released(folder: Path, *, last_on: str = "2026-01-22") -> Path:
    """Make a season of two artists and release its three weeks."""
    write_season(folder, last_on=last_on)
    days = [f"2026-01-{day:02}" for day in range(1, 24)]
    write_rows(folder, "a", [row("p1", "ann", day, 1000 + 100 * number) for number, day in enumerate(days)])
    write_rows(folder, "b", [row("p2", "bob", day, 5000 + 90 * number) for number, day in enumerate(days)])
    released(folder, AFTER)
    return folder


def make_certified(folder: Path) -> Path:
    """Make a season of two released weeks, both corrected, and certify it."""
    folder.mkdir(parents=True, exist_ok=True)
    make_corrected(folder, last_on="2026-01-15")
    season = read_season(folder)
    pipeline.run(season, Evidence(season.evidence))
    return folder


def make_corrected(folder: Path, *, last_on: str = "2026-01-22") -> Path:
    """Make that season, let a reading of the first week come late, and correct the week."""
    make_released(folder, last_on=last_on)
    come_late(folder)
    correct(read_season(folder), CHART, "2026-01-02", "the crawler was asleep", LATER)
    return folder


def come_late(folder: Path) -> None:
    """Let a reading of the first week come late that puts Bob ahead of Ann."""
    write_rows(folder, "late", [row("p2", "bob", "2026-01-08T23:00:00Z", 7000)])
