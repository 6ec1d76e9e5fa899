from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings

from plaudit.rulebook.counting_rule import Cap
from plaudit.tally.days import Days, days
from plaudit.tally.tally import COLUMNS
from tests.profiles import examples
from tests.tally.cases import Case, ballot, cases, cells_of, counted
from tests.tally.test_heavy_voters import RULE, WINDOW

if TYPE_CHECKING:
    from typing import Any

    from plaudit.store.evidence import Evidence

DAY = 86_400_000_000


def days_of(case: Case, engine: Evidence) -> Days:
    rulings = [
        {"ballot": number, "rule": f"r{number % 2}", "case": 1, "outcome": "set aside"}
        for number in sorted(case.set_aside)
    ]
    tables = engine.rows("ballots", case.ballots), engine.rows("rulings", rulings)
    return days(*tables, case.nominees, case.rule, case.windows, materialize=engine.materialize)


@given(cases())
@settings(max_examples=examples(15), suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_the_days_add_up_to_the_count_with_the_purge_and_without(engine: Evidence, case: Case) -> None:
    case = Case(case.rule, case.windows, case.ballots, case.set_aside, nominees=case.nominees)
    found = days_of(case, engine)

    for way, set_aside in (("before", set[int]()), ("after", case.set_aside)):
        whole = cells_of(
            counted(Case(case.rule, case.windows, case.ballots, set_aside, nominees=case.nominees), engine)
        )
        for column in COLUMNS:
            sums: Counter[tuple[str, str]] = Counter()
            for row in found.days:
                if row["way"] == way:
                    sums[row["nominee"], row["channel"]] += row[f"votes_{column}"]
            assert +sums == {pair: cell[f"votes_{column}"] for pair, cell in whole.items() if cell[f"votes_{column}"]}
    purged: Counter[tuple[Any, ...]] = Counter()
    for one in found.purged:
        purged[one["nominee"], one["channel"], one["number"]] += one["votes"]
    for row in found.days:
        assert row["votes_cast"] == sum(row[f"votes_{column}"] for column in COLUMNS)
        if row["way"] == "after":
            assert row["votes_set_aside"] == purged[row["nominee"], row["channel"], row["number"]]


def test_a_cap_for_each_nominee_in_the_whole_vote_does_not_start_anew_each_day(engine: Evidence) -> None:
    ballots = [
        ballot(number, WINDOW.opens_at + number * DAY // 2, channel="post", votes=3, nominee=nominee)
        for number, nominee in enumerate(["arirang", "bolero", "arirang", "bolero"])
    ]
    rows = sorted(days_of(Case(RULE, [WINDOW], ballots), engine).days, key=lambda row: (row["nominee"], row["number"]))

    assert RULE.channel[1].cap == Cap(4, "vote", "nominee")
    after = [row for row in rows if row["way"] == "after"]
    assert [(row["nominee"], row["votes_counted"], row["votes_over_cap"]) for row in after] == [
        ("arirang", 3, 0),
        ("arirang", 1, 2),
        ("bolero", 3, 0),
        ("bolero", 1, 2),
    ]
