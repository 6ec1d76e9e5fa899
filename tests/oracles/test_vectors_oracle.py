"""The oracles give what the vectors' authors worked out by hand."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from plaudit.base.weeks import to_instant
from plaudit.rulebook.chart_rule import ChartRule
from plaudit.rulebook.counting_rule import CountingRule
from plaudit.rulebook.library import RuleLibrary
from plaudit.rulebook.nomination_rule import NominationRule
from tests.oracles import chart_oracle, nomination_oracle, tally_oracle

VECTORS = Path(__file__).parents[1] / "vectors"
RULES = {cited.name: cited.rule for cited in RuleLibrary()}
FILES = sorted(path.relative_to(VECTORS).as_posix() for path in VECTORS.rglob("*.toml"))


def of_kind(kind: type) -> list[str]:
    return [path for path in FILES if isinstance(RULES[path.split("/")[0]], kind)]


def read(path: str) -> dict[str, Any]:
    return tomllib.loads((VECTORS / path).read_text("utf-8"))


def ballots_of(vector: dict[str, Any]) -> list[tally_oracle.Ballot]:
    defaults = {"votes": 1, "gesture": "vote", "tags": 1, "is_deleted": False, "is_private": False}
    ballots = []
    for number, given in enumerate(vector.get("ballot", ())):
        created = given.get("account_created_at")
        ballots.append(
            {
                **defaults,
                **given,
                "ballot": number,
                "cast_at": to_instant(given["cast_at"]),
                "account_created_at": None if created is None else to_instant(created),
            }
        )
    return ballots


def windows_of(vector: dict[str, Any]) -> list[tally_oracle.OracleWindow]:
    return [
        tally_oracle.OracleWindow(
            window["id"], to_instant(window["from"]), to_instant(window["to"]), tuple(window.get("channels", ()))
        )
        for window in vector.get("window", ())
    ]


@pytest.mark.parametrize("path", of_kind(CountingRule))
def test_counts_are_the_vectors(path: str) -> None:
    rule = RULES[path.split("/", maxsplit=1)[0]]
    assert isinstance(rule, CountingRule)
    vector = read(path)
    nominees = set(vector["nominees"])

    tally = tally_oracle.count(ballots_of(vector), nominees, rule, windows_of(vector), set())
    tally_oracle.add_totals(tally, vector.get("total", ()))

    nothing = dict.fromkeys(tally_oracle.COLUMNS, 0)
    for expected in vector["expect"]:
        cell = tally.get((expected["nominee"], expected["channel"]), nothing)
        columns = {column: value for column, value in expected.items() if column not in {"nominee", "channel"}}
        assert columns == {column: cell[column] for column in columns}, expected
    assert tally_oracle.results(tally, nominees, rule) == vector["expect_result"]
    leaders = tally_oracle.leaders(tally, nominees, rule)
    is_open = len(leaders) > 1 and rule.ties.then == "raise"
    assert leaders == set(vector["expect_tie" if is_open else "expect_winners"])


@pytest.mark.parametrize("path", of_kind(ChartRule))
def test_points_and_positions_are_the_vectors(path: str) -> None:
    rule = RULES[path.split("/", maxsplit=1)[0]]
    assert isinstance(rule, ChartRule)
    vector = read(path)
    measures: chart_oracle.Measures = {}
    for row in vector["measure"]:
        measures.setdefault(row["artist"], {})[row["measure"]] = row["value"]

    points = chart_oracle.points(measures, rule)
    positions = chart_oracle.positions(measures, rule)

    for expected in vector["expect"]:
        artist = expected["artist"]
        assert (points[artist], positions.get(artist)) == (expected["points"], expected.get("position")), artist


@pytest.mark.parametrize("path", of_kind(NominationRule))
def test_nominees_are_the_vectors(path: str) -> None:
    rule = RULES[path.split("/", maxsplit=1)[0]]
    assert isinstance(rule, NominationRule)
    vector = read(path)
    entries, named = vector.get("entry", []), vector.get("named", [])

    if vector.get("expect_error"):
        with pytest.raises(ValueError, match="list too long"):
            nomination_oracle.nominees(entries, named, rule)
    else:
        assert nomination_oracle.nominees(entries, named, rule) == set(vector["expect_nominees"])


@pytest.mark.parametrize("name", RULES)
def test_every_shipped_rule_has_vectors(name: str) -> None:
    assert len(list((VECTORS / name).glob("*.toml"))) >= 2


@pytest.mark.parametrize("path", of_kind(CountingRule))
def test_vectors_hold_known_keys_only(path: str) -> None:
    known = {"what", "nominees", "window", "ballot", "total", "expect", "expect_result", "expect_winners", "expect_tie"}

    assert set(read(path)) <= known
