"""Charts from plain rows: rules, measures and entries for tests, and the strategies that make them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
from hypothesis import strategies as st

from plaudit.chart.chart import chart
from plaudit.chart.history import history
from plaudit.rulebook.artists import Artist
from plaudit.rulebook.chart_rule import ChartRule, History, Part, Ties, WeekRule
from tests.oracles import chart_oracle

if TYPE_CHECKING:
    from collections.abc import Callable

    from plaudit.store.evidence import Evidence

MEASURES = ("views_gain", "likes_gain", "posts")
ARTISTS = ("arirang", "bolero", "calypso", "draga", "estampie")
WEEKS = [f"2018-{month:02}-{day:02}" for month in (5, 6, 7) for day in (4, 11, 18, 25)]

Weeks = list[tuple[str, str]]
"""Every week and its verdict, in order."""
Values = dict[str, chart_oracle.Measures]
"""Values by week, artist and measure."""


def rule_of(*parts: tuple[str, int], positions: int = 50, **more: Any) -> ChartRule:
    """Give a chart rule with these parts, and the given blocks."""
    blocks = {"ties": Ties(then="share"), **more}
    made = tuple(Part(measure, weight) for measure, weight in parts)
    return ChartRule("made", 1, "t", "b", WeekRule("friday", "UTC"), made, positions, **blocks)


def artists(*ids: str) -> list[Artist]:
    """Give artists without attributes."""
    return [Artist(artist, {"en": artist}, "group") for artist in ids]


def measure_rows(values: Values, rule: ChartRule, **flags: Any) -> list[dict[str, Any]]:
    """Give rows of the table measures."""
    nothing = {"fell": 0, "gap_at_start": 0, "gap_at_end": 0, "account_gap": False}
    return [
        {"chart": rule.name, "week": week, "artist": artist, "measure": measure, "value": value, "unit": "u"}
        | nothing
        | flags
        for week, of_week in values.items()
        for artist, of_artist in of_week.items()
        for measure, value in of_artist.items()
    ]


def entries_of(engine: Evidence, values: Values, weeks: Weeks, rule: ChartRule) -> list[dict[str, Any]]:
    """Give the product's entries, in the order of the table entries."""
    ids = {artist for of_week in values.values() for artist in of_week}
    measures = engine.rows("measures", measure_rows(values, rule))
    found = chart(measures, weeks, rule, artists(*sorted(ids)), to_rows=engine.to_rows)
    return engine.to_rows(found.order_by("week", "position", "artist"))


def histories_of(
    engine: Evidence, charts: list[chart_oracle.Chart], weeks: Weeks, rule: ChartRule
) -> list[dict[str, Any]]:
    """Give the product's history of positions alone."""
    rows = [
        {"week": week, "artist": artist, "position": position}
        for week, positions in charts
        for artist, position in positions or []
    ]
    schema = pa.schema([("week", pa.string()), ("artist", pa.string()), ("position", pa.int32())])
    found = history(engine.staged(pa.Table.from_pylist(rows, schema=schema)), weeks, rule)
    return engine.to_rows(found.order_by("week", "position", "artist"))


def in_order(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give the oracle's entries in the product's order."""
    return sorted(rows, key=lambda row: (row["week"], row["position"], row["artist"]))


@st.composite
def rules(draw: Callable[..., Any]) -> ChartRule:
    """Give rules with one to three parts, few positions and any order of ties."""
    measures = draw(st.permutations(MEASURES))[: draw(st.integers(1, 3))]
    cuts = sorted(draw(st.sets(st.integers(1, 999_999), min_size=len(measures) - 1, max_size=len(measures) - 1)))
    weights = [end - start for start, end in zip([0, *cuts], [*cuts, 1_000_000], strict=True)]
    order = tuple(draw(st.permutations(MEASURES))[: draw(st.integers(0, 2))])
    uncharted: Any = draw(st.sampled_from(["skip", "break"]))
    return rule_of(
        *zip(measures, weights, strict=True),
        positions=draw(st.integers(1, 5)),
        ties=Ties(order, "share"),
        history=History(uncharted),
    )


def weeks(most: int) -> st.SearchStrategy[Weeks]:
    """Give weeks in a row with any verdicts."""
    verdicts = st.sampled_from(["final", "final", "provisional", "uncharted"])
    return st.lists(verdicts, min_size=1, max_size=most).map(lambda found: list(zip(WEEKS, found, strict=False)))


@st.composite
def values(draw: Callable[..., Any], of_weeks: Weeks, most: int = 5) -> Values:
    """Give small values, so that points are often equal; some artists and measures are missing."""
    found: Values = {}
    for week, _ in of_weeks:
        measured = st.dictionaries(st.sampled_from(MEASURES), st.integers(0, most), min_size=1)
        found[week] = draw(st.dictionaries(st.sampled_from(ARTISTS), measured, max_size=5))
    return found
