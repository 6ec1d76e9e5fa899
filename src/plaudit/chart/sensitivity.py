"""Whether a chart depends on its weights: the same weeks with each weight moved by a fifth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import ibis
from msgspec.structs import replace

from plaudit.base.numbers import MILLION
from plaudit.chart.chart import nearest
from plaudit.chart.places import places

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from plaudit.rulebook.artists import Artist
    from plaudit.rulebook.chart_rule import ChartRule

__all__ = ["TOP", "chart_sensitivity", "reweighted"]

TOP: Final = 10
"""The positions that are watched."""


def chart_sensitivity(
    measures: ibis.Table,
    weeks: Sequence[tuple[str, str]],
    rule: ChartRule,
    artists: Iterable[Artist],
    *,
    to_rows: Callable[[ibis.Table], list[dict[str, Any]]],
) -> list[dict[str, Any]]:
    """Give each entry of the first ten and where it stands when a weight is another.

    Parameters
    ----------
    measures, weeks, artists, to_rows : as for the chart itself, which is computed anew for every weighting

    Returns
    -------
    Rows of the table chart_sensitivity, one per entry of the first ten.
        scenarios : other weightings, two for each part; 0 where the chart has one part
        stays : those in which the entry is in the first ten
        best, worst : of its own position and those; worst is null where a weighting takes it off the chart
    """
    artists, weightings = list(artists), [rule, *reweighted(rule)]
    near = [
        nearest(measures, weeks, one, artists).mutate(weighting=ibis.literal(number, "int64"))
        for number, one in enumerate(weightings)
    ]
    rows: dict[int, list[dict[str, Any]]] = {number: [] for number in range(len(weightings))}
    for row in to_rows(ibis.union(*near) if len(near) > 1 else near[0]):
        rows[row["weighting"]].append(row)
    certified, *others = (
        {(row["week"], row["artist"]): row["position"] for row in places(rows[number], one)}
        for number, one in enumerate(weightings)
    )
    return [
        _row(rule, week, artist, position, [other.get((week, artist)) for other in others])
        for (week, artist), position in certified.items()
        if position <= TOP
    ]


def _row(rule: ChartRule, week: str, artist: str, position: int, others: Sequence[int | None]) -> dict[str, Any]:
    held = [place for place in others if place is not None]
    return {
        "chart": rule.name,
        "week": week,
        "artist": artist,
        "position": position,
        "scenarios": len(others),
        "stays": sum(place <= TOP for place in held),
        "best": min([position, *held]),
        "worst": max([position, *held]) if len(held) == len(others) else None,
    }


def reweighted(rule: ChartRule) -> list[ChartRule]:
    """Give the rule with each part's weight a fifth greater, and a fifth smaller, part by part.

    The fifth is rounded down, and no weight passes a million. The other parts
    share what is left as they did: each is rounded down, and the millionths still
    left go one by one to the greatest remainders, the earlier part first.

    Examples
    --------
    >>> from plaudit.rulebook.library import RuleLibrary
    >>> rule = RuleLibrary().cited("social-weekly@1").rule
    >>> [part.weight_ppm for part in rule.part]
    [500000, 300000, 200000]
    >>> [part.weight_ppm for part in reweighted(rule)[0].part]
    [600000, 240000, 160000]
    """
    found = []
    for number, part in enumerate(rule.part if len(rule.part) > 1 else ()):
        fifth = part.weight_ppm // 5
        for weight in (min(part.weight_ppm + fifth, MILLION), part.weight_ppm - fifth):
            weights = _shared_out(MILLION - weight, [0 if other is part else other.weight_ppm for other in rule.part])
            weights[number] = weight
            parts = (replace(one, weight_ppm=ppm) for one, ppm in zip(rule.part, weights, strict=True))
            found.append(replace(rule, part=tuple(parts)))
    return found


def _shared_out(whole: int, weights: Sequence[int]) -> list[int]:
    """Share out a whole by weights, exactly: rounded down, then the greatest remainders first."""
    total = sum(weights)
    shares = [whole * weight // total for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda at: (-(whole * weights[at] % total), at))
    for at in by_remainder[: whole - sum(shares)]:
        shares[at] += 1
    return shares
