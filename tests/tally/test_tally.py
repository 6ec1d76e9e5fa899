from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING, Any

import msgspec
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plaudit.base.errors import TieUnresolved
from plaudit.rulebook.counting_rule import Cap, Channel, CountingRule, Day, Gestures, Multiplier, SameInstant
from plaudit.rulebook.windows import VotingWindow
from plaudit.store.evidence import Evidence
from plaudit.store.tables import table
from plaudit.tally.tally import COLUMNS, Tally, tally
from tests.profiles import examples
from tests.tally.cases import HOUR, Case, ballot, cases, counted, voids_of

if TYPE_CHECKING:
    from pathlib import Path

DAY = 24 * HOUR
OPENS_AT = 1_520_650_800_000_000
WEB = Channel("web", "the site", gestures=Gestures(vote="counts"), cap=Cap(3, "day"))
RULE = CountingRule("r", 1, "t", "b", Day("UTC"), (WEB,))
WINDOW = VotingWindow("vote", OPENS_AT, OPENS_AT + 3 * DAY)
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]


def with_web(**changes: Any) -> CountingRule:
    return msgspec.structs.replace(RULE, channel=(msgspec.structs.replace(WEB, **changes),))


@given(cases())
@settings(max_examples=examples(10), suppress_health_check=SLOW)
def test_every_ballot_and_vote_is_in_one_column(engine: Evidence, case: Case) -> None:
    totals = counted(case, engine).totals

    for row in totals:
        for what in ("ballots", "votes"):
            assert row[f"{what}_cast"] == sum(row[f"{what}_{column}"] for column in COLUMNS)
        assert min(row[f"{what}_{column}"] for what in ("ballots", "votes") for column in COLUMNS) >= 0
    assert sum(row["ballots_cast"] for row in totals) == len(case.ballots)


@given(cases(), st.randoms(use_true_random=False))
@settings(max_examples=examples(8), suppress_health_check=SLOW)
def test_the_order_of_rows_does_not_matter(engine: Evidence, case: Case, chance: Any) -> None:
    shuffled = list(case.ballots)
    chance.shuffle(shuffled)
    other = Case(case.rule, case.windows, shuffled, case.set_aside, case.source_totals[::-1])

    assert counted(other, engine) == counted(case, engine)


@given(cases(thens=("raise", "none")), st.randoms(use_true_random=False))
@settings(max_examples=examples(12), suppress_health_check=SLOW)
def test_the_order_of_ballots_of_one_instant_does_not_matter(engine: Evidence, case: Case, chance: Any) -> None:
    """As when files are named otherwise, or their rows are shuffled: other numbers within each instant."""
    others = sorted(case.ballots, key=lambda one: (one["cast_at"], chance.random()))
    renumbered = [{**one, "ballot": number} for number, one in enumerate(others)]
    numbers = {one["ballot"]: number for number, one in enumerate(others)}
    other = Case(case.rule, case.windows, renumbered, {numbers[one] for one in case.set_aside}, case.source_totals)

    assert outcome(other, engine) == outcome(case, engine)


def outcome(case: Case, engine: Evidence) -> Tally | str:
    try:
        return counted(case, engine)
    except TieUnresolved as tie:
        return tie.what


@given(cases(), st.integers(1, 5))
@settings(max_examples=examples(8), suppress_health_check=SLOW)
def test_how_ballots_lie_in_files_does_not_matter(
    engine: Evidence, tmp_path_factory: pytest.TempPathFactory, case: Case, files: int
) -> None:
    folder: Path = tmp_path_factory.mktemp("split")
    evidence = Evidence(folder)
    schema = table("ballots").schema
    for number in range(files):
        rows = pa.Table.from_pylist(case.ballots[number::files], schema=schema)
        evidence.write_stream("ballots", f"2018-05-{number + 1:02}", rows.to_batches())

    split = tally(
        evidence.read("ballots"),
        evidence.rows("source_totals", case.source_totals),
        evidence.rows(
            "rulings", [{"ballot": number, "rule": "r", "case": 1, "outcome": "set aside"} for number in case.set_aside]
        ),
        case.nominees,
        case.rule,
        case.windows,
        materialize=evidence.materialize,
    )

    assert split == counted(case, engine)


