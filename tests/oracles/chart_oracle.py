"""Slow chart points, positions and history in plain Python."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tests.oracles.tally_oracle import half_even

if TYPE_CHECKING:
    from plaudit.rulebook.chart_rule import ChartRule

Measures = dict[str, dict[str, int]]
Chart = tuple[str, list[tuple[str, int]] | None]
"""A week's id and its artists with their positions; None where the week has no chart."""


def exact_points(measures: Measures, rule: ChartRule) -> dict[str, Fraction]:
    """Give each artist's points: per part, its weight times the artist's share, added and not rounded."""
    found = dict.fromkeys(measures, Fraction(0))
    for part in rule.part:
        values = {artist: max(0, by_measure.get(part.measure, 0)) for artist, by_measure in measures.items()}
        total = sum(values.values())
        for artist, value in values.items():
            if total:
                found[artist] += Fraction(part.weight_ppm * value, total)
    return found


def points(measures: Measures, rule: ChartRule) -> dict[str, int]:
    """Give each artist's points, rounded once."""
    return {artist: half_even(*value.as_integer_ratio()) for artist, value in exact_points(measures, rule).items()}


def positions(measures: Measures, rule: ChartRule) -> dict[str, int]:
    """Give the position of each artist with points; who ties shares one and the next is left out."""
    found, rounded = exact_points(measures, rule), points(measures, rule)

    def merit(artist: str) -> tuple[Fraction | int, ...]:
        return (found[artist], *(measures[artist].get(measure, 0) for measure in rule.ties.order))

    ranked = [artist for artist in found if rounded[artist] > 0]
    placed = {artist: 1 + sum(merit(other) > merit(artist) for other in ranked) for artist in ranked}
    if rule.ties.then == "raise" and len(set(placed.values())) < len(placed):
        raise ValueError("tie")
    return {artist: place for artist, place in placed.items() if place <= rule.positions}


def decimals(measures: Measures, rule: ChartRule, placed: dict[str, int]) -> dict[str, str]:
    """Give the points with the fewest decimals that tell entries of one rounded number apart."""
    exact, rounded = exact_points(measures, rule), points(measures, rule)
    found = {}
    for artist in placed:
        alike = {exact[other] for other in placed if rounded[other] == rounded[artist]}
        if len(alike) > 1:
            cut = next(n for n in range(1, 999) if len({value * 10**n // 1 for value in alike}) == len(alike))
            whole, rest = divmod(exact[artist] * 10**cut // 1, 10**cut)
            found[artist] = f"{whole}.{rest:0{cut}}"
    return found


def history(charts: list[Chart], uncharted: str = "skip") -> list[dict[str, Any]]:
    """Give every entry its history as of its own week, by walking back each time."""
    entries = []
    for index, (week, chart) in enumerate(charts):
        for artist, position in chart or []:
            held = held_positions(charts[: index + 1], artist)
            charted = [place for place in held if place is not None]
            before = [place for place in held if place is not NO_CHART][:-1] if uncharted == "skip" else held[:-1]
            last_week = before[-1] if before and before[-1] != NO_CHART else None
            best = [place for place in charted if place != NO_CHART]
            entries.append(
                {
                    "week": week,
                    "artist": artist,
                    "position": position,
                    "last_week": last_week,
                    "peak": min(best),
                    "weeks_on_chart": len(best),
                    "weeks_at_no_1": best.count(1),
                    "streak": run(held, uncharted, at_no_1=False),
                    "streak_at_no_1": run(held, uncharted, at_no_1=True),
                    "status": status(position, last_week, is_first=len(best) == 1),
                }
            )
    return entries


NO_CHART = 0
"""Stands for a week without a chart, where a position would stand."""


def held_positions(charts: list[Chart], artist: str) -> list[int | None]:
    """Give the artist's position in each week: None off the chart, NO_CHART without one."""
    return [NO_CHART if chart is None else dict(chart).get(artist) for _, chart in charts]


def run(held: list[int | None], uncharted: str, *, at_no_1: bool) -> int:
    """Give how many charts in a row, the last one included, held the artist."""
    length = 0
    for place in reversed(held):
        if place == NO_CHART and place is not None:
            if uncharted == "break":
                break
            continue
        if place is None or (at_no_1 and place != 1):
            break
        length += 1
    return length


def status(position: int, last_week: int | None, *, is_first: bool) -> str:
    """Give the entry's status in one word."""
    if is_first:
        return "debut"
    if last_week is None:
        return "re-entry"
    if position == last_week:
        return "same"
    return "up" if position < last_week else "down"
