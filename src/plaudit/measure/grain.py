"""Counters that are told coarsely: how far a reading may be from what was counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from plaudit.base.errors import RuleInvalid
from plaudit.base.numbers import COUNTER_MOST
from plaudit.measure.feeds import needs
from plaudit.rulebook.sources import FIGURES, TIMES
from plaudit.store.numbers import quotient

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ibis.expr.types import BooleanValue, IntegerValue

    from plaudit.rulebook.chart_rule import ChartRule
    from plaudit.rulebook.sources import Source

__all__ = ["grain_of", "grains", "in_steps", "refuse_rounded"]


def grains(sources: Iterable[Source]) -> dict[tuple[str, str], str]:
    """Give the declared grains of counters, by source and metric."""
    return {
        (source.id, metric): grain
        for source in sources
        for metric, grain in source.grain.items()
        if metric not in TIMES
    }


def grain_of(readings: ibis.Table, declared: dict[tuple[str, str], str]) -> IntegerValue:
    """Give how many one step of each reading is: 100,000 at 12,300,000 told in 3 figures; else 0."""
    branches = [
        ((readings.source == source) & (readings.metric == metric), _step(readings.value, grain))
        for (source, metric), grain in sorted(declared.items())
    ]
    nothing = ibis.literal(0, "int64")
    return ibis.cases(*branches, else_=nothing).cast("int64") if branches else nothing


def in_steps(by_metric: ibis.Table) -> ibis.Table:
    """Give gains in whole steps of the coarsest grain that anybody has in the metric and week, rounded down.

    So whoever is told in steps of 1,000,000 and whoever is told in steps of 100,000 are
    compared on the same terms, and what the coarser cannot tell apart is equal.
    """
    together = ibis.window(group_by=["week", "metric", "is_stock"])
    known = by_metric.mutate(step=ibis.greatest(by_metric.grain.max().over(together), 1))
    return known.mutate(value=(quotient(known.value, known.step) * known.step).cast("int64")).drop("step")


def refuse_rounded(rule: ChartRule, sources: Iterable[Source]) -> None:
    """Raise if the rule takes no rounded counter and a source that feeds it has one.

    Raises
    ------
    RuleInvalid : with the rule, its part, the source and the grain.
    """
    if rule.gain.rounded != "refuse":
        return
    for (source, metric), grain in sorted(grains(sources).items()):
        for part in rule.part:
            if any(metric in need.metrics for need in needs(part.measure, rule)):
                raise RuleInvalid(
                    f"{rule.name} accepts no rounded counter, but source {source} reports {metric}, of {part.measure}, "
                    f"in steps: {grain}",
                    'use a finer source, or a version of the rule with [gain] rounded = "count" or "smooth"',
                )


def _step(value: IntegerValue, grain: str) -> IntegerValue:
    found = FIGURES.fullmatch(grain)
    assert found is not None
    if found[2]:
        return ibis.literal(int(found[2]), "int64")
    figures = int(found[1])
    steps: list[tuple[BooleanValue, IntegerValue]] = []
    while 10 ** (figures + len(steps)) < COUNTER_MOST * 10:
        power = len(steps)
        steps.append((value < 10 ** (figures + power), ibis.literal(10**power, "int64")))
    return ibis.cases(*steps, else_=ibis.literal(1, "int64")) if steps else ibis.literal(1, "int64")
