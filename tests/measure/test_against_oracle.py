from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.measure.readings import (
    NEW_YORK_WEEKS,
    UTC_WEEKS,
    coarse_sources,
    evidence,
    gains_of,
    gaps,
    measures_of,
    rules,
    source_with,
)
from tests.oracles import measure_oracle
from tests.profiles import examples

if TYPE_CHECKING:
    from plaudit.base.weeks import Week
    from plaudit.store.evidence import Evidence


def in_order(rows: list[dict[str, Any]], *keys: str) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: tuple(row[key] for key in keys))


@pytest.mark.parametrize("weeks", [UTC_WEEKS, NEW_YORK_WEEKS], ids=["utc", "new-york"])
@given(data=st.data())
@settings(max_examples=examples(30))
def test_gains_are_the_oracles(engine: Evidence, weeks: list[Week], data: st.DataObject) -> None:
    rule = data.draw(rules())
    posts, readings = data.draw(evidence(weeks))
    sources = data.draw(coarse_sources())
    keys = ("week", "platform", "account", "post", "metric", "artist")

    found = gains_of(engine, readings, posts, weeks, rule, sources)

    assert in_order(found, *keys) == in_order(measure_oracle.gains(readings, posts, weeks, rule, sources), *keys)


@pytest.mark.parametrize("weeks", [UTC_WEEKS, NEW_YORK_WEEKS], ids=["utc", "new-york"])
@given(data=st.data())
@settings(max_examples=examples(25))
def test_measures_are_the_oracles(engine: Evidence, weeks: list[Week], data: st.DataObject) -> None:
    rule, sources = data.draw(rules()), data.draw(coarse_sources())
    sources = [source_with(*data.draw(st.lists(gaps(), max_size=2)), grain=sources[0].grain)]
    posts, readings = data.draw(evidence(weeks))

    found = measures_of(engine, readings, posts, weeks, rule, sources)

    gained = measure_oracle.gains(readings, posts, weeks, rule, sources)
    expected = measure_oracle.measures(gained, posts, weeks, rule, sources)
    assert in_order(found, "week", "artist", "measure") == in_order(expected, "week", "artist", "measure")
