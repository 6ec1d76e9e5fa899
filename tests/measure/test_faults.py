"""Small seasons whose numbers go wrong on their way in, and the right ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from plaudit.base.errors import RuleInvalid
from plaudit.cli.main import app
from plaudit.store.evidence import Evidence

if TYPE_CHECKING:
    from pathlib import Path

SEASON = """
title = "Made"
about = "A case."
award = "made"
edition = "2026"
origin = "plaudit.example/made"

[[chart]]
rule = "made@1"
from = 2026-01-02
to = 2026-01-15
"""
SOURCE = """
[[source]]
id = "{id}"
kind = "{kind}"
title = "Counts"
platform = "youtube"
files = "data/{id}.csv"
columns = {{ {columns} }}
{more}
coverage = {{ from = 2026-01-01, to = 2026-01-22, sampling = "made up", synthetic = true{gaps} }}
"""
RULE = """
kind = "chart"
id = "made"
version = 1
title = "A chart"
because = "It is made up."
positions = 10
week = {{ starts_on = "friday", zone = "UTC" }}
ties = {{ then = "share" }}
{more}
"""
ARTISTS = """
[[artist]]
id = "{id}"
names = {{ en = "{id}" }}
kind = "person"
accounts = [{{ platform = "youtube", account = "{id}" }}]
"""
COUNTERS = 'post = "account", account = "account", published_at = "published_at", observed_at = "day"'
READINGS = 'account = "account", metric = "metric", value = "value", observed_at = "day"'
DAYS = [f"2026-01-{day:02}" for day in range(1, 17)]
GAP = ', gaps = [{ from = 2026-01-10, to = 2026-01-15, because = "the collector was down" }]'
runner = CliRunner()


def season(folder: Path, parts: dict[str, int], *sources: dict[str, Any], rule: str = "") -> Path:
    """Write a season of two artists; a source is its rows and what is said of it."""
    made = {
        "id": "counts",
        "kind": "counters",
        "columns": COUNTERS,
        "more": 'metrics = { views = "views" }',
        "gaps": "",
    }
    (folder / "rules").mkdir(parents=True)
    (folder / "data").mkdir()
    text = SEASON
    for source in sources:
        rows: list[dict[str, Any]] = source.pop("rows")
        told = made | source
        text += SOURCE.format(**told)
        lines = [",".join(rows[0]), *(",".join(str(value) for value in row.values()) for row in rows)]
        (folder / "data" / f"{told['id']}.csv").write_text("\n".join(lines) + "\n", "utf-8")
    (folder / "season.toml").write_text(text, "utf-8")
    (folder / "artists.toml").write_text("".join(ARTISTS.format(id=artist) for artist in ("ann", "bob")), "utf-8")
    weighed = "".join(f'[[part]]\nmeasure = "{name}"\nweight_ppm = {ppm}\n' for name, ppm in parts.items())
    (folder / "rules" / "made@1.toml").write_text(RULE.format(more=rule) + weighed, "utf-8")
    return folder


def counts(**by_artist: Any) -> list[dict[str, Any]]:
    """Give daily counters from functions of the day's number; None is no row."""
    return [
        {"account": artist, "published_at": "2025-12-01T00:00:00Z", "day": day, "views": value}
        for artist, of_day in by_artist.items()
        for number, day in enumerate(DAYS)
        if (value := of_day(number)) is not None
    ]


