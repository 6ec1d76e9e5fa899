from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from plaudit.base.errors import TieUnresolved
from plaudit.rulebook.counting_rule import CountingRule
from plaudit.rulebook.windows import VotingWindow
from plaudit.tally.result import result
from tests.oracles import tally_oracle
from tests.oracles.test_vectors_oracle import RULES, ballots_of, of_kind, read, windows_of
from tests.tally.cases import Case, ballot, cells_of, counted, expected, voids_of, without_zeros

if TYPE_CHECKING:
    from plaudit.store.evidence import Evidence

ALWAYS = VotingWindow("always", 0, 4_102_444_800_000_000)


def case_of(path: str, vector: dict[str, Any]) -> Case:
    rule = RULES[path.split("/", maxsplit=1)[0]]
    assert isinstance(rule, CountingRule)
    windows = [VotingWindow(*window) for window in windows_of(vector)] or [ALWAYS]
    ballots = [ballot(one.pop("ballot"), one.pop("cast_at"), **one) for one in ballots_of(vector)]
    last = max(window.closes_at for window in windows) - 1
    totals = [{**given, "observed_at": last, "source": "v", "row": 1} for given in vector.get("total", ())]
    return Case(rule, windows, ballots, source_totals=totals, nominees=vector["nominees"])


@pytest.mark.parametrize("path", of_kind(CountingRule))
def test_count_and_result_are_the_vectors(engine: Evidence, path: str) -> None:
    vector = read(path)
    case = case_of(path, vector)

    found = counted(case, engine)

    cells = cells_of(found)
    nothing = dict.fromkeys(tally_oracle.COLUMNS, 0)
    for wanted in vector["expect"]:
        cell = cells.get((wanted["nominee"], wanted["channel"]), nothing)
        columns = {column: value for column, value in wanted.items() if column not in {"nominee", "channel"}}
        assert columns == {column: cell[column] for column in columns}, wanted
    slow = expected(case)
    assert cells == without_zeros(slow)
    assert voids_of(found) == slow.voids
    check_result(found.totals, case, vector)


def check_result(totals: list[dict[str, Any]], case: Case, vector: dict[str, Any]) -> None:
    if "expect_tie" in vector:
        with pytest.raises(TieUnresolved) as caught:
            result(totals, case.nominees, case.rule)
        assert caught.value.what.startswith(", ".join(sorted(vector["expect_tie"])) + " are tied for first")
        return
    rows = result(totals, case.nominees, case.rule)
    assert {row["nominee"]: row["value"] for row in rows} == vector["expect_result"]
    assert [row["nominee"] for row in rows if row["is_winner"]] == sorted(vector["expect_winners"])
    assert {row["unit"] for row in rows} == {"ppm" if case.rule.combine.method == "shares" else "votes"}