def at_one_instant(then: str) -> Case:
    ballots = [
        ballot(2, OPENS_AT, nominee="bolero", votes=3),
        ballot(1, OPENS_AT, nominee="arirang", votes=2),
        ballot(3, OPENS_AT + 1, nominee="arirang"),
    ]
    rule = msgspec.structs.replace(RULE, same_instant=SameInstant(then))  # type: ignore[arg-type]
    return Case(rule, [WINDOW], ballots)


def test_of_two_ballots_of_one_instant_the_lower_number_counts_where_their_record_is_an_order(engine: Evidence) -> None:
    totals = {row["nominee"]: row["votes_counted"] for row in counted(at_one_instant("recorded"), engine).totals}

    assert totals == {"arirang": 2, "bolero": 1}


def test_where_none_of_them_counts_they_use_up_the_allowance_all_the_same(engine: Evidence) -> None:
    found = counted(at_one_instant("none"), engine).totals

    assert [
        (row["nominee"], row["votes_counted"], row["votes_over_cap"], row["ballots_over_cap"]) for row in found
    ] == [
        ("arirang", 0, 3, 2),
        ("bolero", 0, 3, 1),
    ]


def test_two_ballots_of_one_instant_are_raised_with_voter_instant_and_nominees(engine: Evidence) -> None:
    with pytest.raises(TieUnresolved, match=r"^1 voter cast .* voter 1, channel web, at .*, for arirang, bolero"):
        counted(at_one_instant("raise"), engine)


def test_ballots_of_one_instant_that_are_alike_need_no_order(engine: Evidence) -> None:
    ballots = [ballot(number, OPENS_AT, votes=2) for number in range(3)]

    [row] = counted(Case(RULE, [WINDOW], ballots, nominees=["arirang"]), engine).totals

    assert (row["votes_counted"], row["votes_over_cap"], row["ballots_over_cap"]) == (3, 3, 1)


def test_a_day_of_23_hours_has_one_allowance(engine: Evidence) -> None:
    rule = msgspec.structs.replace(RULE, day=Day("America/New_York"))
    midnight = 1_520_744_400_000_000  # 2018-03-11T00:00-05:00
    instants = [midnight - 1, midnight, midnight + 23 * HOUR - 1, midnight + 23 * HOUR]
    ballots = [ballot(number, instant, votes=3) for number, instant in enumerate(instants)]

    [row] = counted(Case(rule, [WINDOW], ballots, nominees=["arirang"]), engine).totals

    assert (row["votes_counted"], row["votes_over_cap"]) == (9, 3)


@pytest.mark.parametrize(
    ("starts_at", "opens_at", "closes_at"),
    [
        (
            time(2, 30),
            1_520_751_960_000_000,
            1_520_780_400_000_000,
        ),  # the clocks skip 2:30; opens at 3:06, before the day
        (
            time(1, 30),
            1_541_300_000_000_000,
            1_541_312_400_000_000,
        ),  # they show 1:30 twice; closes at 1:20, after the day
    ],
)
def test_a_day_that_starts_while_the_clocks_change_is_capped(
    engine: Evidence, starts_at: time, opens_at: int, closes_at: int
) -> None:
    rule = msgspec.structs.replace(RULE, day=Day("America/New_York", starts_at))
    edges = [opens_at, closes_at - 1]
    ballots = [ballot(number, edge, voter=number, votes=9) for number, edge in enumerate(edges)]

    [row] = counted(Case(rule, [VotingWindow("w", opens_at, closes_at)], ballots, nominees=["arirang"]), engine).totals

    assert (row["votes_counted"], row["votes_over_cap"]) == (6, 12)


