from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plaudit.base.errors import EvidenceError, TieUnresolved
from plaudit.base.numbers import TOTAL_MOST, half_even
from plaudit.chart.chart import chart, parts_of, undecided
from plaudit.chart.points import too_large
from plaudit.chart.refusals import refuse_huge, refuse_ties
from plaudit.rulebook.artists import Artist
from plaudit.rulebook.chart_rule import ChartRule, Eligibility, Ties
from tests.chart.charts import (
    ARTISTS,
    MEASURES,
    Values,
    Weeks,
    artists,
    entries_of,
    in_order,
    measure_rows,
    rule_of,
    rules,
    values,
    weeks,
)
from tests.oracles import chart_oracle
from tests.oracles.test_vectors_oracle import RULES, of_kind, read
from tests.profiles import examples

if TYPE_CHECKING:
    from plaudit.store.evidence import Evidence

WEEK = "2018-05-18"
FINAL = [(WEEK, "final")]
VIEWS = rule_of(("views_gain", 1_000_000), positions=3)


def views(**by_artist: int) -> Values:
    return {WEEK: {artist: {"views_gain": value} for artist, value in by_artist.items()}}


def placed(rows: list[dict[str, Any]]) -> list[tuple[int, str, int]]:
    return [(row["position"], row["artist"], row["points"]) for row in rows]


def enumerate_names(measured: list[dict[str, int]]) -> list[tuple[str, dict[str, int]]]:
    return [(f"a{number:02}", by_measure) for number, by_measure in enumerate(measured)]


def oracle_entries(found: Values, of_weeks: Weeks, rule: ChartRule) -> list[dict[str, Any]]:
    charts: list[chart_oracle.Chart] = []
    points: dict[tuple[str, str], int] = {}
    exact: dict[tuple[str, str], str] = {}
    for week, verdict in of_weeks:
        if verdict == "uncharted":
            charts.append((week, None))
            continue
        placed = chart_oracle.positions(found[week], rule)
        charts.append((week, list(placed.items())))
        exact |= {(week, artist): text for artist, text in chart_oracle.decimals(found[week], rule, placed).items()}
        points |= {(week, artist): value for artist, value in chart_oracle.points(found[week], rule).items()}
    verdicts = dict(of_weeks)
    entries = chart_oracle.history(charts, rule.history.uncharted_week)
    for entry in entries:
        entry["points"] = points[entry["week"], entry["artist"]]
        entry["exact"] = exact.get((entry["week"], entry["artist"]), "")
        entry |= {"chart": rule.name, "verdict": verdicts[entry["week"]], "flags": ""}
    return in_order(entries)


@pytest.mark.parametrize("path", of_kind(ChartRule))
def test_points_and_positions_are_the_vectors(engine: Evidence, path: str) -> None:
    rule = RULES[path.split("/", maxsplit=1)[0]]
    assert isinstance(rule, ChartRule)
    vector = read(path)
    found: Values = {WEEK: {}}
    for row in vector["measure"]:
        found[WEEK].setdefault(row["artist"], {})[row["measure"]] = row["value"]

    measures = engine.rows("measures", measure_rows(found, rule))
    entries = {
        row["artist"]: row
        for row in engine.to_rows(chart(measures, FINAL, rule, artists(*found[WEEK]), to_rows=engine.to_rows))
    }

    for wanted in vector["expect"]:
        entry = entries.get(wanted["artist"])
        assert (entry and entry["position"]) == wanted.get("position"), wanted
        assert entry is None or entry["points"] == wanted["points"], wanted


@given(st.data())
@settings(max_examples=examples(35))
def test_entries_are_the_oracles(engine: Evidence, data: st.DataObject) -> None:
    rule, of_weeks = data.draw(rules()), data.draw(weeks(6))
    found = data.draw(values(of_weeks))

    assert entries_of(engine, found, of_weeks, rule) == oracle_entries(found, of_weeks, rule)


@given(st.data())
@settings(max_examples=examples(20))
def test_the_first_of_many_are_the_oracles(engine: Evidence, data: st.DataObject) -> None:
    rule = data.draw(rules())
    sizes = st.tuples(st.integers(0, 3), st.sampled_from([0, 0, 1, 4, 9, 16, 30])).map(lambda pair: pair[0] << pair[1])
    measured = st.dictionaries(st.sampled_from(MEASURES), sizes, min_size=1)
    found: Values = {WEEK: dict(enumerate_names(data.draw(st.lists(measured, min_size=20, max_size=50))))}

    assert entries_of(engine, found, FINAL, rule) == oracle_entries(found, FINAL, rule)


@given(st.data())
@settings(max_examples=examples(12))
def test_later_weeks_change_no_entry(engine: Evidence, data: st.DataObject) -> None:
    rule, of_weeks = data.draw(rules()), data.draw(weeks(8))
    found = data.draw(values(of_weeks))
    seen = of_weeks[: data.draw(st.integers(1, len(of_weeks)))]

    as_of_then = entries_of(engine, {week: found[week] for week, _ in seen}, seen, rule)

    everything = entries_of(engine, found, of_weeks, rule)
    assert [entry for entry in everything if entry["week"] <= seen[-1][0]] == as_of_then


