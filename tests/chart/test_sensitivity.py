from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from plaudit.chart.sensitivity import chart_sensitivity, reweighted
from tests.chart.charts import Values, Weeks, artists, measure_rows, rule_of, rules, values, weeks
from tests.oracles import chart_oracle
from tests.profiles import examples

if TYPE_CHECKING:
    from plaudit.rulebook.chart_rule import ChartRule
    from plaudit.store.evidence import Evidence

WEEK = "2018-05-18"
FINAL = [(WEEK, "final")]
TWO = rule_of(("views_gain", 600_000), ("likes_gain", 400_000))


def weights(rule: ChartRule) -> list[int]:
    return [part.weight_ppm for part in rule.part]


def rows_of(engine: Evidence, found: Values, of_weeks: Weeks, rule: ChartRule) -> list[dict[str, Any]]:
    ids = sorted({artist for of_week in found.values() for artist in of_week})
    measures = engine.rows("measures", measure_rows(found, rule))
    rows = chart_sensitivity(measures, of_weeks, rule, artists(*ids), to_rows=engine.to_rows)
    return sorted(rows, key=lambda row: (row["week"], row["position"], row["artist"]))


def slow_rows(found: Values, of_weeks: Weeks, rule: ChartRule) -> list[dict[str, Any]]:
    rows = []
    others = reweighted(rule)
    for week, verdict in of_weeks:
        if verdict == "uncharted":
            continue
        charts = [chart_oracle.positions(found[week], other) for other in others]
        for artist, position in chart_oracle.positions(found[week], rule).items():
            if position > 10:
                continue
            held = [chart.get(artist) for chart in charts]
            charted = [place for place in held if place is not None]
            rows.append(
                {
                    "chart": rule.name,
                    "week": week,
                    "artist": artist,
                    "position": position,
                    "scenarios": len(others),
                    "stays": sum(place <= 10 for place in charted),
                    "best": min([position, *charted]),
                    "worst": None if None in held else max([position, *charted]),
                }
            )
    return sorted(rows, key=lambda row: (row["week"], row["position"], row["artist"]))


@given(st.data())
@settings(max_examples=examples(12))
def test_positions_under_other_weights_are_the_oracles(engine: Evidence, data: st.DataObject) -> None:
    of_weeks, rule = data.draw(weeks(2)), data.draw(rules())
    found = data.draw(values(of_weeks, most=9))

    assert rows_of(engine, found, of_weeks, rule) == slow_rows(found, of_weeks, rule)


def test_only_the_first_ten_are_watched_and_one_may_leave_them(engine: Evidence) -> None:
    # a00 to a11 by views; the last has likes enough to climb when likes weigh more
    found: Values = {WEEK: {f"a{n:02}": {"views_gain": 100 - n, "likes_gain": 50} for n in range(11)}}
    found[WEEK]["a11"] = {"views_gain": 75, "likes_gain": 65}

    rows = rows_of(engine, found, FINAL, TWO)

    assert rows == slow_rows(found, FINAL, TWO)
    assert [row["position"] for row in rows] == list(range(1, 11))
    assert [row["artist"] for row in rows if row["stays"] < row["scenarios"]]


def test_an_artist_whom_a_weight_takes_off_the_chart_has_no_worst_position(engine: Evidence) -> None:
    rule = rule_of(("views_gain", 510_000), ("likes_gain", 490_000), positions=1)
    found: Values = {WEEK: {"arirang": {"views_gain": 1}, "bolero": {"likes_gain": 1}}}

    [row] = rows_of(engine, found, FINAL, rule)

    assert (row["artist"], row["scenarios"], row["stays"], row["worst"]) == ("arirang", 4, 2, None)


def test_a_chart_of_one_part_has_no_other_weights(engine: Evidence) -> None:
    [row] = rows_of(engine, {WEEK: {"arirang": {"views_gain": 1}}}, FINAL, rule_of(("views_gain", 1_000_000)))

    assert (row["scenarios"], row["stays"], row["best"], row["worst"]) == (0, 0, 1, 1)


@given(rules())
def test_moved_weights_make_a_million_and_the_others_keep_their_proportions(rule: ChartRule) -> None:
    moved = reweighted(rule)

    assert len(moved) == (2 * len(rule.part) if len(rule.part) > 1 else 0)
    for at, other in enumerate(moved):
        part, before, after = at // 2, weights(rule), weights(other)
        assert sum(after) == 1_000_000
        fifth = before[part] // 5
        assert after[part] == (min(before[part] + fifth, 1_000_000) if at % 2 == 0 else before[part] - fifth)
        rest, whole = sum(before) - before[part], 1_000_000 - after[part]
        for place, weight in enumerate(after):
            if place != part:
                assert abs(weight * rest - whole * before[place]) < rest


def test_the_millionths_left_over_go_to_the_greatest_remainders() -> None:
    rule = rule_of(("views_gain", 500_000), ("likes_gain", 333_334), ("posts", 166_666))

    assert [weights(other) for other in reweighted(rule)[:2]] == [
        [600_000, 266_667, 133_333],
        [400_000, 400_001, 199_999],
    ]
