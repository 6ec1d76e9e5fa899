"""The section on growth of an artist's page: what it is made from, and that a gap stays a gap."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from plaudit.rulebook.season_file import Event, GrowthUse
from plaudit.site.pages.grown import grown, path_with_gaps
from plaudit.store.evidence import Evidence

if TYPE_CHECKING:
    from pathlib import Path

DAY: dict[str, Any] = {
    "artist": "bts",
    "platform": "youtube",
    "account": "UC1",
    "metric": "subscribers",
    "span": "day",
    "days_known": 1,
    "days": 1,
    "read_at": 1,
    "grain": 100_000,
    "change": 100_000,
    "least": 1,
    "most": 199_999,
    "gain": 100_000,
    "fell": False,
    "recovered": False,
    "rises_only": True,
}


def site_data(folder: Path, growth: GrowthUse | None) -> Any:
    tables = Evidence(folder)
    days = [DAY | {"starts_on": f"2021-05-0{day}", "value": 50_000_000 + day * 100_000} for day in (3, 4, 7)]
    tables.write_rows("growth", [*days, days[-1] | {"span": "week", "starts_on": "2021-05-03", "days_known": 3}])
    burst = {
        key: DAY[key] for key in ("artist", "platform", "account", "metric", "gain", "least", "grain", "rises_only")
    }
    named = {"posts": '["x/p1","x/p2"]', "events": "a-release", "median": 0, "peak_gain": 100_000}
    tables.write_rows("bursts", [burst | named | dict.fromkeys(("first_on", "last_on", "peak_on"), "2021-05-04")])
    tables.write_rows("milestones", [])
    events = (Event("a-release", date(2021, 5, 4), ("bts",), {"en": "A release", "ko": "발매"}, "the label"),)
    return SimpleNamespace(season=SimpleNamespace(growth=growth, events=events), tables=tables)


def test_growth_tells_how_many_days_were_seen_and_on_what_it_rests(tmp_path: Path) -> None:
    found = grown(site_data(tmp_path, GrowthUse("growth-daily@1", date(2021, 5, 3), date(2021, 5, 9))))

    (counter,) = found["bts"]["counters"]
    assert (counter["days_seen"], counter["days"], counter["grain"], counter["rises_only"]) == (3, 7, 100_000, True)
    assert counter["path"].count("M") == 2
    assert [week["starts_on"] for week in counter["weeks"]] == ["2021-05-03"]


def test_a_burst_has_its_posts_counted_and_its_events_called_by_name(tmp_path: Path) -> None:
    found = grown(site_data(tmp_path, GrowthUse("growth-daily@1", date(2021, 5, 3), date(2021, 5, 9))))

    (burst,) = found["bts"]["bursts"]
    assert (burst["posts"], burst["events"]) == (2, [{"en": "A release", "ko": "발매"}])


def test_a_season_that_follows_no_growth_has_no_section(tmp_path: Path) -> None:
    assert grown(site_data(tmp_path, None)) == {}


@given(days=st.sets(st.integers(0, 40), min_size=1))
def test_the_line_is_broken_at_every_gap_and_nowhere_else(days: set[int]) -> None:
    known = [(day, 10 * day) for day in sorted(days)]
    runs = sum(day - 1 not in days for day in days)

    path = path_with_gaps(known, 41)

    assert (path.count("M"), path.count("L")) == (runs, len(days) - runs)