@given(st.data())
@settings(max_examples=examples(12))
def test_points_are_exact_up_to_the_largest_total(engine: Evidence, data: st.DataObject) -> None:
    rule = data.draw(rules())
    near = st.integers(0, 1_000).map(lambda step: TOTAL_MOST // len(ARTISTS) - step)
    every = st.fixed_dictionaries(dict.fromkeys(("views_gain", "likes_gain", "posts"), near))
    found = {WEEK: data.draw(st.dictionaries(st.sampled_from(ARTISTS), every, min_size=2))}

    assert entries_of(engine, found, FINAL, rule) == oracle_entries(found, FINAL, rule)


def test_one_view_among_four_quadrillion_decides_a_tie(engine: Evidence) -> None:
    rule = rule_of(("views_gain", 1_000_000), ties=Ties(("views_gain",), "share"))
    half = TOTAL_MOST // 2
    assert (half - 1) * 500_000 + 1 != int(float((half - 1) * 500_000 + 1))

    entries = entries_of(engine, views(arirang=half - 1, bolero=half), FINAL, rule)

    assert placed(entries) == [(1, "bolero", 500_000), (2, "arirang", 500_000)]


@pytest.mark.parametrize(("more", "refused"), [(0, False), (1, True)])
def test_a_total_above_the_most_is_refused(engine: Evidence, more: int, refused: bool) -> None:
    half = TOTAL_MOST // 2
    measures = engine.rows("measures", measure_rows(views(arirang=half, bolero=half + more), VIEWS))
    huge = engine.to_rows(too_large(measures, VIEWS))

    if refused:
        with pytest.raises(EvidenceError, match=f"views_gain adds up to {TOTAL_MOST + 1}"):
            refuse_huge(huge)
    else:
        refuse_huge(huge)


def test_a_share_of_exactly_half_a_point_goes_to_the_even_one(engine: Evidence) -> None:
    entries = entries_of(engine, views(arirang=1_999_995, bolero=3, calypso=2), FINAL, VIEWS)

    assert placed(entries) == [(1, "arirang", 999_998), (2, "bolero", 2), (3, "calypso", 1)]


def test_the_position_after_a_shared_one_is_left_out(engine: Evidence) -> None:
    entries = entries_of(engine, views(arirang=2, bolero=2, calypso=1, draga=1), FINAL, VIEWS)

    assert [row[:2] for row in placed(entries)] == [(1, "arirang"), (1, "bolero"), (3, "calypso"), (3, "draga")]


def test_who_has_nothing_is_not_on_the_chart(engine: Evidence) -> None:
    assert placed(entries_of(engine, views(arirang=1, bolero=0), FINAL, VIEWS)) == [(1, "arirang", 1_000_000)]


def test_a_week_in_which_nobody_has_anything_has_no_entries(engine: Evidence) -> None:
    assert entries_of(engine, views(arirang=0), FINAL, VIEWS) == []


def test_an_uncharted_week_has_no_entries(engine: Evidence) -> None:
    assert entries_of(engine, views(arirang=1), [(WEEK, "uncharted")], VIEWS) == []


def test_measures_of_another_chart_count_for_nothing(engine: Evidence) -> None:
    other = msgspec.structs.replace(VIEWS, id="other")
    rows = [*measure_rows(views(arirang=1), VIEWS), *measure_rows(views(bolero=9), other)]

    entries = engine.to_rows(
        chart(engine.rows("measures", rows), FINAL, VIEWS, artists(*ARTISTS), to_rows=engine.to_rows)
    )

    assert placed(entries) == [(1, "arirang", 1_000_000)]


@pytest.mark.parametrize(
    ("wanted", "eligible"),
    [
        (Eligibility(), ["one", "two", "three"]),
        (Eligibility(kinds=("group",)), ["one", "two"]),
        (Eligibility(countries=("KR",)), ["one", "three"]),
        (Eligibility(genres=("pop", "trot")), ["two", "three"]),
        (Eligibility(excluded=("one",)), ["two", "three"]),
        (Eligibility(kinds=("group",), genres=("trot",)), []),
    ],
)
def test_shares_are_of_the_eligible_alone(engine: Evidence, wanted: Eligibility, eligible: list[str]) -> None:
    everybody = [
        Artist("one", {"en": "1"}, "group", country="KR"),
        Artist("two", {"en": "2"}, "group", country="US", genres=("pop", "rock")),
        Artist("three", {"en": "3"}, "person", country="KR", genres=("trot",)),
    ]
    rule = msgspec.structs.replace(VIEWS, eligibility=wanted)
    measures = engine.rows("measures", measure_rows(views(one=6, two=6, three=6), rule))

    entries = engine.to_rows(chart(measures, FINAL, rule, everybody, to_rows=engine.to_rows))

    assert {row["artist"]: row["points"] for row in entries} == {
        artist: half_even(1_000_000, len(eligible)) for artist in eligible
    }


def test_a_tie_on_the_chart_is_an_error_where_the_rule_says_so(engine: Evidence) -> None:
    measures = engine.rows("measures", measure_rows(views(calypso=5, bolero=2, arirang=2), VIEWS))
    entries = chart(measures, FINAL, VIEWS, artists(*ARTISTS), to_rows=engine.to_rows)

    with pytest.raises(TieUnresolved, match="made@1, week 2018-05-18: arirang, bolero are tied at 2"):
        refuse_ties(engine.to_rows(undecided(entries)))


def test_a_tie_below_the_last_position_is_no_error(engine: Evidence) -> None:
    measures = engine.rows("measures", measure_rows(views(calypso=5, bolero=4, arirang=3, draga=1, estampie=1), VIEWS))
    entries = chart(measures, FINAL, VIEWS, artists(*ARTISTS), to_rows=engine.to_rows)

    refuse_ties(engine.to_rows(undecided(entries)))


def test_parts_add_up_to_an_entrys_points(engine: Evidence) -> None:
    rule = rule_of(("views_gain", 333_333), ("posts", 666_667))
    found: Values = {WEEK: {"arirang": {"views_gain": 1, "posts": 5}, "bolero": {"views_gain": 2, "likes_gain": 9}}}
    measures = engine.rows("measures", measure_rows(found, rule))

    rows = engine.to_rows(parts_of(measures, FINAL, rule, artists(*ARTISTS)).order_by("artist", "measure"))

    assert [(row["artist"], row["measure"], row["value"], row["total"], row["points"]) for row in rows] == [
        ("arirang", "posts", 5, 5, 666_667),
        ("arirang", "views_gain", 1, 3, 111_111),
        ("bolero", "views_gain", 2, 3, 222_222),
    ]


def test_an_entry_carries_the_flags_of_its_parts(engine: Evidence) -> None:
    rule = rule_of(("views_gain", 500_000), ("likes_gain", 500_000))
    found: Values = {WEEK: {"arirang": {"views_gain": 1, "likes_gain": 1, "posts": 1}}}
    flags = {"views_gain": {"gap_at_end": 2, "account_gap": True}, "likes_gain": {"fell": 1}, "posts": {"fell": 7}}
    rows = [row | flags[row["measure"]] for row in measure_rows(found, rule)]

    [entry] = engine.to_rows(
        chart(engine.rows("measures", rows), FINAL, rule, artists(*ARTISTS), to_rows=engine.to_rows)
    )

    assert entry["flags"] == "likes_gain fell:1; views_gain gap_at_end:2; account_gap"


def test_points_that_only_rounding_makes_equal_do_not_share_a_position(engine: Evidence) -> None:
    rule = rule_of(("views_gain", 500_000), ("likes_gain", 500_000), ties=Ties(("likes_gain",), "raise"))
    values = {"arirang": (1_000_001, 1_000_000), "bolero": (1_000_000, 1_000_002), "calypso": (1_000_000, 1_000_000)}
    found = {artist: {"views_gain": views, "likes_gain": likes} for artist, (views, likes) in values.items()}

    rows = entries_of(engine, {WEEK: found}, FINAL, rule)

    assert [(row["position"], row["artist"], row["points"], row["exact"]) for row in rows] == [
        (1, "bolero", 333_333, "333333.4"),
        (2, "arirang", 333_333, "333333.3"),
        (3, "calypso", 333_333, "333333.1"),
    ]


def test_shares_that_are_less_than_a_point_each_make_one_together(engine: Evidence) -> None:
    rule = rule_of(("views_gain", 400_000), ("likes_gain", 300_000), ("posts", 300_000))
    many = dict.fromkeys(MEASURES, 1_000_000)

    rows = entries_of(engine, {WEEK: {"arirang": many, "bolero": dict.fromkeys(MEASURES, 1)}}, FINAL, rule)

    assert placed(rows) == [(1, "arirang", 999_999), (2, "bolero", 1)]


@given(st.data())
@settings(max_examples=examples(30))
def test_entries_a_hair_apart_are_the_oracles(engine: Evidence, data: st.DataObject) -> None:
    rule, most = data.draw(rules()), data.draw(st.sampled_from([TOTAL_MOST // 8, 10**6, 10**3]))
    near = st.integers(0, 2).map(lambda step: most - step)
    every = st.fixed_dictionaries(dict.fromkeys(MEASURES, near))
    found = {WEEK: data.draw(st.fixed_dictionaries(dict.fromkeys(ARTISTS, every)))}

    assert entries_of(engine, found, FINAL, rule) == oracle_entries(found, FINAL, rule)