def made(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """Collect, measure and chart, and give the tables."""
    for verb in ("collect", "measure", "chart"):
        done = runner.invoke(app, [verb, str(folder), *(["--json"] if verb == "measure" else [])])
        assert done.exit_code == 0, done.output
    tables = Evidence(folder / "evidence")
    names = ("weeks", "gains", "entries")
    return {name: tables.to_rows(tables.read(name).order_by("week")) for name in names}


def test_a_reading_of_0_at_the_weeks_end_makes_nobody_no_1(tmp_path: Path) -> None:
    rows = counts(ann=lambda n: 0 if n == 7 else 500_000_000 + 1000 * n, bob=lambda n: 1000 + 5000 * n)

    tables = made(season(tmp_path / "s", {"views_gain": 1_000_000}, {"rows": rows}))

    assert [row["gain"] for row in tables["gains"] if row["artist"] == "ann"] == [6_000, 8_000]
    assert [row["artist"] for row in tables["entries"] if row["position"] == 1] == ["bob", "bob"]
    assert [row["flags"] for row in tables["entries"] if row["artist"] == "ann"] == [
        "views_gain fell:1",
        "views_gain recovered:1",
    ]


def test_an_account_taken_up_in_mid_week_is_flagged(tmp_path: Path) -> None:
    rows = counts(ann=lambda n: 1000 + 100 * n, bob=lambda n: 106_500 + 500 * (n - 13) if n >= 13 else None)

    tables = made(season(tmp_path / "s", {"views_gain": 1_000_000}, {"rows": rows}))

    assert {row["artist"]: row["flags"] for row in tables["entries"] if row["week"] == "2026-01-09"} == {
        "ann": "",
        "bob": "views_gain gap_at_start:1",
    }


@pytest.mark.parametrize("verb", ["doctor", "run"])
def test_a_metric_by_another_name_than_the_rules_is_refused(verb: str, tmp_path: Path) -> None:
    rows = [row | {"likes": row["views"]} for row in counts(ann=lambda n: 900 * n, bob=lambda n: 100 * n)]
    source = {"rows": rows, "more": 'metrics = { views = "views", like = "likes" }'}
    folder = season(tmp_path / "s", {"views_gain": 300_000, "likes_gain": 700_000}, source)

    with pytest.raises(RuleInvalid, match="no source feeds likes_gain, which weighs 700,000 ppm") as caught:
        runner.invoke(app, [verb, str(folder)], catch_exceptions=False)

    assert "is it like_gain?" in caught.value.remedy
    assert not (folder / "published" / "certificate.note").exists()


def test_a_rule_may_name_a_part_that_nothing_feeds(tmp_path: Path) -> None:
    rows = counts(ann=lambda n: 900 * n, bob=lambda n: 100 * n)
    rule = 'coverage = { unfed_part = "name" }'

    tables = made(season(tmp_path / "s", {"views_gain": 300_000, "likes_gain": 700_000}, {"rows": rows}, rule=rule))

    assert [row["unfed"] for row in tables["weeks"]] == ["likes_gain", "likes_gain"]
    assert {row["artist"]: row["points"] for row in tables["entries"]} == {"ann": 270_000, "bob": 30_000}


@pytest.mark.parametrize("has_followers", [False, True])
def test_a_gap_is_not_hidden_by_a_source_that_feeds_nothing(has_followers: bool, tmp_path: Path) -> None:
    views = counts(
        ann=lambda n: None if 8 < n < 15 else 1000 + 100 * n, bob=lambda n: None if 8 < n < 15 else 1000 + 50 * n
    )
    followers = [{"account": "ann", "metric": "followers", "value": 1000 + n, "day": day} for n, day in enumerate(DAYS)]
    others = [{"rows": followers, "id": "other", "kind": "readings", "columns": READINGS, "more": ""}]
    sources = [{"rows": views, "gaps": GAP}, *(others if has_followers else [])]

    tables = made(season(tmp_path / "s", {"views_gain": 1_000_000}, *sources))

    assert [(row["days_seen"], row["verdict"]) for row in tables["weeks"]] == [(7, "final"), (1, "provisional")]


def test_a_rounded_counter_says_so_and_a_rule_may_refuse_it(tmp_path: Path) -> None:
    rows = [
        {"account": artist, "metric": "subscribers", "value": value, "day": day}
        for n, day in enumerate(DAYS)
        for artist, value in (("ann", 12_300_000 if n < 3 else 12_400_000), ("bob", 500_000 + 3000 * n))
    ]
    more = 'grain = { subscribers = "3 figures" }'
    source = {"rows": rows, "kind": "readings", "columns": READINGS, "more": more}
    parts = {"subscribers_addition": 1_000_000}

    tables = made(season(tmp_path / "s", parts, dict(source)))
    refused = season(tmp_path / "r", parts, dict(source), rule='gain = { rounded = "refuse" }')

    first = next(row for row in tables["entries"] if (row["week"], row["artist"]) == ("2026-01-02", "ann"))
    assert first["flags"] == "subscribers_addition grain:100000"
    for verb in ("doctor", "run"):
        with pytest.raises(RuleInvalid, match="accepts no rounded counter"):
            runner.invoke(app, [verb, str(refused)], catch_exceptions=False)


def test_a_source_that_stores_changes_has_seen_the_days_between(tmp_path: Path) -> None:
    rows = [
        {"account": "ann", "metric": "subscribers", "value": value, "day": day}
        for day, value in (("2026-01-01", 40_600_000), ("2026-01-05", 40_700_000), ("2026-01-12", 40_800_000))
    ]
    source = {"rows": rows, "kind": "readings", "columns": READINGS, "more": 'stores = "changes"'}

    tables = made(season(tmp_path / "s", {"subscribers_addition": 1_000_000}, source))

    assert [(row["days_seen"], row["verdict"]) for row in tables["weeks"]] == [(7, "final"), (7, "final")]
    assert [(row["points"], row["flags"]) for row in tables["entries"]] == [(1_000_000, "")] * 2


def test_a_grain_that_is_none_is_refused_with_its_line(tmp_path: Path) -> None:
    source = {
        "rows": counts(ann=lambda n: n, bob=lambda n: n),
        "more": 'metrics = { views = "v" }\ngrain = { views = "x" }',
    }
    folder = season(tmp_path / "s", {"views_gain": 1_000_000}, source)

    with pytest.raises(RuleInvalid, match=r"season.toml, line \d+, source.0..grain.views: 'x' is not a grain"):
        runner.invoke(app, ["doctor", str(folder)], catch_exceptions=False)
