from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings

from plaudit.base.errors import TieUnresolved
from plaudit.tally.result import result
from tests.oracles import tally_oracle
from tests.profiles import examples
from tests.tally.cases import Case, cases, cells_of, counted, expected, voids_of, without_zeros

if TYPE_CHECKING:
    from fractions import Fraction

    from plaudit.store.evidence import Evidence


def merit(found: tally_oracle.Tally, nominee: str, case: Case) -> tuple[Fraction | int, ...]:
    value = tally_oracle.exact_results(found, set(case.nominees), case.rule)[nominee]
    return (value, *(tally_oracle.weighted(found, nominee, channel) for channel in case.rule.ties.channels))


@given(cases(thens=("raise", "none", "recorded")))
@settings(max_examples=examples(45), suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_totals_voids_and_result_are_the_oracles(engine: Evidence, case: Case) -> None:
    try:
        slow = expected(case)
    except tally_oracle.TornInstantError:
        with pytest.raises(TieUnresolved, match="cast ballots at one instant"):
            counted(case, engine)
        return
    found = counted(case, engine)

    assert cells_of(found) == without_zeros(slow)
    assert voids_of(found) == slow.voids
    nominees, first = set(case.nominees), tally_oracle.leaders(slow, set(case.nominees), case.rule)
    if len(first) > 1 and case.rule.ties.then == "raise":
        with pytest.raises(TieUnresolved, match=", ".join(sorted(first))):
            result(found.totals, case.nominees, case.rule)
        return
    rows = result(found.totals, case.nominees, case.rule)
    assert {row["nominee"]: row["value"] for row in rows} == tally_oracle.results(slow, nominees, case.rule)
    assert {row["nominee"] for row in rows if row["is_winner"]} == first
    merits = {nominee: merit(slow, nominee, case) for nominee in nominees}
    ahead = {nominee: sum(other > merits[nominee] for other in merits.values()) for nominee in nominees}
    assert {row["nominee"]: row["position"] - 1 for row in rows} == ahead
