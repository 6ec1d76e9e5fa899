"""Totals that somebody else counted: those that fall, are old, stand still or miss a reading."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plaudit.audit.checks.running_totals import Fault, running_faults, running_totals
from plaudit.rulebook.counting_rule import Channel
from tests.audit.checks.made import DAY, OPENS_AT, case, counted_of, of_check, rows_of, source, written
from tests.profiles import examples

if TYPE_CHECKING:
    from pathlib import Path

    from plaudit.audit.checks.counted import Counted
    from plaudit.store.evidence import Evidence

JURY = Channel("jury", "the jury", counts="totals", because="made")
Readings = dict[str, dict[int, int]]
ROUNDS: Readings = {
    "arirang": {1: 100, 2: 200, 3: 300, 4: 400},
    "bolero": {1: 90, 2: 110, 3: 130, 4: 150},
    "calypso": {1: 0, 2: 0, 3: 5, 4: 5},
}
READINGS = st.dictionaries(
    st.sampled_from(["arirang", "bolero", "calypso", "danza"]),
    st.dictionaries(st.integers(0, 7), st.integers(0, 9) | st.integers(0, 900), min_size=1, max_size=6),
    min_size=1,
)


def counted_with(engine: Evidence, readings: Readings, *, channel: str = "jury", unit: int = DAY) -> Counted:
    rows = [
        {
            "channel": channel,
            "nominee": name,
            "observed_at": OPENS_AT + at * unit,
            "votes": votes,
            "source": "s",
            "row": 1,
        }
        for name, of in readings.items()
        for at, votes in of.items()
    ]
    return counted_of(case([], JURY, source_totals=rows, days=8), engine, sources=[source()])


def kinds(readings: Readings) -> list[tuple[str, str]]:
    return [(fault.kind, fault.nominee) for fault in running_faults(readings)]


def faults_by_hand(readings: Readings) -> set[Fault]:
    """Give the faults by trying every nominee against every other."""
    found = set()
    for name, of in readings.items():
        others = [other for nominee, other in readings.items() if nominee != name]
        instants = sorted(of)
        last = instants[-1]
        for first, end in pairwise(instants):
            if of[end] < of[first]:
                found.add(Fault("falls", name, first, of[first], end, of[end]))
            if any(sum(first <= at <= end for at in other) >= 3 for other in others):
                found.add(Fault("missing", name, first, of[first], end, of[end]))
        if any(sum(at >= last for at in other) >= 2 for other in others):
            found.add(Fault("stale", name, last, of[last], max(at for each in readings.values() for at in each), 0))
        first = next(at for at in instants if {of[later] for later in instants if later >= at} == {of[last]})
        both = [other for other in others if first in other and last in other]
        before, after = sum(other[first] for other in both), sum(other[last] for other in both)
        if before and of[last] * (after - before) // before >= 60:
            found.add(Fault("stands", name, first, of[last], last, of[last] * (after - before) // before))
    return found


def test_totals_that_grow_in_common_rounds_pass() -> None:
    assert running_totals(ROUNDS).verdict == "passes"
    assert running_totals(ROUNDS).said_found == "12 readings of 3 nominees, with no such total"


@pytest.mark.parametrize(
    ("bolero", "fault"),
    [
        ({1: 90, 2: 110, 3: 109, 4: 150}, Fault("falls", "bolero", 2, 110, 3, 109)),
        ({1: 90, 2: 110, 3: 130}, Fault("stale", "bolero", 3, 130, 4, 0)),
        ({1: 90}, Fault("stale", "bolero", 1, 90, 4, 0)),
        ({1: 90, 2: 110, 3: 110, 4: 110}, Fault("stands", "bolero", 2, 110, 4, 112)),
        ({1: 90, 2: 110, 4: 150}, Fault("missing", "bolero", 2, 110, 4, 150)),
    ],
)
def test_one_fault_is_found_and_nothing_else(bolero: dict[int, int], fault: Fault) -> None:
    assert running_faults(ROUNDS | {"bolero": bolero}) == [fault]


def test_a_nominee_that_alone_was_read_once_more_makes_the_others_stale() -> None:
    readings = {name: {1: 5, 2: 6} for name in ("bolero", "calypso")}

    assert kinds({"arirang": {1: 5, 2: 6, 3: 9}, **readings}) == [("stale", "bolero"), ("stale", "calypso")]


def test_nominees_read_one_after_the_other_in_rounds_make_no_fault() -> None:
    readings = {name: {10 * turn + place: turn for turn in range(5)} for place, name in enumerate("abcdef")}

    assert kinds(readings) == []
    assert kinds(readings | {"b": {1: 0, 11: 1, 21: 2}}) == [("stale", "b")]


def test_a_nominee_of_whom_little_was_due_may_stand_still() -> None:
    assert kinds({"big": {1: 1_000, 2: 2_000}, "small": {1: 59, 2: 59}}) == []
    assert kinds({"big": {1: 1_000, 2: 2_000}, "small": {1: 60, 2: 60}}) == [("stands", "small")]
    assert kinds({"big": {1: 1_000, 2: 1_000}, "small": {1: 60, 2: 60}}) == []


def test_a_late_nominee_that_grew_from_nothing_makes_no_fault() -> None:
    assert kinds(ROUNDS | {"danza": {3: 1, 4: 2}}) == []


def test_the_worst_falls_are_named_first_and_every_kind_is_named() -> None:
    names = [f"nominee-{number}" for number in range(5)]
    readings = {name: {1: 100, 2: 100 - number, 3: 200} for number, name in enumerate(names)} | {"old": {1: 4}}
    found = running_totals(readings).said_found.split("; ")

    assert [text.split()[0] for text in found] == ["nominee-4", "nominee-3", "nominee-2", "and", "old"]
    assert found[0].startswith("nominee-4 falls from 100 at ")
    assert found[-1].startswith("old was last read at ")


@pytest.mark.parametrize("readings", [{}, {"arirang": {1: 5}}, {"arirang": {1: 5}, "bolero": {1: 9}}])
def test_totals_that_were_read_once_are_not_checked(readings: Readings) -> None:
    assert running_totals(readings).verdict == "not checked"


@given(READINGS)
@settings(max_examples=examples(300))
def test_the_faults_are_those_found_by_hand(readings: Readings) -> None:
    found = running_faults(readings)

    assert set(found) == faults_by_hand(readings)
    assert len(found) == len(set(found))


@given(READINGS, st.randoms(use_true_random=False))
@settings(max_examples=examples(50))
def test_the_order_of_readings_does_not_matter(readings: Readings, chance: Any) -> None:
    turned = {
        name: dict(chance.sample(sorted(of.items()), len(of)))
        for name, of in chance.sample(sorted(readings.items()), len(readings))
    }

    assert running_totals(turned) == running_totals(readings)


@given(READINGS)
@settings(max_examples=examples(10))
def test_the_query_gives_the_same_faults(
    engine: Evidence, tmp_path_factory: pytest.TempPathFactory, readings: Readings
) -> None:
    counted = counted_with(engine, readings)
    row = of_check("running-totals", counted)["jury"]
    asked = rows_of(row, written(counted, engine, tmp_path_factory.mktemp("season")))
    expected = {
        (fault.kind, fault.nominee, fault.first, fault.before, fault.end, fault.after)
        for fault in running_faults(
            {name: {OPENS_AT + at * DAY: votes for at, votes in of.items()} for name, of in readings.items()}
        )
    }

    assert {tuple(found.values()) for found in asked} == expected
    assert len(asked) == len(expected)
    assert row["verdict"] in ({"alarm"} if expected else {"passes", "not checked"})


def test_the_finding_names_channel_nominee_instants_and_numbers(engine: Evidence) -> None:
    counted = counted_with(engine, ROUNDS | {"bolero": {1: 1_090, 2: 1_110, 3: 1_040}})
    [(channel, row)] = of_check("running-totals", counted).items()

    assert (channel, row["verdict"]) == ("jury", "alarm")
    assert row["found"] == (
        "bolero falls from 1,110 at 2018-05-16T00:00:00Z to 1,040 at 2018-05-17T00:00:00Z; "
        "bolero was last read at 2018-05-17T00:00:00Z, with 1,040, while others were read until 2018-05-18T00:00:00Z"
    )


def test_what_was_read_when_the_vote_had_closed_does_not_matter(engine: Evidence) -> None:
    counted = counted_with(engine, ROUNDS | {"arirang": {**ROUNDS["arirang"], 8: 0, 9: 0}})

    assert of_check("running-totals", counted)["jury"]["verdict"] == "passes"


def test_totals_in_a_channel_that_no_rule_has_are_looked_at_too(engine: Evidence) -> None:
    rows = of_check("running-totals", counted_with(engine, {"arirang": {1: 5, 2: 4}}, channel="radio"))

    assert {channel: row["verdict"] for channel, row in rows.items()} == {"jury": "not checked", "radio": "alarm"}


def test_a_vote_of_ballots_alone_has_no_running_totals(engine: Evidence, tmp_path: Path) -> None:
    counted = counted_of(case([]), engine)
    [row] = of_check("running-totals", counted).values()

    assert (row["subject"], row["verdict"], row["found"]) == (
        "totals",
        "not checked",
        "no totals that somebody else counted",
    )
    assert row["found"]
    assert rows_of(row, tmp_path) == [{"files": 0}]
