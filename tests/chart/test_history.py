from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plaudit.base.weeks import weeks_between
from plaudit.rulebook.chart_rule import History
from tests.chart.charts import ARTISTS, Weeks, histories_of, in_order, rule_of, weeks
from tests.oracles import chart_oracle
from tests.profiles import examples

if TYPE_CHECKING:
    from plaudit.store.evidence import Evidence

POSITIONS = st.dictionaries(st.sampled_from(ARTISTS[:3]), st.sampled_from([1, 1, 2, 3]), max_size=3)


@given(st.data(), st.sampled_from(["skip", "break"]))
@settings(max_examples=examples(50))
def test_history_is_the_oracles(engine: Evidence, data: st.DataObject, uncharted: Any) -> None:
    of_weeks = data.draw(weeks(12))
    charts: list[chart_oracle.Chart] = [
        (week, None if verdict == "uncharted" else list(data.draw(POSITIONS).items())) for week, verdict in of_weeks
    ]
    rule = rule_of(("posts", 1_000_000), history=History(uncharted))

    assert histories_of(engine, charts, of_weeks, rule) == in_order(chart_oracle.history(charts, uncharted))


def first_every_week(engine: Evidence, last_on: date, gap: str = "") -> dict[str, dict[str, Any]]:
    found = weeks_between(date(2017, 7, 29), last_on, "saturday", "America/New_York")
    of_weeks: Weeks = [(week.id, "uncharted" if week.id == gap else "final") for week in found]
    charts: list[chart_oracle.Chart] = [
        (week, None if verdict == "uncharted" else [("bts", 1)]) for week, verdict in of_weeks
    ]
    rows = histories_of(engine, charts, of_weeks, rule_of(("posts", 1_000_000)))
    return {row["week"]: row for row in rows}


@pytest.mark.parametrize(("week", "charts"), [("2020-10-17", 169), ("2020-12-26", 179)])
def test_the_social_50_streak_is_what_the_dates_say(engine: Evidence, week: str, charts: int) -> None:
    entry = first_every_week(engine, date(2021, 1, 1))[week]

    assert (entry["streak_at_no_1"], entry["weeks_at_no_1"], entry["weeks_on_chart"]) == (charts, charts, charts)


def test_the_social_50_reaches_180_only_with_the_chart_after_the_last(engine: Evidence) -> None:
    history = first_every_week(engine, date(2021, 1, 8))

    assert [week for week, entry in history.items() if entry["streak_at_no_1"] == 180] == ["2021-01-02"]
    assert max(entry["streak_at_no_1"] for week, entry in history.items() if week <= "2020-12-26") == 179


def test_a_week_without_a_chart_is_skipped_in_a_streak(engine: Evidence) -> None:
    history = first_every_week(engine, date(2017, 8, 25), gap="2017-08-12")

    assert [(week, entry["streak"], entry["last_week"]) for week, entry in history.items()] == [
        ("2017-07-29", 1, None),
        ("2017-08-05", 2, 1),
        ("2017-08-19", 3, 1),
    ]


def told(engine: Evidence, positions: list[int | None]) -> list[tuple[Any, ...]]:
    of_weeks: Weeks = [(f"2018-01-{day:02}", "final") for day in range(1, len(positions) + 1)]
    charts: list[chart_oracle.Chart] = [
        (week, [("a", position)] if position else []) for (week, _), position in zip(of_weeks, positions, strict=True)
    ]
    rows = histories_of(engine, charts, of_weeks, rule_of(("posts", 1_000_000)))
    keys = ("last_week", "peak", "weeks_on_chart", "weeks_at_no_1", "streak", "streak_at_no_1", "status")
    return [tuple(row[key] for key in keys) for row in rows]


def test_a_reentry_keeps_its_old_peak_and_has_no_last_week(engine: Evidence) -> None:
    assert told(engine, [2, None, 5])[-1] == (None, 2, 2, 0, 1, 0, "re-entry")


def test_a_peak_is_not_known_before_it_is_reached(engine: Evidence) -> None:
    assert [row[1] for row in told(engine, [5, 3, 4, 1, 2])] == [5, 3, 3, 1, 1]


def test_a_second_run_at_no_1_starts_from_one(engine: Evidence) -> None:
    assert [row[5] for row in told(engine, [1, 1, 2, 1, None, 1, 1, 1])] == [1, 2, 0, 1, 1, 2, 3]


def test_status_tells_the_move_since_last_week(engine: Evidence) -> None:
    assert [row[6] for row in told(engine, [3, 1, 1, 2])] == ["debut", "up", "same", "down"]
