from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plaudit.audit.checks import second_count
from plaudit.audit.checks.findings import findings
from plaudit.audit.checks.second_count import CELLS
from plaudit.rulebook.counting_rule import CountingTies
from tests.audit.checks.made import MINUTE, OPENS_AT, ballot, case, counted_of, of_check, rows_of, written
from tests.profiles import examples
from tests.tally.cases import Case, cases

if TYPE_CHECKING:
    import pytest

    from plaudit.store.evidence import Evidence

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]


def verdicts(found: dict[str, dict[str, str]]) -> set[str]:
    return {row["verdict"] for row in found.values()}


@given(cases())
@settings(max_examples=examples(15), suppress_health_check=SLOW)
def test_both_counts_agree_under_any_rule(engine: Evidence, made: Case) -> None:
    found = of_check("two-ways", counted_of(made, engine, result=[{"value": 0}]))

    assert verdicts(found) <= {"passes"}, found


@given(cases())
@settings(max_examples=examples(6), suppress_health_check=SLOW)
def test_no_check_fails_on_an_honest_count(engine: Evidence, made: Case) -> None:
    rule = msgspec.structs.replace(made.rule, ties=CountingTies((), "share"))

    failed = [row for row in findings(counted_of(replace(made, rule=rule), engine)) if row["verdict"] == "fails"]

    assert failed == []


@given(cases(), st.data())
@settings(max_examples=examples(4), suppress_health_check=SLOW)
def test_any_changed_number_fails(engine: Evidence, made: Case, data: st.DataObject) -> None:
    counted = counted_of(made, engine, result=[{"value": 0}])
    if not counted.totals:
        return
    row = data.draw(st.sampled_from(counted.totals))
    row[data.draw(st.sampled_from(CELLS))] += data.draw(st.sampled_from([-1, 1, 1000]))

    assert of_check("two-ways", counted)[row["channel"]]["verdict"] == "fails"


def test_slices_of_voters_make_the_same_count(engine: Evidence, monkeypatch: pytest.MonkeyPatch) -> None:
    ballots = [ballot(number, OPENS_AT + number * MINUTE, voter=number % 7 - 3) for number in range(200)]
    counted = counted_of(case(ballots), engine)
    whole = second_count.second_count(counted)

    monkeypatch.setattr(second_count, "_ROWS_AT_ONCE", 30)

    assert second_count.second_count(counted) == whole
    assert whole["arirang", "web", "votes_counted"] == 70


@given(made=cases())
@settings(max_examples=examples(6), suppress_health_check=SLOW)
def test_the_query_gives_the_same_columns(
    engine: Evidence, tmp_path_factory: pytest.TempPathFactory, made: Case
) -> None:
    ballots = [row for row in made.ballots if row["channel"] != "sum"]
    totals = [row for row in made.source_totals if row["channel"] == "sum" and made.rule.channel_named("sum")]
    counted = counted_of(replace(made, ballots=ballots, source_totals=totals), engine, result=[{"value": 0}])
    folder = written(replace(counted, result=[]), engine, tmp_path_factory.mktemp("season"))

    for channel, row in of_check("two-ways", counted).items():
        asked = {found.pop("nominee"): found for found in rows_of(row, folder)}
        for total in counted.totals:
            if total["channel"] == channel and (total["ballots_cast"] or total["votes_cast"]):
                expected: dict[str, Any] = {name: total[name] for name in asked[total["nominee"]]}
                assert asked[total["nominee"]] == expected


def test_a_total_that_somebody_else_counted_is_no_ballot_of_a_channel_of_ballots(engine: Evidence) -> None:
    total = {
        "nominee": "arirang",
        "channel": "web",
        "votes": 3,
        "source": "elsewhere",
        "observed_at": OPENS_AT,
        "row": 1,
    }
    made = case([ballot(number, OPENS_AT, voter=number, votes=2) for number in range(4)], source_totals=[total])

    found = of_check("picks-divide", counted_of(made, engine))

    assert verdicts(found) == {"passes"}, found
