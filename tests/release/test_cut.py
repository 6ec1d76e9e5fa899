"""A week measured from its cut gains what it gains among all readings of the season."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import msgspec
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plaudit.base.weeks import weeks_between
from plaudit.measure.carried import marked
from plaudit.measure.credits import credited
from plaudit.measure.measured import measured
from plaudit.release.cut import Cut, cut
from plaudit.release.terms import Terms
from plaudit.rulebook.artists import Artists
from plaudit.rulebook.chart_rule import ChartRule, Gain
from plaudit.rulebook.season_file import ChartUse
from plaudit.rulebook.sources import Source, SourceCoverage
from plaudit.store.evidence import Evidence
from plaudit.store.tables import table
from tests.chart.charts import rule_of
from tests.profiles import examples

if TYPE_CHECKING:
    from pathlib import Path

    from plaudit.base.weeks import Week

Row = dict[str, Any]
FIRST, LAST = date(2026, 1, 2), date(2026, 1, 29)
WEEKS = weeks_between(FIRST, LAST, "friday", "UTC")
HOUR = 3_600_000_000
START = WEEKS[0].starts_at - 30 * HOUR
SOURCE = Source(
    id="counts",
    kind="counters",
    title="Counts",
    platform="youtube",
    files="data/*.csv",
    metrics={"views": "views", "comments": "comments"},
    columns={},
    coverage=SourceCoverage(date(2025, 12, 1), date(2026, 3, 1), "made up", synthetic=True),
)


@dataclass
class InMemory:
    """A release of which only the cut is there."""

    week: Week
    of: Cut
    stated: dict[str, Any]

    @property
    def starts_at(self) -> int:
        return self.week.starts_at

    @property
    def ends_at(self) -> int:
        return self.week.ends_at

    def table(self, name: str) -> pa.Table:
        return self.of.tables[name]


def terms_of(gain: Gain) -> Terms:
    rule = msgspec.structs.replace(rule_of(("views_gain", 1_000_000)), gain=gain)
    assert isinstance(rule, ChartRule)
    use = ChartUse(rule.name, FIRST, LAST)
    return Terms(use, rule, None, (SOURCE,), Artists(()), {}, {}, False, "")


@st.composite
def counters(draw: st.DrawFn) -> list[tuple[int, int, int]]:
    """Give a counter's life: when its post was published, and its readings by hour."""
    hours = draw(st.lists(st.integers(0, 720), unique=True, min_size=1, max_size=14))
    values = draw(st.lists(st.integers(0, 12), min_size=len(hours), max_size=len(hours)))
    published = draw(st.integers(-200, min(hours)))
    return [(published, hour, value * 100) for hour, value in zip(sorted(hours), values, strict=True)]


def collected(lives: list[list[tuple[int, int, int]]]) -> dict[str, pa.Table]:
    posts, credits_, readings = [], [], []
    for number, life in enumerate(lives):
        name = {"platform": "youtube", "post": f"p{number:03}", "artist": f"a{number % 3}"}
        more = {"media": "video", "is_repost": False}
        of = {**name, "account": f"c{number % 3}"}
        at = {"published_at": START + life[0][0] * HOUR, "title": "", "source": "counts", "row": 1}
        posts.append({**of, **more, **at})
        credits_.append({**name, **more, "from_at": -(2**60), "until_at": 2**60, "artists": 1})
        metric = ("views", "comments")[number % 2]
        for _, hour, value in life:
            seen = {"metric": metric, "observed_at": START + hour * HOUR, "value": value, "falls": False}
            readings.append({**of, **seen, "source": "counts", "row": 1})
    rows = {"posts": posts, "credits": credits_, "readings": marked(readings)}
    return {name: pa.Table.from_pylist(some, schema=table(name).schema) for name, some in rows.items()}


def gains(engine: Evidence, tables: dict[str, pa.Table], weeks: list[Week], terms: Terms) -> list[Row]:
    read = {name: engine.staged(rows) for name, rows in tables.items()}
    posts = credited(read["posts"], read["credits"])
    made = measured(read["readings"], posts, weeks, terms.rule, terms.sources, to_rows=engine.to_rows)
    found = engine.to_rows(made.gains)
    return sorted(({**row} for row in found), key=lambda row: (row["week"], row["post"], row["metric"]))


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    folder: Path = tmp_path_factory.mktemp("cut")
    return Evidence(folder)


GAINS = st.sampled_from([Gain(), Gain(falls="last"), Gain(may_fall=()), Gain(attribution="published")])


@given(st.lists(counters(), min_size=2, max_size=30), GAINS)
@settings(max_examples=examples(12), deadline=None)
def test_a_week_gains_from_its_cut_what_it_gains_in_the_season(engine: Evidence, lives: Any, gain: Gain) -> None:
    everything, terms = collected([[(-100, 0, 100), (-100, 1, 100)], [(-100, 0, 100)], *lives]), terms_of(gain)
    by_cut, by_season, earlier = [], [], list[InMemory]()
    for week in WEEKS:
        as_of = week.ends_at + 24 * HOUR
        of = cut(everything, week, as_of, terms, earlier)  # type: ignore[arg-type]
        by_cut += gains(engine, of.tables, [week], terms)
        past = everything["readings"].filter(pa.compute.less_equal(everything["readings"]["observed_at"], as_of))
        of_season = gains(engine, {**everything, "readings": past}, WEEKS, terms)
        by_season += [row for row in of_season if row["week"] == week.id]
        earlier.insert(0, InMemory(week, of, {"before": {}} if earlier else {}))

    assert by_cut == by_season
