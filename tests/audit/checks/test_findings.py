"""The checks on a whole count: an honest one, the same with one fault each, and the queries that repeat them."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plaudit.audit.checks.findings import CHECKS, findings
from plaudit.audit.checks.jumps import jumps, jumps_of
from plaudit.audit.checks.voters_fit import votes_by_period
from plaudit.rulebook.counting_rule import Cap, Channel
from plaudit.rulebook.windows import periods
from plaudit.store.evidence import Evidence
from tests.audit.checks.made import (
    DAY,
    MINUTE,
    OPENS_AT,
    POST,
    WEB,
    ballot,
    case,
    counted_of,
    in_words,
    of_check,
    rows_of,
    source,
    written,
)
from tests.profiles import examples
from tests.some import some

if TYPE_CHECKING:
    from pathlib import Path

    from plaudit.audit.checks.counted import Counted
    from tests.tally.cases import Case

NOMINEES = ["arirang", "bolero", "calypso"]
HOUR = 60 * MINUTE


def honest(seed: int = 1, days: int = 5, per_hour: int = 60) -> Case:
    """Give a vote of two channels with heavy and light voters, some over the cap and some late."""
    chance = random.Random(seed)
    ballots = []
    for number in range(days * 24 * per_hour):
        channel = chance.choice(["web", "post"])
        ballots.append(
            ballot(
                number,
                OPENS_AT + number * HOUR // per_hour + chance.randrange(HOUR // per_hour),
                voter=int(1_000 * chance.random() ** 4),
                nominee=chance.choices([*NOMINEES, "nobody"], [6, 5, 3, 0.1])[0],
                channel=channel,
                gesture="vote" if channel == "web" else chance.choice(["post", "repost"]),
                tags=chance.choices([1, 2], [99, 1])[0],
            )
        )
    ballots[-1]["cast_at"] += DAY
    return case(ballots, WEB, POST, days=days, set_aside={3, 5})


@pytest.fixture(scope="module")
def counted(engine: Evidence) -> Counted:
    return counted_of(honest(), engine, sources=[source()], logged=7_200)


@pytest.fixture(scope="module")
def folder(counted: Counted, engine: Evidence, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(counted, engine, tmp_path_factory.mktemp("season"))


@pytest.fixture(scope="module")
def found(counted: Counted) -> dict[tuple[str, str], dict[str, str]]:
    return {(row["check"], row["subject"]): row for row in findings(counted)}


def changed(counted: Counted, **columns: int) -> Counted:
    """Give the count with some numbers of its first row other than they are."""
    totals = [dict(row) for row in counted.totals]
    for column, number in columns.items():
        totals[0][column] += number
    return replace(counted, totals=totals)


def test_an_honest_count_passes_what_can_be_checked(found: dict[tuple[str, str], dict[str, str]]) -> None:
    assert {row["verdict"] for row in found.values()} == {"passes", "not checked"}
    assert {check for check, _subject in found} == set(CHECKS)
    assert all(in_words(row["found"]) for row in found.values())
    assert [key for key, row in found.items() if row["verdict"] == "not checked"] == [
        ("categories-equal", "categories"),
        ("first-digit", "votes by nominee and hour"),
        ("first-digit", "votes by voter"),
        ("running-totals", "totals"),
    ]


def test_findings_are_rows_of_their_table(counted: Counted, tmp_path: Path) -> None:
    rows = findings(counted)

    assert Evidence(tmp_path).write_rows("findings", rows).to_pylist() == rows


def test_findings_do_not_depend_on_the_order_of_ballots(engine: Evidence) -> None:
    made = honest(2, days=1)
    turned = replace(made, ballots=made.ballots[::-1])

    assert findings(counted_of(turned, engine)) == findings(counted_of(made, engine))


def test_every_query_runs_in_the_season(found: dict[tuple[str, str], dict[str, str]], folder: Path) -> None:
    for row in some(found.values()):
        assert isinstance(rows_of(row, folder), list)


@pytest.mark.parametrize("column", ["ballots_counted", "votes_over_cap", "votes_void", "ballots_cast"])
def test_columns_that_do_not_add_up_fail_and_are_named(counted: Counted, column: str) -> None:
    rows = of_check("columns-add-up", changed(counted, **{column: 1}))

    assert rows[counted.totals[0]["channel"]]["verdict"] == "fails"
    assert counted.totals[0]["nominee"] in rows[counted.totals[0]["channel"]]["found"]


def test_void_votes_without_a_reason_fail(counted: Counted) -> None:
    moved = changed(counted, votes_void=1, votes_counted=-1)

    assert of_check("columns-add-up", moved)[counted.totals[0]["channel"]]["verdict"] == "fails"


def test_the_query_of_columns_gives_the_nominees_at_fault(counted: Counted, engine: Evidence, tmp_path: Path) -> None:
    broken = changed(counted, votes_counted=1)
    row = of_check("columns-add-up", broken)[counted.totals[0]["channel"]]

    assert rows_of(row, written(broken, engine, tmp_path)) == [{"nominee": counted.totals[0]["nominee"]}]


def test_a_result_that_holds_more_than_the_totals_fails(counted: Counted) -> None:
    result = [{**row, "value": row["value"] + (row["position"] == 1)} for row in counted.result]

    assert of_check("categories-equal", replace(counted, result=result))["result"]["verdict"] == "fails"


def test_a_result_by_shares_hands_out_its_shares(engine: Evidence) -> None:
    made = honest(4, days=1)
    channels = tuple(
        msgspec.structs.replace(channel, share_ppm=part)
        for channel, part in zip((WEB, POST), (700_000, 300_000), strict=True)
    )
    combine = msgspec.structs.replace(made.rule.combine, method="shares")
    shared = replace(made, rule=msgspec.structs.replace(made.rule, channel=channels, combine=combine))
    counted = counted_of(shared, engine)
    halved = replace(counted, result=[{**row, "value": row["value"] // 2} for row in counted.result])

    assert of_check("categories-equal", counted)["result"]["verdict"] == "passes"
    assert of_check("categories-equal", halved)["result"]["verdict"] == "fails"


def test_the_query_of_the_result_gives_both_sums(
    found: dict[tuple[str, str], dict[str, str]], counted: Counted, folder: Path
) -> None:
    held = sum(row["value"] for row in counted.result)

    assert rows_of(found["categories-equal", "result"], folder) == [{"result": held, "totals": held}]


def stepped(engine: Evidence, channel: Channel, **more: Any) -> Counted:
    """Give a count whose totals are multiples of 749.44, rounded, as nobody's votes are."""
    nominees = [f"nominee-{number:02}" for number in range(20)]
    votes = {name: (74_944 * (40 + 7 * number) + 50) // 100 for number, name in enumerate(nominees)}
    if channel.counts == "totals":
        rows = [
            {"channel": channel.id, "nominee": name, "observed_at": OPENS_AT, "votes": number, "source": "s", "row": 1}
            for name, number in votes.items()
        ]
        return counted_of(case([], channel, source_totals=rows, nominees=nominees), engine, **more)
    ballots = [
        ballot(number, OPENS_AT + number * HOUR, votes=of, nominee=name, voter=number)
        for number, (name, of) in enumerate(votes.items())
    ]
    return counted_of(case(ballots, channel, nominees=nominees), engine, **more)


def test_totals_on_a_step_fail_where_ballots_were_counted(engine: Evidence, tmp_path: Path) -> None:
    counted = stepped(engine, msgspec.structs.replace(WEB, cap=None))
    row = of_check("common-factor", counted)["web"]
    asked = rows_of(row, written(counted, engine, tmp_path))

    assert row["verdict"] == "fails"
    assert f"{sum(total['is_on_step'] for total in asked)} of {len(asked)} totals are within one vote" in row["found"]
    assert [total["total"] for total in asked] == sorted(counted.votes_of("web").values(), reverse=True)


def test_totals_on_a_step_are_an_alarm_where_somebody_else_counted(engine: Evidence) -> None:
    counted = stepped(engine, Channel("jury", "the jury", counts="totals", because="made"))

    assert of_check("common-factor", counted)["jury"]["verdict"] == "alarm"


def test_what_every_ballot_carries_is_no_common_factor(engine: Evidence) -> None:
    made = honest(9, days=2, per_hour=400)
    tens = [{**row, "votes": 100} for row in made.ballots]
    counted = counted_of(replace(made, ballots=tens, rule=without_caps(made)), engine)

    assert {row["verdict"] for row in of_check("common-factor", counted).values()} == {"passes"}
    assert {row["verdict"] for row in of_check("picks-divide", counted).values()} == {"passes"}


def without_caps(made: Case) -> Any:
    channels = tuple(msgspec.structs.replace(channel, cap=None, because="made") for channel in made.rule.channel)
    return msgspec.structs.replace(made.rule, channel=channels)


def test_votes_that_are_no_multiple_of_their_ballots_fail(counted: Counted, engine: Evidence, tmp_path: Path) -> None:
    broken = changed(counted, votes_counted=1, votes_cast=1)
    row = of_check("picks-divide", broken)[counted.totals[0]["channel"]]

    assert row["verdict"] == "fails"
    assert rows_of(row, written(broken, engine, tmp_path)) == [{"nominee": counted.totals[0]["nominee"]}]


def test_more_votes_than_the_voters_have_fail(counted: Counted) -> None:
    channel = counted.totals[0]["channel"]

    assert of_check("voters-fit", changed(counted, votes_counted=2_000))[channel]["verdict"] == "fails"


@pytest.mark.parametrize("scope", ["award", "nominee"])
@pytest.mark.parametrize("per", ["day", "window", "vote"])
def test_the_query_of_voters_gives_each_period(engine: Evidence, tmp_path: Path, scope: str, per: str) -> None:
    made = honest(6, days=2, per_hour=20)
    cap = msgspec.convert({"votes": 2, "per": per, "scope": scope}, Cap)
    rule = msgspec.structs.replace(made.rule, channel=(msgspec.structs.replace(WEB, cap=cap), POST))
    counted = counted_of(replace(made, rule=rule), engine)
    expected: dict[int, dict[Any, int]] = defaultdict(lambda: defaultdict(int))
    for starts, ends in periods(cap, rule, made.windows):
        for row in made.ballots:
            if row["channel"] == "web" and starts <= row["cast_at"] < ends:
                expected[starts][row["voter"], row["nominee"] if scope == "nominee" else ""] += row["votes"]

    asked = rows_of(of_check("voters-fit", counted)["web"], written(counted, engine, tmp_path))

    assert asked == counted.to_rows(votes_by_period(counted.ballots, "web", cap, periods(cap, rule, made.windows)))
    assert asked == [
        {
            "starts_at": starts,
            "voters": len({voter for voter, _nominee in votes}),
            "votes": sum(votes.values()),
            "within_cap": sum(min(2, number) for number in votes.values()),
        }
        for starts, votes in sorted(expected.items())
    ]


def test_totals_of_somebody_else_say_how_many_voters_they_need(engine: Evidence) -> None:
    counted = stepped(engine, msgspec.structs.replace(WEB, counts="totals"))
    row = of_check("voters-fit", counted)["web"]
    votes = sum(counted.votes_of("web").values())

    assert row["verdict"] == "not checked"
    assert row["expected"] == f"at least {-(-votes // 70):,} voters, if each cast 70 votes"


@given(
    st.dictionaries(
        st.tuples(st.sampled_from(NOMINEES), st.integers(0, 200)), st.sampled_from([1, 2, 49, 50, 99, 600]), max_size=50
    ),
    st.integers(0, 90),
)
@settings(max_examples=examples(20))
def test_jumps_are_those_of_the_plain_function(engine: Evidence, votes: dict[tuple[str, int], int], opens: int) -> None:
    rows = [
        ballot(number, minute * MINUTE, nominee=nominee, votes=of)
        for number, ((nominee, minute), of) in enumerate(votes.items())
    ]
    minutes = counted_of(case(rows), engine).minutes

    found = {(row["nominee"], row["minute"]) for row in engine.to_rows(jumps(minutes, [(opens, 180)]))}

    assert found == {
        (name, minute)
        for name in NOMINEES
        for minute in jumps_of({at: of for (nominee, at), of in votes.items() if nominee == name}, opens)
        if minute < 180
    }


def leaping(cue: int) -> Case:
    """Give a steady vote in which every nominee has 80 votes in one minute more."""
    made = honest(8, days=2)
    more = [
        ballot(10_000 + number, OPENS_AT + cue * MINUTE + number, voter=5_000 + number, nominee=NOMINEES[number % 3])
        for number in range(240)
    ]
    return replace(made, ballots=[*made.ballots, *more])


def test_nominees_that_leap_in_one_minute_are_an_alarm(engine: Evidence, tmp_path: Path) -> None:
    counted = counted_of(leaping(605), engine)
    row = of_check("rate", counted)["nominees together"]

    assert row["verdict"] == "alarm"
    assert row["found"] == "2018-05-14T10:05:00Z: arirang, bolero, and calypso"
    assert rows_of(row, written(counted, engine, tmp_path)) == [
        {"minute": (OPENS_AT // MINUTE) + 605, "nominees": NOMINEES}
    ]


def test_a_leap_when_new_allowances_are_given_is_none(engine: Evidence) -> None:
    assert of_check("rate", counted_of(leaping(1_440), engine))["nominees together"]["verdict"] == "passes"


def test_the_query_of_the_rate_gives_the_busiest_minute(
    found: dict[tuple[str, str], dict[str, str]], folder: Path
) -> None:
    row = found["rate", "web"]

    assert in_words(row["found"]) == f"{rows_of(row, folder)[0]['ballots']:,} in the busiest minute"


def with_outage() -> Case:
    made = honest(11)
    starts = OPENS_AT + 2 * DAY
    return replace(made, ballots=[row for row in made.ballots if not starts <= row["cast_at"] < starts + DAY])


def test_an_outage_fails_unless_its_source_declares_it(engine: Evidence, tmp_path: Path) -> None:
    counted = counted_of(with_outage(), engine, sources=[source()])
    declared = replace(counted, sources=[source((date(2018, 5, 16), date(2018, 5, 16)))])
    first = OPENS_AT // MINUTE + 2 * 1_440
    row = of_check("gaps", counted)["made"]

    assert row["verdict"] == "fails"
    assert of_check("gaps", declared)["made"]["verdict"] == "passes"
    assert {"first_minute": first, "end_minute": first + 1_440} in rows_of(row, written(counted, engine, tmp_path))


def test_a_declared_source_without_ballots_is_not_checked(counted: Counted) -> None:
    rows = of_check("gaps", replace(counted, sources=[source(), source(id_="silent")]))

    assert {subject: row["verdict"] for subject, row in rows.items()} == {"made": "passes", "silent": "not checked"}


def test_voters_without_a_cap_are_held_against_first_digits(engine: Evidence, tmp_path: Path) -> None:
    ballots = [ballot(number, OPENS_AT + number * MINUTE, voter=number, votes=1 + number) for number in range(2_000)]
    counted = counted_of(case(ballots, msgspec.structs.replace(WEB, cap=None)), engine)
    row = of_check("first-digit", counted)["votes by voter"]
    asked = rows_of(row, written(counted, engine, tmp_path))

    assert row["verdict"] == "alarm"
    assert sum(digit["numbers"] for digit in asked) == 2_000
    assert {digit["digit"]: digit["numbers"] for digit in asked}[1] == 1_111


def test_first_digits_of_hours_are_those_of_whole_hours_and_nominees(engine: Evidence, tmp_path: Path) -> None:
    sizes = [1, 1_000, *range(20, 140)]
    ballots = [
        ballot(number, OPENS_AT + number * HOUR, votes=votes, nominee="arirang", voter=number)
        for number, votes in enumerate(sizes)
    ]
    ballots += [ballot(1_000, OPENS_AT, votes=9, nominee="nobody"), ballot(1_001, OPENS_AT - HOUR, votes=9)]
    counted = counted_of(case(ballots, msgspec.structs.replace(WEB, cap=None)), engine)
    row = of_check("first-digit", counted)["votes by nominee and hour"]
    digits = {digit["digit"]: digit["numbers"] for digit in rows_of(row, written(counted, engine, tmp_path))}

    assert row["found"].endswith(" over 122 numbers")
    assert digits == {digit: sum(str(votes)[0] == str(digit) for votes in sizes) for digit in range(1, 10)}


def test_a_log_that_closed_with_more_ballots_fails(counted: Counted) -> None:
    assert of_check("log-holds-all", replace(counted, logged=7_201))["ballots"]["verdict"] == "fails"


def test_a_season_of_totals_only_says_what_it_cannot_check(engine: Evidence) -> None:
    counted = stepped(engine, Channel("jury", "the jury", counts="totals", because="made"))

    verdicts = {(row["check"], row["subject"]): row["verdict"] for row in findings(counted)}

    assert "fails" not in verdicts.values()
    assert verdicts["rate", "jury"] == verdicts["picks-divide", "jury"] == "not checked"
    assert verdicts["two-ways", "jury"] == "passes"