def test_a_cap_per_window_starts_anew_in_each(engine: Evidence) -> None:
    windows = [VotingWindow("one", OPENS_AT, OPENS_AT + HOUR), VotingWindow("two", OPENS_AT + HOUR, OPENS_AT + DAY)]
    ballots = [ballot(number, OPENS_AT + HOUR - 1 + number, votes=3) for number in range(3)]

    [row] = counted(Case(with_web(cap=Cap(3, "window")), windows, ballots, nominees=["arirang"]), engine).totals

    assert (row["votes_counted"], row["votes_over_cap"]) == (6, 3)


def test_windows_of_two_channels_may_overlap_and_cap_apart(engine: Evidence) -> None:
    post = msgspec.structs.replace(WEB, id="post", cap=Cap(3, "window"))
    rule = msgspec.structs.replace(RULE, channel=(msgspec.structs.replace(WEB, cap=Cap(3, "window")), post))
    windows = [
        VotingWindow("one", OPENS_AT, OPENS_AT + 2 * HOUR, ("web",)),
        VotingWindow("two", OPENS_AT + HOUR, OPENS_AT + 3 * HOUR, ("post",)),
    ]
    ballots = [
        ballot(number, OPENS_AT + number * HOUR // 2, channel=channel, votes=2)
        for number, channel in enumerate(["web", "web", "web", "web", "post", "post", "post"])
    ]

    totals = {row["channel"]: row for row in counted(Case(rule, windows, ballots, nominees=["arirang"]), engine).totals}

    assert [totals["web"][f"votes_{name}"] for name in ("counted", "over_cap", "outside_window")] == [3, 5, 0]
    assert [totals["post"][f"votes_{name}"] for name in ("counted", "over_cap", "outside_window")] == [3, 1, 2]


def test_a_vote_of_totals_alone_may_have_windows_of_its_channels(engine: Evidence) -> None:
    rule = msgspec.structs.replace(RULE, channel=(Channel("sum", "sums", counts="totals"),))
    window = VotingWindow("vote", OPENS_AT, OPENS_AT + DAY, ("sum",))
    total = {"channel": "sum", "nominee": "arirang", "observed_at": OPENS_AT, "votes": 5, "source": "s", "row": 1}
    case = Case(rule, [window], [ballot(1, OPENS_AT, channel="sum")], source_totals=[total], nominees=["arirang"])

    found = counted(case, engine)

    assert [(row["votes_counted"], row["votes_void"]) for row in found.totals] == [(5, 1)]
    assert voids_of(found) == {("arirang", "sum", "unknown channel"): (1, 1)}


def test_a_total_given_after_the_close_is_not_the_last(engine: Evidence) -> None:
    rule = msgspec.structs.replace(RULE, channel=(Channel("sum", "sums", counts="totals"),))
    totals = [
        {"channel": "sum", "nominee": "arirang", "observed_at": at, "votes": votes, "source": "s", "row": 1}
        for at, votes in [(OPENS_AT, 7), (WINDOW.closes_at - 1, 5), (WINDOW.closes_at, 9)]
    ]

    [row] = counted(Case(rule, [WINDOW], [], source_totals=totals, nominees=["arirang"]), engine).totals

    assert (row["votes_cast"], row["votes_counted"], row["votes_weighted"]) == (5, 5, 5)


def test_one_ballot_of_the_most_votes_is_multiplied_exactly(engine: Evidence) -> None:
    most = 2**31 - 1
    rule = msgspec.structs.replace(with_web(cap=None, because="b"), multiplier=(Multiplier(3, "b"),))

    [row] = counted(Case(rule, [WINDOW], [ballot(1, OPENS_AT, votes=most)], nominees=["arirang"]), engine).totals

    assert row["votes_weighted"] == 3 * most
