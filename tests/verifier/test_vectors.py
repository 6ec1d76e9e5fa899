"""The second verifier counts, purges and ranks as the vectors say, which were worked out by hand."""

from __future__ import annotations

import tomllib
from collections import namedtuple
from typing import Any

import pytest

from plaudit.rulebook.counting_rule import CountingRule
from plaudit.rulebook.library import RuleLibrary
from plaudit.rulebook.purge_rule import PurgeRule
from tests.audit.test_vectors import all_ballots, expected, facts
from tests.oracles.test_vectors_oracle import ballots_of, of_kind, read, windows_of
from tests.verifier.second import charts, purges, verify

FILES = {cited.name: tomllib.loads(cited.path.read_text("utf-8")) for cited in RuleLibrary()}
COUNTED = "ballot channel nominee votes cast_at voter gesture tags is_deleted is_private account_created_at post source"


def rows(name: str, columns: str, given: list[dict[str, Any]]) -> list[Any]:
    make = namedtuple(name, columns)  # type: ignore[misc]
    return [make(*(row.get(column, "") for column in columns.split())) for row in given]


def counting_of(vector: dict[str, Any], rule: str) -> Any:
    windows = [(window.opens_at, window.closes_at, window.channels) for window in windows_of(vector)]
    return verify.Counting(FILES[rule], windows or [(0, 10**15, ())])


@pytest.mark.parametrize("path", of_kind(CountingRule))
def test_counts_are_the_vectors(path: str) -> None:
    vector, rule = read(path), path.split("/", maxsplit=1)[0]
    totals = [{"observed_at": 0, **row} for row in vector.get("total", ())]
    given = rows("Ballot", COUNTED, ballots_of(vector))

    counting = counting_of(vector, rule)
    told, _ = counting.tally(
        given, set(), {*vector["nominees"]}, rows("Total", "channel nominee observed_at votes", totals)
    )
    cells = {(row["nominee"], row["channel"]): row for row in told}

    for wanted in vector["expect"]:
        cell = cells.get((wanted["nominee"], wanted["channel"]), {})
        assert {key: cell.get(key, 0) for key in wanted if key not in {"nominee", "channel"}} == {
            key: value for key, value in wanted.items() if key not in {"nominee", "channel"}
        }, wanted
    if "expect_tie" in vector:
        with pytest.raises(verify.Refused, match="tied"):
            counting.result(told, {*vector["nominees"]}, [], charts)
    else:
        result = counting.result(told, {*vector["nominees"]}, [], charts)
        assert {row["nominee"]: row["value"] for row in result["positions"]} == vector["expect_result"]
        assert {*result["winners"]} == {*vector["expect_winners"]}


@pytest.mark.parametrize("path", of_kind(PurgeRule))
def test_voters_purged_are_the_vectors(path: str) -> None:
    vector, rule = read(path), path.split("/", maxsplit=1)[0]
    counting = counting_of(vector, vector.get("counting", "bbma-2018@1"))

    purge = purges.Purge(
        FILES[rule],
        rows("Ballot", COUNTED, all_ballots(vector)),
        rows("Fact", "voter fact value", facts(vector)),
        counting,
    )

    assert {*purge.suspects} == {*expected(vector)}
    assert len(purge.taken) == vector["expect_ballots"]
    assert len({*purge.suspects.values()}) == vector.get("expect_cases", len({*purge.suspects.values()}))
